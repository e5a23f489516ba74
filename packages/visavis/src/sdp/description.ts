/**
 * A session description as data: RFC 8866 §5.
 *
 * Values are immutable plain objects. The order of attributes is kept, and so are unknown attributes and unknown lines.
 */
import type { AttributeName, AttributeValues, NetworkAddress } from "./attribute-values.ts";

/** An attribute whose value visavis understands. */
export type TypedAttribute = { [N in AttributeName]: { readonly name: N; readonly value: AttributeValues[N] } }[AttributeName];

/** Any other attribute: `a=name` or `a=name:text`. */
export interface GenericAttribute {
  readonly name: string;
  /** What follows the colon; undefined when there is none. */
  readonly text: string | undefined;
}

/** One `a=` line. Take values out with `find` and `findAll`, make new ones with `attribute`, `flag` and `generic`. */
export type Attribute = TypedAttribute | GenericAttribute;

/** `o=`: RFC 8866 §5.2. */
export interface Origin extends NetworkAddress {
  readonly username: string;
  /** Digits; as text, because it may be larger than 2⁵³. */
  readonly sessionId: string;
  /** Digits; as text, because it may be larger than 2⁵³. */
  readonly sessionVersion: string;
}

/** `b=`: RFC 8866 §5.8. */
export interface Bandwidth {
  /** `AS`, `CT`, `TIAS` or any other token. */
  readonly type: string;
  /** In the unit of the type: kilobits per second for AS, bits per second for TIAS. */
  readonly value: number;
}

/** `t=` with its `r=` and `z=` lines: RFC 8866 §5.9-5.11. */
export interface Timing {
  /** NTP seconds as text; `0` for unbounded. */
  readonly start: string;
  readonly stop: string;
  /** The `r=` and `z=` lines as written, with their letters. */
  readonly repeats: readonly UnknownLine[];
}

/** A line that is kept as it is. */
export interface UnknownLine {
  /** One letter. */
  readonly type: string;
  readonly text: string;
}

/** `m=` and what belongs to it: RFC 8866 §5.14. */
export interface MediaDescription {
  /** `audio`, `video`, `application` or any other token. */
  readonly media: string;
  readonly port: number;
  /** The number of ports when the line gives one. */
  readonly portCount?: number;
  /** `UDP/DTLS/SCTP`. */
  readonly protocol: string;
  readonly formats: readonly string[];
  /** `i=`. */
  readonly information?: string;
  /** `c=`; more than one only for multicast. */
  readonly connections: readonly NetworkAddress[];
  readonly bandwidths: readonly Bandwidth[];
  /** `k=`, obsolete, as written. */
  readonly key?: string;
  readonly attributes: readonly Attribute[];
  /** Lines with letters that RFC 8866 does not know here. */
  readonly unknownLines: readonly UnknownLine[];
}

/** A whole session description: RFC 8866 §5. */
export interface SessionDescription {
  readonly version: number;
  readonly origin: Origin;
  /** `s=`, often `-` or a space. */
  readonly name: string;
  /** `i=`. */
  readonly information?: string;
  /** `u=`. */
  readonly uri?: string;
  /** `e=`. */
  readonly emails: readonly string[];
  /** `p=`. */
  readonly phones: readonly string[];
  /** `c=`. */
  readonly connection?: NetworkAddress;
  readonly bandwidths: readonly Bandwidth[];
  readonly timings: readonly Timing[];
  /** `k=`, obsolete, as written. */
  readonly key?: string;
  readonly attributes: readonly Attribute[];
  /** Lines with letters that RFC 8866 does not know. */
  readonly unknownLines: readonly UnknownLine[];
  /** The m= sections. */
  readonly media: readonly MediaDescription[];
}

/** Why a text is not a session description. A value, not an exception: `parseSession` never throws. */
export class SdpSyntaxError {
  /** The first line that is wrong, counted from 1. */
  readonly line: number;
  readonly message: string;

  constructor(line: number, message: string) {
    this.line = line;
    this.message = message;
  }
}

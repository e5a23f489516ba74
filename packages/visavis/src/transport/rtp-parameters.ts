/**
 * What offer and answer say of the RTP streams of a section: the words between peer/ and the RTP session.
 */
import type { ExtensionId } from "../rtp/header-extensions.ts";

/** One payload type of a section. */
export interface RtpCodec {
  readonly payloadType: number;
  /** As registered: `video/VP8`; letters of any case. */
  readonly mimeType: string;
  readonly clockRate: number;
  readonly channels?: number | undefined;
  /** As `a=fmtp` has them; empty without any. */
  readonly parameters: string;
  /** As `a=rtcp-fb` has them: `nack`, `nack pli`, `ccm fir`, `goog-remb`, `transport-cc`, `ack ccfb`, `rrtr`. */
  readonly feedback: readonly string[];
  /** Of `video/rtx`: the payload type that it repeats (RFC 4588 §8.6). */
  readonly repairs?: number | undefined;
}

/** One encoding that is sent. */
export interface RtpSendEncoding {
  /** Undefined without simulcast. */
  readonly rid?: string | undefined;
  readonly ssrc: number;
  readonly rtxSsrc?: number | undefined;
  readonly fecSsrc?: number | undefined;
  /** Frames of an encoding that is not active are dropped. */
  readonly active: boolean;
  /** Bits per second. */
  readonly maxBitrate?: number | undefined;
  /** The weight in sharing what the path allows: 1, 2, 4, 8 for the four priorities; default 2, low. */
  readonly weight?: number | undefined;
  /** The payload type that frames have which do not name one; default the first codec of media. */
  readonly payloadType?: number | undefined;
}

/** What a sender sends. */
export interface RtpSendParameters {
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly cname: string;
  /** In order of preference. */
  readonly codecs: readonly RtpCodec[];
  readonly extensions: readonly ExtensionId[];
  readonly encodings: readonly RtpSendEncoding[];
  /** Whether the other side takes RTCP of reduced size (RFC 5506). */
  readonly reducedSize: boolean;
}

/** A stream that a description announces. */
export interface RtpAnnouncedStream {
  readonly ssrc: number;
  readonly rtxSsrc?: number | undefined;
  readonly fecSsrc?: number | undefined;
}

/** What a receiver receives. */
export interface RtpReceiveParameters {
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly codecs: readonly RtpCodec[];
  readonly extensions: readonly ExtensionId[];
  /** The encodings of simulcast that may come; empty without simulcast. */
  readonly rids: readonly string[];
  /** From `a=ssrc`; may be empty: streams find their section by other means. */
  readonly ssrcs: readonly RtpAnnouncedStream[];
  /** Whether the other side takes RTCP of reduced size (RFC 5506). */
  readonly reducedSize: boolean;
}

/** What a payload type carries. */
export type CodecRole = "media" | "rtx" | "red" | "ulpfec" | "flexfec" | "dtmf" | "comfort-noise";

const ROLES: Readonly<Record<string, CodecRole>> = {
  rtx: "rtx",
  red: "red",
  ulpfec: "ulpfec",
  flexfec: "flexfec",
  "flexfec-03": "flexfec",
  "telephone-event": "dtmf",
  cn: "comfort-noise",
};

/** What a codec carries: media, or something around it. */
export function roleOf({ mimeType }: RtpCodec): CodecRole {
  return ROLES[mimeType.slice(mimeType.indexOf("/") + 1).toLowerCase()] ?? "media";
}

/** Whether some codec has this feedback. */
export function hasFeedback(codecs: readonly RtpCodec[], feedback: string): boolean {
  return codecs.some((codec) => codec.feedback.includes(feedback));
}

/** Payload types by number, with what they carry. */
export class CodecTable {
  readonly codecs: readonly RtpCodec[];
  readonly #roles: (CodecRole | undefined)[] = new Array<undefined>(128);
  readonly #codecs: (RtpCodec | undefined)[] = new Array<undefined>(128);
  /** The payload type that repeats each, 0 for none. */
  readonly #rtx: Uint8Array = new Uint8Array(128);

  constructor(codecs: readonly RtpCodec[]) {
    this.codecs = codecs;
    for (const codec of codecs) {
      const { payloadType, repairs } = codec;
      if (payloadType < 0 || payloadType > 127) continue;
      const role = roleOf(codec);
      this.#roles[payloadType] = role;
      this.#codecs[payloadType] = codec;
      if (role === "rtx" && repairs !== undefined && repairs >= 0 && repairs < 128) this.#rtx[repairs] = payloadType;
    }
  }

  /** What a payload type carries; undefined when it is none of this section. */
  roleOf(payloadType: number): CodecRole | undefined {
    return this.#roles[payloadType];
  }

  /** The codec of a payload type. */
  codec(payloadType: number): RtpCodec | undefined {
    return this.#codecs[payloadType];
  }

  /** The payload type that repeats packets of `payloadType`; 0 for none. */
  rtxOf(payloadType: number): number {
    return this.#rtx[payloadType] as number;
  }

  /** The first codec with this role. */
  first(role: CodecRole): RtpCodec | undefined {
    return this.codecs.find(({ payloadType }) => this.#roles[payloadType] === role);
  }

  /** The codec of media with this name. */
  named(mimeType: string): RtpCodec | undefined {
    const name = mimeType.toLowerCase();
    return this.codecs.find((codec) => codec.mimeType.toLowerCase() === name);
  }
}

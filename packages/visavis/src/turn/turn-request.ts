/**
 * The requests of a TURN client as bytes, and their transactions: RFC 8656 §7.1, §8.1, §10.1, §12.1; RFC 8489 §6.2.
 */
import type { Instant } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import { encodeXorAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { encodeFingerprint, FINGERPRINT_LENGTH } from "../stun/fingerprint.ts";
import { encodeFlag, encodeU32 } from "../stun/integer-attribute.ts";
import { createTransactionId, encodeHeader, StunClass, StunMethod, type TransactionId } from "../stun/message.ts";
import { StunTransaction, type TransactionTiming } from "../stun/transaction.ts";
import { MAX_AUTHENTICATION, type RequestAuthentication } from "./request-authentication.ts";
import {
  type AddressFamily,
  encodeAddressFamily,
  encodeChannelNumber,
  encodeEvenPort,
  encodeRequestedTransport,
} from "./turn-attribute.ts";
import type { Permission, TurnPeer } from "./turn-peer.ts";

/** Requests at 0, 500, 1500, 3500 and 7500 ms; given up at 9500 ms. Users wait for it, so it is shorter than the standard's. */
const DATAGRAM_TIMING: TransactionTiming = { rto: 500, rc: 5, rm: 4 };

/** A stream repeats by itself: RFC 8489 §6.2.2. */
const STREAM_TIMING: TransactionTiming = { rto: 9500, rc: 1, rm: 1 };

/** Room for a request before its credentials. */
const MAX_PLAIN = 200;

/** What a request asks for. */
export type Purpose =
  | { readonly type: "allocate"; readonly options: AllocateOptions }
  | {
      readonly type: "refresh";
      /** Seconds. */
      readonly lifetime: number;
      /** Somebody waits to hear whether the allocation is there. */
      readonly confirms?: true;
    }
  | { readonly type: "permission"; readonly permission: Permission }
  | { readonly type: "channel"; readonly peer: TurnPeer };

/** What an allocation is to be: RFC 8656 §7.1. */
export interface AllocateOptions {
  /** The family of the relayed address; `both` asks for one of each. Default: whatever the server gives, which is IPv4. */
  readonly family?: AddressFamily | "both" | undefined;
  /** Seconds; default the server's choice. */
  readonly lifetime?: number | undefined;
  /** The relayed port is to be even. */
  readonly evenPort?: boolean | undefined;
  /** The server must be able to set DF on what it relays. */
  readonly dontFragment?: boolean | undefined;
}

/** The family of an address in text. */
export const familyOf = (address: string): AddressFamily => (address.includes(":") ? 6 : 4);

function encodePurpose(out: Uint8Array, offset: number, purpose: Purpose): number {
  switch (purpose.type) {
    case "allocate": {
      const { family, lifetime, evenPort, dontFragment } = purpose.options;
      let at = encodeRequestedTransport(out, offset);
      if (lifetime !== undefined) at = encodeU32(out, at, AttributeType.LIFETIME, lifetime);
      if (family === "both") at = encodeAddressFamily(out, at, AttributeType.ADDITIONAL_ADDRESS_FAMILY, 6);
      else if (family !== undefined) at = encodeAddressFamily(out, at, AttributeType.REQUESTED_ADDRESS_FAMILY, family);
      if (evenPort === true) at = encodeEvenPort(out, at, false);
      return dontFragment === true ? encodeFlag(out, at, AttributeType.DONT_FRAGMENT) : at;
    }
    case "refresh":
      return encodeU32(out, offset, AttributeType.LIFETIME, purpose.lifetime);
    case "permission":
      return encodeXorAddress(out, 0, offset, AttributeType.XOR_PEER_ADDRESS, purpose.permission.address, 0);
    case "channel": {
      const { channel, address, port } = purpose.peer;
      const at = encodeChannelNumber(out, offset, channel);
      return encodeXorAddress(out, 0, at, AttributeType.XOR_PEER_ADDRESS, address, port);
    }
  }
}

/** The method that stands for each purpose. */
export const METHOD_OF: Readonly<Record<Purpose["type"], number>> = {
  allocate: StunMethod.ALLOCATE,
  refresh: StunMethod.REFRESH,
  permission: StunMethod.CREATE_PERMISSION,
  channel: StunMethod.CHANNEL_BIND,
};

/** One request that waits for its response. */
export class TurnRequest {
  readonly id: TransactionId;
  readonly purpose: Purpose;
  readonly bytes: Uint8Array;
  /** How often it was made anew because of a challenge. */
  readonly attempt: number;
  readonly #transaction: StunTransaction;

  constructor(random: Random, purpose: Purpose, authentication: RequestAuthentication, isStream: boolean, attempt: number = 0) {
    this.id = createTransactionId(random);
    this.purpose = purpose;
    this.attempt = attempt;
    this.#transaction = new StunTransaction(isStream ? STREAM_TIMING : DATAGRAM_TIMING);
    const out = new Uint8Array(MAX_PLAIN + MAX_AUTHENTICATION + FINGERPRINT_LENGTH);
    let at = encodeHeader(out, 0, StunClass.REQUEST, METHOD_OF[purpose.type], this.id);
    at = authentication.seal(out, 0, encodePurpose(out, at, purpose));
    this.bytes = out.slice(0, encodeFingerprint(out, 0, at));
  }

  get deadline(): Instant {
    return this.#transaction.deadline;
  }

  start(now: Instant): void {
    this.#transaction.start(now);
  }

  /** `send` when it has to go out again, `timeout` when the server is taken for gone. */
  advance(now: Instant): "wait" | "send" | "timeout" {
    return this.#transaction.advance(now);
  }
}

/**
 * Asks a STUN server under which address it sees us: the Binding request of server-reflexive gathering.
 * RFC 8489 §6.2, §7; RFC 8445 §5.1.1.2.
 *
 * One object is one transaction. Whoever owns it knows the route; it sends `request` on `start` and whenever `advance` says so.
 */
import type { Instant } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import { decodePlainAddress, decodeXorAddress, type TransportAddress } from "./address-attribute.ts";
import { AttributeType, BINDING_ATTRIBUTES } from "./attribute-type.ts";
import { decodeErrorCode } from "./error-code.ts";
import { checkFingerprint, encodeFingerprint, FINGERPRINT_LENGTH } from "./fingerprint.ts";
import {
  createTransactionId,
  encodeHeader,
  HEADER_LENGTH,
  StunClass,
  type StunMessage,
  StunMethod,
  type TransactionId,
  unknownAttributes,
} from "./message.ts";
import { StunTransaction, type TransactionTiming } from "./transaction.ts";

/** How a Binding transaction ended. */
export type BindingOutcome =
  | { readonly type: "mapped"; readonly mapped: TransportAddress }
  | { readonly type: "error"; readonly code: number; readonly reason: string };

/** One Binding transaction with a STUN server, without credentials. */
export class BindingClient {
  readonly transactionId: TransactionId;
  /** The datagram to send; the same bytes each time. */
  readonly request: Uint8Array;
  readonly #transaction: StunTransaction;

  constructor(random: Random, timing?: TransactionTiming) {
    this.transactionId = createTransactionId(random);
    this.request = new Uint8Array(HEADER_LENGTH + FINGERPRINT_LENGTH);
    const end = encodeHeader(this.request, 0, StunClass.REQUEST, StunMethod.BINDING, this.transactionId);
    encodeFingerprint(this.request, 0, end);
    this.#transaction = new StunTransaction(timing);
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    return this.#transaction.deadline;
  }

  /** The first request goes out now. */
  start(now: Instant): void {
    this.#transaction.start(now);
  }

  /** `send` when the request has to go out again, `timeout` when the server is taken for unreachable. */
  advance(now: Instant): "wait" | "send" | "timeout" {
    return this.#transaction.advance(now);
  }

  /** What a message means for this transaction; undefined when it is not its response. */
  receive(message: StunMessage): BindingOutcome | undefined {
    if (message.transactionId !== this.transactionId || message.method !== StunMethod.BINDING) return undefined;
    if (message.class !== StunClass.SUCCESS && message.class !== StunClass.ERROR) return undefined;
    if (checkFingerprint(message) === "wrong") return undefined;
    const outcome = decodeOutcome(message);
    if (outcome !== undefined) this.#transaction.stop();
    return outcome;
  }
}

function decodeOutcome(message: StunMessage): BindingOutcome | undefined {
  if (message.class === StunClass.ERROR) {
    const error = decodeErrorCode(message);
    return error && { type: "error", ...error };
  }
  // A response that demands more understanding than we have counts as a failure: RFC 8489 §6.3.3.
  if (unknownAttributes(message, BINDING_ATTRIBUTES).length > 0)
    return { type: "error", code: 420, reason: "unknown attribute in the response" };
  const mapped =
    decodeXorAddress(message, AttributeType.XOR_MAPPED_ADDRESS) ?? decodePlainAddress(message, AttributeType.MAPPED_ADDRESS);
  return mapped === undefined || mapped.port === 0 ? undefined : { type: "mapped", mapped };
}

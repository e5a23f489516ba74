/**
 * One question of NAT behaviour discovery: a Binding request that may ask to be answered from or to somewhere else, where its
 * answer must come from, and when it is repeated. RFC 5780 §5, §6.1.
 */
import type { Instant } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import { decodePlainAddress, decodeXorAddress, type TransportAddress } from "./address-attribute.ts";
import { AttributeType } from "./attribute-type.ts";
import { encodeFingerprint, FINGERPRINT_LENGTH } from "./fingerprint.ts";
import {
  createTransactionId,
  encodeHeader,
  HEADER_LENGTH,
  StunClass,
  type StunMessage,
  StunMethod,
  type TransactionId,
} from "./message.ts";
import { encodeChangeRequest, encodeResponsePort } from "./nat-discovery-attributes.ts";
import { StunTransaction, type TransactionTiming } from "./transaction.ts";

/** What a probe asks. */
export interface ProbeQuestion<Socket> {
  readonly from: Socket;
  readonly to: TransportAddress;
  /** Where the answer arrives; default where it was asked. */
  readonly answerAt?: Socket;
  /** Where the answer must come from; default who was asked. */
  readonly answerFrom?: TransportAddress;
  readonly change?: { readonly address: boolean; readonly port: boolean };
  readonly responsePort?: number;
  /** It goes to ourselves: arriving is the answer. */
  readonly hairpin?: boolean;
}

/** How a probe stands. */
export type ProbeState = "waiting" | "answered" | "refused" | "timeout";

/** CHANGE-REQUEST and RESPONSE-PORT, 8 bytes each. */
const ROOM = HEADER_LENGTH + 8 + 8 + FINGERPRINT_LENGTH;

/** One question and its repetitions. */
export class NatProbe<Socket> {
  readonly transactionId: TransactionId;
  readonly question: ProbeQuestion<Socket>;
  readonly request: Uint8Array;
  readonly startedAt: Instant;
  state: ProbeState = "waiting";
  answeredAt: Instant | undefined = undefined;
  /** How the other side saw us. */
  mapped: TransportAddress | undefined = undefined;
  /** The other address of a server that has one. */
  other: TransportAddress | undefined = undefined;
  readonly #transaction: StunTransaction;

  /** The first request is to go out now. */
  constructor(question: ProbeQuestion<Socket>, random: Random, timing: TransactionTiming, now: Instant) {
    this.question = question;
    this.transactionId = createTransactionId(random);
    this.startedAt = now;
    const out = new Uint8Array(ROOM);
    let end = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, this.transactionId);
    if (question.change !== undefined) end = encodeChangeRequest(out, end, question.change);
    if (question.responsePort !== undefined) end = encodeResponsePort(out, end, question.responsePort);
    this.request = out.subarray(0, encodeFingerprint(out, 0, end));
    this.#transaction = new StunTransaction(timing);
    this.#transaction.start(now);
  }

  get deadline(): Instant {
    return this.#transaction.deadline;
  }

  /** Whether the request has to go out again. Afterwards it may have timed out. */
  advance(now: Instant): boolean {
    const step = this.#transaction.advance(now);
    if (step === "timeout") this.state = "timeout";
    return step === "send";
  }

  /** Takes a message with its transaction id, which came in at `at` from `from`. @returns whether it settles the probe */
  receive(message: StunMessage, at: Socket, from: TransportAddress, now: Instant): boolean {
    const { question } = this;
    if (this.state !== "waiting" || at !== (question.answerAt ?? question.from)) return false;
    if (question.hairpin === true) {
      if (message.class !== StunClass.REQUEST) return false;
    } else {
      const expected = question.answerFrom ?? question.to;
      const isError = message.class === StunClass.ERROR;
      if (!isError && message.class !== StunClass.SUCCESS) return false;
      // A server that does not know what was asked answers from where it was asked: it proves nothing.
      if (!isError && (from.address !== expected.address || from.port !== expected.port)) return false;
      this.mapped =
        decodeXorAddress(message, AttributeType.XOR_MAPPED_ADDRESS) ?? decodePlainAddress(message, AttributeType.MAPPED_ADDRESS);
      this.other = decodePlainAddress(message, AttributeType.OTHER_ADDRESS);
      if (isError || this.mapped === undefined) {
        this.#settle("refused", now);
        return true;
      }
    }
    this.#settle("answered", now);
    return true;
  }

  #settle(state: ProbeState, now: Instant): void {
    this.state = state;
    this.answeredAt = now;
    this.#transaction.stop();
  }
}

/**
 * The STUN server side of connectivity checks: who asks, whether to believe it, and the answer.
 * RFC 8445 §7.3, RFC 8489 §9.1.3.
 */
import type { Instant } from "../base/instant.ts";
import type { Route } from "../base/route.ts";
import { AttributeType, BINDING_ATTRIBUTES } from "../stun/attribute-type.ts";
import { StunErrorCode } from "../stun/error-code.ts";
import { checkIntegrity } from "../stun/integrity.ts";
import { findAttribute, type StunMessage, type TransactionId, unknownAttributes } from "../stun/message.ts";
import { decodeText } from "../stun/text-attribute.ts";
import { type CheckRequest, decodeCheckRequest, encodeCheckError, encodeCheckSuccess } from "./connectivity-check.ts";
import type { AgentOutput } from "./output.ts";
import { Pacer } from "./pacer.ts";
import type { RoleResolution } from "./role.ts";
import type { Session } from "./session.ts";

/** Refusals that may go at once to senders that have proven nothing, and milliseconds until one more may. */
const REFUSAL_BURST = 10;
const REFUSAL_INTERVAL = 100;

/** Requests that are recognised when someone repeats them from elsewhere. */
const REMEMBERED_REQUESTS = 256;

/** A check that was proven and answered. */
export interface AnsweredCheck {
  readonly session: Session;
  /** The user name fragment of the peer. */
  readonly fragment: string;
  readonly request: CheckRequest;
}

/** Answers the peer's checks for all generations of an agent. */
export class CheckResponder {
  readonly #role: RoleResolution;
  readonly #output: AgentOutput;
  readonly #refusals = new Pacer(REFUSAL_BURST, REFUSAL_INTERVAL);
  readonly #seen = new Map<TransactionId, Route>();

  constructor(role: RoleResolution, output: AgentOutput) {
    this.#role = role;
    this.#output = output;
  }

  /**
   * Answers a request, or refuses it. The role may change on the way.
   * @returns what is to be learned from it; undefined when it was refused
   */
  receive(message: StunMessage, route: Route, sessions: readonly Session[], now: Instant): AnsweredCheck | undefined {
    const { drops } = this.#output;
    const username = decodeText(message, AttributeType.USERNAME);
    if (username === undefined || findAttribute(message, AttributeType.MESSAGE_INTEGRITY) === undefined) {
      drops.count("bad-integrity");
      return this.#refuse(message, route, StunErrorCode.BAD_REQUEST, now);
    }
    const colon = username.indexOf(":");
    const session = sessions.find(({ parameters }) => parameters.usernameFragment === username.slice(0, Math.max(colon, 0)));
    if (session === undefined) {
      drops.count("wrong-username");
      return this.#refuse(message, route, StunErrorCode.UNAUTHENTICATED, now);
    }
    if (!checkIntegrity(message, session.key)) {
      drops.count("bad-integrity");
      return this.#refuse(message, route, StunErrorCode.UNAUTHENTICATED, now);
    }
    if (this.#isReplay(message.transactionId, route)) {
      drops.count("replayed-request");
      return undefined;
    }
    return this.#answer(message, route, session, username.slice(colon + 1));
  }

  /** The sender knows our password from here on: answers are protected by it. */
  #answer(message: StunMessage, route: Route, session: Session, fragment: string): AnsweredCheck | undefined {
    const { drops } = this.#output;
    const { transactionId } = message;
    const { key } = session;
    const unknown = unknownAttributes(message, BINDING_ATTRIBUTES);
    if (unknown.length > 0) {
      drops.count("unknown-attribute");
      this.#output.send(encodeCheckError(transactionId, StunErrorCode.UNKNOWN_ATTRIBUTE, unknown, key), route);
      return undefined;
    }
    const request = decodeCheckRequest(message, this.#role.role);
    if (request === undefined) {
      drops.count("bad-request");
      this.#output.send(encodeCheckError(transactionId, StunErrorCode.BAD_REQUEST, [], key), route);
      return undefined;
    }
    const verdict = this.#role.judge(request.role, request.tieBreaker);
    if (verdict === "refuse") {
      this.#output.send(encodeCheckError(transactionId, StunErrorCode.ROLE_CONFLICT, [], key), route);
      return undefined;
    }
    if (verdict === "switch") this.#role.become(request.role === "controlling" ? "controlled" : "controlling");
    this.#output.send(encodeCheckSuccess(transactionId, route.address, route.port, key), route);
    return { session, fragment, request };
  }

  /** A repeated request is only answered where it first came from: from elsewhere someone else sends it. */
  #isReplay(id: TransactionId, route: Route): boolean {
    const first = this.#seen.get(id);
    // Compared by value: a route that is not pinned may have been forgotten and made anew.
    if (first !== undefined) return first.local !== route.local || first.port !== route.port || first.address !== route.address;
    if (this.#seen.size >= REMEMBERED_REQUESTS) {
      for (const oldest of this.#seen.keys()) {
        this.#seen.delete(oldest);
        break;
      }
    }
    this.#seen.set(id, route);
    return false;
  }

  /** Refuses someone unproven: seldom, and with no more bytes than came. */
  #refuse(message: StunMessage, route: Route, code: number, now: Instant): undefined {
    const refusal = encodeCheckError(message.transactionId, code, [], undefined);
    if (refusal.length <= message.bytes.length && this.#refusals.take(now)) this.#output.send(refusal, route);
    else this.#output.drops.count("refusal-limit");
    return undefined;
  }
}

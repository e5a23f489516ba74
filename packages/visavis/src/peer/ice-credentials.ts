/**
 * The ICE credentials that the next description of ours would carry: RFC 9429 §4.1.18, webrtc-pc restartIce.
 */
import type { Random } from "../base/random.ts";
import type { IceCredentials, Negotiation, Plan } from "../jsep/negotiation.ts";
import { createIceParameters } from "../transport/parts.ts";

/** Credentials for the next generation, and those that a restart is to replace. */
export class NextCredentials {
  readonly #random: Random;
  #next: IceCredentials;
  /** webrtc-pc [[LocalIceCredentialsToReplace]], as user name fragments. */
  #toReplace: ReadonlySet<string> = new Set();

  constructor(random: Random) {
    this.#random = random;
    this.#next = createIceParameters(random);
  }

  /** What a transport that starts or restarts gets. */
  get value(): IceCredentials {
    return this.#next;
  }

  /** Whether `restartIce` was called and what it asked for is not negotiated yet. */
  get restartNeeded(): boolean {
    return this.#toReplace.size > 0;
  }

  /** Draws anew when a description that was applied has used the present ones. */
  applied(plan: Plan): void {
    const used = plan.transports.some(({ local }) => local?.ice.usernameFragment === this.#next.usernameFragment);
    if (used) this.#next = createIceParameters(this.#random);
  }

  /** webrtc-pc restartIce: what is in the local descriptions is to be replaced. */
  requestRestart(n: Negotiation): void {
    this.#toReplace = new Set([...fragmentsOf(n.currentLocal), ...fragmentsOf(n.pendingLocal)]);
  }

  /** Once offer and answer agree on credentials that are all new, the wish is fulfilled. */
  settled(n: Negotiation): void {
    if (this.#toReplace.size === 0 || n.signalingState !== "stable") return;
    const inUse = fragmentsOf(n.currentLocal);
    if (!inUse.some((fragment) => this.#toReplace.has(fragment))) this.#toReplace = new Set();
  }
}

function fragmentsOf(description: Negotiation["currentLocal"]): string[] {
  const lines = description?.sdp.match(/^a=ice-ufrag:\S+/gm) ?? [];
  return lines.map((line) => line.slice("a=ice-ufrag:".length));
}

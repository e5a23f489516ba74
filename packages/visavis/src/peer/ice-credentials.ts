/**
 * The ICE credentials that the next description of ours would carry: RFC 9429 §4.1.18, webrtc-pc restartIce.
 */
import type { Random } from "../base/random.ts";
import type { IceCredentials, Negotiation, Plan } from "../jsep/negotiation.ts";
import { createIceParameters } from "../transport/parts.ts";

const NONE: ReadonlySet<string> = new Set();

/** Credentials for the next generation, and those that a restart is to replace. */
export class NextCredentials {
  readonly #random: Random;
  #next: IceCredentials;
  /** webrtc-pc [[LocalIceCredentialsToReplace]], as user name fragments. */
  #toReplace: ReadonlySet<string> = NONE;

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

  /** Whether the next offer must restart: the newest local description still has what `restartIce` wants replaced. */
  restartDue(n: Negotiation): boolean {
    return fragmentsOf((n.pendingLocal ?? n.currentLocal)?.sdp).some((fragment) => this.#toReplace.has(fragment));
  }

  /** Whether a description, empty when there is none, was created with the present ones. */
  areIn(sdp: string): boolean {
    return fragmentsOf(sdp).includes(this.#next.usernameFragment);
  }

  /** Draws anew when a description that was applied has used the present ones. */
  applied(plan: Plan): void {
    const used = plan.transports.some(({ local }) => local?.ice.usernameFragment === this.#next.usernameFragment);
    if (used) this.#next = createIceParameters(this.#random);
  }

  /** webrtc-pc restartIce: what is in the local descriptions is to be replaced. */
  requestRestart(n: Negotiation): void {
    this.#toReplace = new Set([...fragmentsOf(n.currentLocal?.sdp), ...fragmentsOf(n.pendingLocal?.sdp)]);
  }

  /** Once offer and answer agree on credentials that are all new, the wish is fulfilled. */
  settled(n: Negotiation): void {
    if (this.#toReplace.size === 0 || n.signalingState !== "stable") return;
    const inUse = fragmentsOf(n.currentLocal?.sdp);
    if (!inUse.some((fragment) => this.#toReplace.has(fragment))) this.#toReplace = NONE;
  }
}

function fragmentsOf(sdp: string | undefined): string[] {
  const lines = sdp?.match(/^a=ice-ufrag:\S+/gm) ?? [];
  return lines.map((line) => line.slice("a=ice-ufrag:".length));
}

/**
 * Who is controlling, and how two agents that both think they are find out: RFC 8445 §6.1.1, §7.2.5.1, §7.3.1.1.
 */
import { type Random, randomU64 } from "../base/random.ts";
import type { IceRole } from "./ice-event.ts";

/** The role of an agent and the number that settles conflicts. */
export class RoleResolution {
  #role: IceRole;
  #tieBreaker: bigint;
  readonly #random: Random;

  constructor(role: IceRole, random: Random) {
    this.#role = role;
    this.#random = random;
    this.#tieBreaker = randomU64(random);
  }

  /** The role now. */
  get role(): IceRole {
    return this.#role;
  }

  /** 64 random bits. */
  get tieBreaker(): bigint {
    return this.#tieBreaker;
  }

  /** Takes a role. */
  become(role: IceRole): void {
    this.#role = role;
  }

  /**
   * What to do about a request whose sender claims `role`: nothing, switch our own role, or refuse it with 487.
   * The larger tie-breaker is controlling.
   */
  judge(role: IceRole, tieBreaker: bigint): "agree" | "switch" | "refuse" {
    if (role !== this.#role) return "agree";
    const wins = this.#tieBreaker >= tieBreaker;
    return (role === "controlling") === wins ? "refuse" : "switch";
  }

  /** A request in which we claimed `claimed` was refused with 487. True when that changes our role. */
  refused(claimed: IceRole): boolean {
    if (claimed !== this.#role) return false;
    this.#role = claimed === "controlling" ? "controlled" : "controlling";
    // A new number, so that two equal ones cannot refuse each other for ever (§7.2.5.1).
    this.#tieBreaker = randomU64(this.#random);
    return true;
  }
}

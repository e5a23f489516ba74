/**
 * Our own `.local` names, which stand for addresses that are not to be shown: draft-ietf-mmusic-mdns-ice-candidates §3.1,
 * RFC 6762 §6 (responding), §6.7 (others than full resolvers), §8.3 (announcing).
 *
 * A name is 122 random bits, so that nobody has to be asked whether it is free (§3.1.1 of the draft), and none is told twice
 * in one agent and the next.
 */
import type { Answer } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import { decodeMdnsQuery, encodeMdnsAnswer, type MdnsQuery } from "./mdns-message.ts";
import { MDNS_PORT, MdnsSockets } from "./mdns-sockets.ts";
import type { AgentOutput } from "./output.ts";

/** A new name is told again after so many milliseconds: RFC 6762 §8.3. */
const ANNOUNCEMENT_INTERVAL = 1000;

/** Answers that are given in a row, and how many milliseconds earn one more: whoever asks without end gets none. */
const ANSWERS = 30;
const ANSWER_INTERVAL = 100;

/** A random UUID, version 4, as a name: §3.1.1 of the draft. */
export function randomLocalName(random: Random): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}.local`;
}

/** Answers for the names of one agent. */
export class MdnsResponder {
  readonly #random: Random;
  readonly #output: AgentOutput;
  readonly #sockets: MdnsSockets;
  /** Names by address. */
  readonly #names = new SparseMap<string, string>();
  #announceAt: Instant = NEVER;
  #answeredUntil: Instant = 0;

  constructor(routes: RouteTable, output: AgentOutput, random: Random) {
    this.#random = random;
    this.#output = output;
    this.#sockets = new MdnsSockets(routes, output);
  }

  /** Whether a socket is one of these. */
  owns(socket: SocketId): boolean {
    return this.#sockets.groupOf(socket) !== undefined;
  }

  /** The name that stands for an address (canonical, without a zone) from now on. */
  publish(address: string): string {
    this.#sockets.open();
    const known = this.#names.get(address);
    if (known !== undefined) return known;
    const name = randomLocalName(this.#random);
    this.#names.set(address, name);
    return name;
  }

  /** An answer of the platform. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    const taken = this.#sockets.answer(answer);
    if (typeof taken === "boolean") return taken;
    this.#announce([taken]);
    this.#announceAt = now + ANNOUNCEMENT_INTERVAL;
    return true;
  }

  /** A datagram of one of these sockets. Answers to others are none of its business. */
  receive(datagram: Uint8Array, route: Route, now: Instant): void {
    const group = this.#sockets.groupOf(route.local);
    const query = decodeMdnsQuery(datagram);
    if (group === undefined || query === undefined) return;
    const answers = [...this.#names]
      .map(([address, name]) => ({ name, address }))
      .filter(({ name, address }) => query.questions.some((each) => each.name === name && asksFor(each.type, address)));
    if (answers.length === 0 || !this.#mayAnswer(now)) return;
    const isLegacy = route.port !== MDNS_PORT;
    const bytes = encodeMdnsAnswer(answers, isLegacy ? query : undefined);
    this.#output.send(bytes, isLegacy || query.questions.every(({ isUnicast }) => isUnicast) ? route : group);
  }

  /** Tells names again. */
  advance(now: Instant): void {
    if (now < this.#announceAt) return;
    this.#announceAt = NEVER;
    this.#announce(this.#sockets.groups);
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    return this.#announceAt;
  }

  /** Answers for no name until one is published again; addresses keep theirs. */
  rest(): void {
    this.#announceAt = NEVER;
    this.#sockets.close();
  }

  #announce(groups: readonly Route[]): void {
    const answers = [...this.#names].map(([address, name]) => ({ name, address }));
    for (const group of groups) this.#output.send(encodeMdnsAnswer(answers, undefined), group);
  }

  #mayAnswer(now: Instant): boolean {
    const until = Math.max(this.#answeredUntil, now) + ANSWER_INTERVAL;
    if (until > now + ANSWERS * ANSWER_INTERVAL) return false;
    this.#answeredUntil = until;
    return true;
  }
}

function asksFor(type: MdnsQuery["questions"][number]["type"], address: string): boolean {
  return type === "ANY" || (type === "AAAA") === address.includes(":");
}

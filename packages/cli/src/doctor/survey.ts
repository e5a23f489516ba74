/**
 * One socket asks several STUN servers how they see it: whether a NAT is symmetric shows without RFC 5780, where two servers
 * answer that have different addresses.
 */
import {
  type Answer,
  type Ask,
  type Instant,
  NEVER,
  type NetworkEngine,
  type Random,
  type Route,
  type RouteTable,
  type SocketId,
  type Transmit,
} from "visavis/base";
import { BindingClient, DISCOVERY_TIMING, decodeMessage, type TransportAddress } from "visavis/stun";

interface Question {
  readonly server: TransportAddress;
  readonly client: BindingClient;
  mapped: TransportAddress | undefined;
  settled: boolean;
}

/** How each server saw the one socket; undefined where it did not answer. In the order of the servers. */
export type Sights = readonly (TransportAddress | undefined)[];

/** The survey as an engine: one event, at its end. */
export class BindingSurvey implements NetworkEngine<Sights> {
  readonly routes: RouteTable;
  readonly #questions: readonly Question[];
  readonly #asks: Ask[];
  readonly #outbox: Question[] = [];
  #socket: SocketId | undefined = undefined;
  #state: "asking" | "over" | "told" = "asking";

  /** @param servers IP addresses of the family of `localAddress` */
  constructor(random: Random, routes: RouteTable, servers: readonly TransportAddress[], localAddress: string) {
    this.routes = routes;
    this.#asks = [{ type: "bind", id: 1, address: localAddress, port: 0 }];
    this.#questions = servers.map((server) => ({
      server,
      client: new BindingClient(random, DISCOVERY_TIMING),
      mapped: undefined,
      settled: false,
    }));
  }

  takeAsk(): Ask | undefined {
    return this.#asks.shift();
  }

  answer(answer: Answer, now: Instant): void {
    if (answer.type === "bind-failed") this.#state = "over";
    if (answer.type !== "bound") return;
    this.#socket = answer.socket;
    for (const question of this.#questions) {
      question.client.start(now);
      this.#outbox.push(question);
    }
    this.#settle();
  }

  receive(datagram: Uint8Array, _route: Route, _now: Instant, start?: number, end?: number): void {
    const message = decodeMessage(datagram, start, end);
    const question = this.#questions.find(({ client }) => client.transactionId === message?.transactionId);
    const outcome = message && question?.client.receive(message);
    if (question === undefined || outcome === undefined) return;
    question.mapped = outcome.type === "mapped" ? outcome.mapped : undefined;
    question.settled = true;
    this.#settle();
  }

  advance(now: Instant): void {
    for (const question of this.#questions) {
      const step = question.settled ? "wait" : question.client.advance(now);
      if (step === "send") this.#outbox.push(question);
      if (step === "timeout") question.settled = true;
    }
    if (this.#socket !== undefined) this.#settle();
  }

  deadline(): Instant {
    return this.#state === "asking" ? Math.min(NEVER, ...this.#questions.map(({ client }) => client.deadline)) : NEVER;
  }

  transmit(out: Transmit): boolean {
    const question = this.#outbox.shift();
    if (question === undefined || this.#socket === undefined) return false;
    const { client, server } = question;
    out.bytes.set(client.request, out.start);
    out.length = client.request.length;
    out.route = this.routes.intern(this.#socket, "udp", server.address, server.port);
    return true;
  }

  takeEvent(): Sights | undefined {
    if (this.#state !== "over") return undefined;
    this.#state = "told";
    return this.#questions.map(({ mapped }) => mapped);
  }

  #settle(): void {
    if (this.#state === "asking" && this.#questions.every(({ settled }) => settled)) this.#state = "over";
  }
}

/**
 * Random scripts over two ICE agents: whatever is signalled, lost, forged or replayed, and whatever becomes of the network, nobody but the
 * other side is ever selected, states follow each other as they may, tables stay bounded; and once the network works and a
 * restart has got through, both are connected by one path.
 */
import { type Host, type HostRunner, type Link, SeededRandom, Simulation, type UdpSocket } from "@visavis/netsim";
import { RouteTable } from "visavis/base";
import {
  IceAgent,
  type IceCandidate,
  type IceEvent,
  type IceParameters,
  type IceState,
  parseCandidate,
  printCandidate,
} from "visavis/ice";
import type { AgentCommand } from "./agent-commands.ts";
import { addCounts, Failure, fail, type ScriptReport } from "./script.ts";

/** How long two agents may take to find a path in a network that works, in milliseconds: all checks of a list, and gathering. */
const REST = 30_000;
/** What no agent holds more of. */
const MOST_CANDIDATES = 150;
const MOST_SOCKETS = 40;
const MOST_SIGNALS = 400;
/** Datagrams that are kept to be sent again by somebody else. */
const MOST_KEPT = 64;

/** What may follow a state. A restart brings `checking` back, and whatever is not over may end in `failed` or `closed`. */
const NEXT: Readonly<Record<IceState, readonly IceState[]>> = {
  new: ["checking", "failed", "closed"],
  checking: ["connected", "failed", "disconnected", "closed"],
  connected: ["completed", "disconnected", "checking", "failed", "closed"],
  completed: ["connected", "disconnected", "checking", "failed", "closed"],
  disconnected: ["connected", "completed", "checking", "failed", "closed"],
  failed: ["checking", "connected", "disconnected", "closed"],
  closed: [],
};

type Signal =
  | { readonly type: "offer" | "answer"; readonly parameters: IceParameters }
  | { readonly type: "candidate"; readonly candidate: IceCandidate }
  | { readonly type: "end" };

interface Side {
  readonly index: 0 | 1;
  readonly host: Host;
  readonly agent: IceAgent;
  readonly runner: HostRunner<IceAgent>;
  /** On their way to this side. */
  readonly inbox: Signal[];
  /** All that were told to this side in this generation, to be told again. */
  readonly told: IceCandidate[];
  state: IceState;
  /** Its offer is not answered. */
  isOffering: boolean;
  read: number;
}

const IDLE = { loss: 0, duplicate: 0, corrupt: 0, reorder: 0, jitter: 0, delay: 10 };

/** Runs one script. */
export class AgentScript {
  readonly #random: SeededRandom;
  readonly #sim: Simulation;
  readonly #link: Link;
  readonly #sides: readonly [Side, Side];
  readonly #attacker: UdpSocket;
  readonly #kept: { readonly to: 0 | 1; readonly bytes: Uint8Array }[] = [];
  readonly #counts: Record<string, number> = {};
  readonly #hasStreams: boolean;
  #steps = 0;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
    this.#sim = new Simulation({ seed });
    const hosts = ["a", "z"].map((name, index) =>
      this.#sim.host({ name, addresses: [`10.0.0.${index + 1}`, `2001:db8::${index + 1}`] }),
    ) as [Host, Host];
    this.#link = this.#sim.link(hosts[0], hosts[1], IDLE);
    // In some worlds one side listens for streams, and in some of these nothing else gets through.
    const kind = this.#random.u32() % 6;
    const isBlocked = kind === 0;
    this.#hasStreams = kind < 2;
    this.#link.forward.set({ drop: ({ bytes, protocol }) => protocol === "udp" && (this.#overhear(1, bytes) || isBlocked) });
    this.#link.backward.set({ drop: ({ bytes, protocol }) => protocol === "udp" && (this.#overhear(0, bytes) || isBlocked) });
    const conflict = this.#random.u32() % 4 === 0;
    const make = (index: 0 | 1): Side => {
      const host = hosts[index];
      const role = index === 0 || conflict ? "controlling" : "controlled";
      const network = this.#hasStreams ? { tcp: index === 0 ? (["active"] as const) : (["passive"] as const) } : {};
      const agent = new IceAgent({ random: host.platform.random, routes: new RouteTable(), role, network });
      return {
        index,
        host,
        agent,
        runner: host.run(agent),
        inbox: [],
        told: [],
        state: "new",
        isOffering: false,
        read: 0,
      };
    };
    this.#sides = [make(0), make(1)];
    this.#attacker = this.#sim
      .host({ name: "attacker", addresses: ["10.0.0.66"] })
      .bind({ address: "10.0.0.66", port: 6666 }, () => this.#count("answers to the attacker"));
  }

  /** Carries the commands out and says what was wrong. */
  run(commands: readonly AgentCommand[]): ScriptReport {
    let failure: string | undefined;
    try {
      this.#offer(this.#sides[0]);
      for (const command of commands) {
        this.#do(command);
        this.#steps++;
      }
      this.#rest();
      this.#close();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failure = `step ${this.#steps}, ${this.#sim.now} ms: ${error instanceof Failure ? error.message : error.stack}`;
    }
    return { failure, steps: this.#steps, counts: this.#report() };
  }

  #do({ op, side: which, draws }: AgentCommand): void {
    const side = this.#sides[which];
    const [first, second, third, fourth] = draws;
    this.#count(op);
    switch (op) {
      case "signal":
        for (let i = first % 4; i >= 0; i--) this.#deliver(side);
        break;
      case "lose":
        this.#lose(side);
        break;
      case "restart":
        if (!this.#isNegotiating) this.#offer(side);
        break;
      case "rollback":
        this.#rollBack(side);
        break;
      case "end":
        side.agent.addEndOfRemoteCandidates(this.#sim.now, second % 2 === 0 ? "somebody" : undefined);
        break;
      case "repeat":
        for (const candidate of side.told.slice(-20)) side.agent.addRemoteCandidate(candidate, this.#sim.now);
        break;
      case "net":
        this.#change(first, second, third, fourth);
        break;
      case "outage":
        this.#link.down();
        this.#pass(first % (second % 4 === 0 ? 60_000 : 8000));
        this.#link.up();
        break;
      case "deaf": {
        const way = which === 0 ? this.#link.forward : this.#link.backward;
        way.set({ loss: 1 });
        this.#pass(first % 20_000);
        way.set({ loss: 0 });
        break;
      }
      case "interface":
        this.#toggleInterface(side);
        break;
      case "forge":
        this.#forge(side, first, second, third);
        break;
      case "replay":
        this.#replay(first, second);
        break;
      case "pass":
        this.#pass(first % (second % 8 === 0 ? 5000 : 120));
        break;
      case "wait":
        this.#pass(first % 120_000);
        break;
      case "rest":
        if (second % 2 === 0) this.#rest();
        break;
      default:
        op satisfies never;
    }
    this.#pass(fourth % 9);
  }

  get #isNegotiating(): boolean {
    return this.#sides.some(({ isOffering }) => isOffering);
  }

  #other({ index }: Side): Side {
    return this.#sides[index === 0 ? 1 : 0];
  }

  #tell(to: Side, signal: Signal): void {
    if (to.inbox.length < MOST_SIGNALS) to.inbox.push(signal);
  }

  /** A description with new parameters; the first one begins. */
  #offer(side: Side): void {
    const { agent } = side;
    if (agent.state !== "new" || agent.remoteParameters !== undefined) {
      this.#collect();
      agent.restart(this.#sim.now);
    }
    side.isOffering = true;
    this.#tell(this.#other(side), { type: "offer", parameters: agent.localParameters });
    agent.gather(this.#sim.now);
  }

  /** An offer that the other side has not seen is taken back, with the candidates that came after it. */
  #rollBack(side: Side): void {
    const { inbox } = this.#other(side);
    const at = inbox.findIndex(({ type }) => type === "offer");
    if (!side.isOffering || at < 0 || side.agent.remoteParameters !== undefined || side.state === "new") return;
    this.#collect();
    inbox.splice(at);
    side.isOffering = false;
    if (side.agent.rollback(this.#sim.now)) this.#count("restarts taken back");
    // What was gathered before counts again, but may not have been told.
  }

  #deliver(side: Side): void {
    const signal = side.inbox.shift();
    const { now } = this.#sim;
    if (signal === undefined) return;
    const { agent } = side;
    if (signal.type === "end") agent.addEndOfRemoteCandidates(now);
    else if (signal.type === "candidate") {
      side.told.push(signal.candidate);
      agent.addRemoteCandidate(signal.candidate, now);
    } else {
      side.told.length = 0;
      if (signal.type === "answer") side.isOffering = false;
      else {
        if (agent.remoteParameters !== undefined) {
          this.#collect();
          agent.restart(now);
        }
        this.#tell(this.#other(side), { type: "answer", parameters: agent.localParameters });
      }
      agent.setRemoteParameters(signal.parameters, now);
      agent.gather(now);
    }
  }

  #lose({ inbox }: Side): void {
    const at = inbox.findIndex(({ type }) => type === "candidate" || type === "end");
    if (at >= 0) inbox.splice(at, 1);
  }

  #change(loss: number, twice: number, spread: number, delay: number): void {
    this.#link.set({
      loss: ((loss % 4) * 100) / 1000,
      duplicate: ((twice % 3) * 100) / 1000,
      corrupt: twice % 5 === 0 ? 0.05 : 0,
      reorder: spread % 2 === 0 ? 0.1 : 0,
      jitter: (spread % 3) * 20,
      delay: [0, 1, 10, 100, 400][delay % 5] as number,
    });
  }

  /** A second network comes or goes. */
  #toggleInterface({ host, index }: Side): void {
    if (host.interfaces.some(({ name }) => name === "wlan0")) host.removeInterface("wlan0");
    else host.addInterface({ name: "wlan0", addresses: [`10.0.0.${index + 11}`] });
    if (!this.#hasStreams) return;
    host.streams.reset();
    this.#count("streams reset");
  }

  /** Somebody who has read the descriptions, but for the password, would be the other side. */
  #forge(side: Side, kind: number, draw: number, length: number): void {
    const { remoteParameters, localParameters } = side.agent;
    const sockets = side.runner.sockets.filter(({ address }) => address.startsWith("10."));
    const socket = sockets[draw % Math.max(1, sockets.length)];
    if (socket === undefined) return;
    const username = `${localParameters.usernameFragment}:${remoteParameters?.usernameFragment ?? "x"}`;
    const bytes = kind % 2 === 0 ? forgedCheck(this.#random, username) : forgedMessage(this.#random, kind, length);
    this.#attacker.send(bytes, 0, bytes.length, socket.address, socket.port);
  }

  #overhear(to: 0 | 1, bytes: Uint8Array): false {
    if (this.#kept.length < MOST_KEPT) this.#kept.push({ to, bytes: bytes.slice() });
    else this.#kept[this.#random.u32() % MOST_KEPT] = { to, bytes: bytes.slice() };
    return false;
  }

  /** Somebody sends again, from elsewhere, what he has overheard. */
  #replay(which: number, draw: number): void {
    const kept = this.#kept[which % Math.max(1, this.#kept.length)];
    if (kept === undefined) return;
    const sockets = this.#sides[kept.to].runner.sockets.filter(({ address }) => address.startsWith("10."));
    const socket = sockets[draw % Math.max(1, sockets.length)];
    if (socket !== undefined) this.#attacker.send(kept.bytes, 0, kept.bytes.length, socket.address, socket.port);
  }

  #pass(duration: number): void {
    const end = this.#sim.now + duration;
    // In pieces, so that what agents say is heard about when they say it.
    do {
      this.#sim.runFor(Math.min(50, end - this.#sim.now));
      this.#collect();
    } while (this.#sim.now < end);
    for (const side of this.#sides) this.#check(side);
  }

  /** Hears what the agents say; candidates are signalled. */
  #collect(): void {
    for (const side of this.#sides) {
      const { runner } = side;
      for (const event of runner.events.slice(side.read)) this.#hear(side, event);
      side.read = runner.events.length;
    }
  }

  #hear(side: Side, event: IceEvent): void {
    const other = this.#other(side);
    if (event.type === "candidate") {
      const candidate = parseCandidate(printCandidate(event.candidate));
      if (candidate === undefined) fail("a candidate that cannot be read");
      this.#tell(other, { type: "candidate", candidate });
    } else if (event.type === "gathering-state") {
      if (event.state === "complete") this.#tell(other, { type: "end" });
    } else if (event.type === "state") {
      if (!NEXT[side.state].includes(event.state)) fail(`${event.state} after ${side.state}`);
      side.state = event.state;
      this.#count(`state ${event.state}`);
    } else if (event.type === "selected-pair") {
      this.#count("pairs selected");
      const { address } = event.pair.route;
      if (!this.#addresses(other).includes(address)) fail(`${address} was selected, which is not the other side`);
    }
  }

  /** All that a side ever has. */
  #addresses({ index }: Side): readonly string[] {
    return [`10.0.0.${index + 1}`, `10.0.0.${index + 11}`, `2001:db8::${index + 1}`];
  }

  #check({ agent, runner, state }: Side): void {
    const { now } = this.#sim;
    if (agent.state !== state) fail(`in state ${agent.state}, and ${state} was told`);
    if (agent.deadline() < now) fail(`a deadline ${now - agent.deadline()} ms ago`);
    if (agent.localCandidates.length > MOST_CANDIDATES) fail(`${agent.localCandidates.length} local candidates`);
    if (agent.remoteCandidates.length > MOST_CANDIDATES) fail(`${agent.remoteCandidates.length} remote candidates`);
    if (runner.sockets.length > MOST_SOCKETS) fail(`${runner.sockets.length} sockets`);
  }

  /** The network works, everything is signalled; then both find a path, at the latest after a restart. */
  #rest(): void {
    this.#link.up();
    this.#link.set({ ...IDLE });
    this.#count("rests");
    this.#settle();
    if (!this.#isConnected || !this.#isOnePath) {
      this.#offer(this.#sides[this.#random.u32() % 2 === 0 ? 0 : 1]);
      this.#count("restarts to rest");
      this.#settle();
    }
    const [a, z] = this.#sides;
    if (!this.#isConnected) fail(`no path after a restart: ${a.state} and ${z.state}`);
    if (!this.#isOnePath) fail(`two paths: ${this.#pathOf(a)} and ${this.#pathOf(z)}`);
    if (a.agent.role === z.agent.role) fail(`both are ${a.agent.role}`);
  }

  /** Signals everything until all is quiet for long enough. */
  #settle(): void {
    const end = this.#sim.now + REST;
    while (this.#sim.now < end) {
      for (const side of this.#sides) while (side.inbox.length > 0) this.#deliver(side);
      this.#pass(100);
      const isQuiet = this.#sides.every(({ inbox }) => inbox.length === 0) && !this.#isNegotiating;
      if (isQuiet && this.#isConnected && this.#isOnePath) return;
    }
  }

  get #isConnected(): boolean {
    return this.#sides.every(({ state }) => state === "connected" || state === "completed");
  }

  #pathOf({ agent, runner, host }: Side): string {
    const route = agent.sendRoute;
    if (route?.protocol === "tcp") {
      const stream = host.streams.all.find(
        ({ remoteAddress, remotePort }) => remoteAddress === route.address && remotePort === route.port,
      );
      return `${stream?.address} ${stream?.port} > ${route.address} ${route.port}`;
    }
    const socket = runner.sockets.find(({ id }) => id === route?.local);
    return `${socket?.address} ${socket?.port} > ${route?.address} ${route?.port}`;
  }

  get #isOnePath(): boolean {
    const [there, back] = this.#sides.map((side) => this.#pathOf(side));
    return there === back?.split(" > ").reverse().join(" > ");
  }

  #close(): void {
    for (const { agent } of this.#sides) agent.close(this.#sim.now);
    this.#sim.runFor(100);
    this.#collect();
    for (const { agent, runner, state, host } of this.#sides) {
      if (state !== "closed") fail(`${state} after it was closed`);
      if (runner.sockets.length + host.openSockets > 0) fail(`${host.openSockets} sockets are left`);
      if (host.streams.listening > 0) fail("a socket listens");
      if (Number.isFinite(agent.deadline())) fail("a closed agent waits for something");
      runner.stop();
    }
  }

  #count(name: string): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }

  #report(): Readonly<Record<string, number>> {
    const counts = { ...this.#counts };
    for (const { agent } of this.#sides) addCounts(counts, prefixed("dropped ", agent.drops.toJSON()));
    const { dropped, duplicated, corrupted } = this.#link.counts;
    addCounts(counts, { "datagrams lost": dropped, "datagrams repeated": duplicated, "datagrams spoiled": corrupted });
    return counts;
  }
}

/** Rubbish, most of it with the header of STUN. */
function forgedMessage(random: SeededRandom, kind: number, length: number): Uint8Array {
  const bytes = new Uint8Array(kind % 5 === 0 ? length % 1500 : 20 + 4 * (length % 40));
  random.fill(bytes);
  if (kind % 5 > 0) writeHeader(bytes, [0x0001, 0x0101, 0x0111, 0x0011][kind % 4] as number);
  return bytes;
}

/** A check that nominates: all of it right but MESSAGE-INTEGRITY, RFC 8445 §7.1. */
function forgedCheck(random: SeededRandom, username: string): Uint8Array {
  const name = new TextEncoder().encode(username);
  const value = (type: number, content: Uint8Array): number[] => {
    const padding = Array<number>((4 - (content.length % 4)) % 4).fill(0);
    return [type >> 8, type & 255, content.length >> 8, content.length & 255, ...content, ...padding];
  };
  const drawn = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    random.fill(bytes);
    return bytes;
  };
  const attributes = [
    ...value(0x0006, name),
    ...value(0x0024, Uint8Array.of(0x7e, 0xff, 0xff, 0xff)),
    ...value(random.u32() % 2 === 0 ? 0x8029 : 0x802a, drawn(8)),
    ...value(0x0025, new Uint8Array(0)),
    ...value(0x0008, drawn(20)),
  ];
  const bytes = Uint8Array.of(...drawn(20), ...attributes);
  writeHeader(bytes, 0x0001);
  return bytes;
}

function writeHeader(bytes: Uint8Array, type: number): void {
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, bytes.length - 20);
  view.setUint32(4, 0x2112a442);
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [prefix + name, count]));
}

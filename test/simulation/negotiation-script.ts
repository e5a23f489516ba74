/**
 * Random scripts over two sides that negotiate: whatever is called when, they come to rest with the same view of sections, directions,
 * codecs, layers and transports. Signalling keeps its order and loses nothing; when both offer, the polite side gives in.
 */
import { SeededRandom } from "@visavis/netsim";
import { type BundlePolicy, type Direction, JsepError, type MediaPlan, type SignalingState } from "visavis/jsep";
import { CODECS, EXTENSIONS } from "./negotiated-media.ts";
import { NegotiatingSide } from "./negotiating-side.ts";
import type { NegotiationCommand } from "./negotiation-commands.ts";
import { Failure, fail, type ScriptReport } from "./script.ts";

const DIRECTIONS: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];
const POLICIES: readonly BundlePolicy[] = ["balanced", "max-compat", "max-bundle"];
const STREAMS = ["one", "two", "three"];
/** Transceivers of a side at most. */
const MOST = 12;
/** Exchanges after which both sides must want no more. */
const MOST_EXCHANGES = 8;

/** What goes over signalling. */
interface Signal {
  readonly type: "offer" | "answer" | "pranswer";
  readonly sdp: string;
  /** The offer that it is, or that it is for. */
  readonly offer: string;
}

/** A side, and what is on its way to it. */
interface Party {
  readonly side: NegotiatingSide;
  readonly inbox: Signal[];
}

/** Runs one script. */
export class NegotiationScript {
  readonly #random: SeededRandom;
  readonly #counts: Record<string, number> = {};
  readonly #states = new Set<SignalingState>();
  #parties: readonly [Party, Party];
  #steps = 0;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
    this.#parties = this.#newParties();
  }

  #newParties(): readonly [Party, Party] {
    const policy = (): BundlePolicy => POLICIES[this.#random.u32() % 3] ?? "balanced";
    const party = (name: string, isPolite: boolean): Party => ({
      side: new NegotiatingSide(name, policy(), isPolite),
      inbox: [],
    });
    this.#count("sequences");
    return [party("amy", false), party("zoe", true)];
  }

  run(commands: readonly NegotiationCommand[]): ScriptReport {
    try {
      for (const command of commands) {
        this.#steps++;
        this.#count(command.op);
        this.#do(command);
      }
      this.#settle();
    } catch (error) {
      if (!(error instanceof Failure) && !(error instanceof JsepError) && !(error instanceof Error)) throw error;
      const place = error instanceof Failure ? "" : `\n${error.stack ?? ""}`;
      return { failure: `step ${this.#steps}: ${error.message}${place}`, steps: this.#steps, counts: this.#report() };
    }
    return { failure: undefined, steps: this.#steps, counts: this.#report() };
  }

  #report(): Readonly<Record<string, number>> {
    for (const { side } of this.#parties) for (const state of side.states) this.#states.add(state);
    return { ...this.#counts, ...Object.fromEntries([...this.#states].map((state) => [`state ${state}`, 1])) };
  }

  #count(name: string): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }

  #do({ op, side: number, draws }: NegotiationCommand): void {
    const own = this.#parties[number];
    const other = this.#parties[number === 0 ? 1 : 0];
    const { side } = own;
    const [first, second, third] = draws;
    const kind = first % 2 === 0 ? "audio" : "video";
    const direction = DIRECTIONS[second % 4] ?? "sendrecv";
    const streams = STREAMS.slice(0, third % 4);
    const transceiver = side.live[first % Math.max(1, side.live.length)];
    switch (op) {
      case "addTransceiver": {
        if (side.transceivers.length >= MOST) return;
        const added = side.add(kind, direction);
        added.streams = streams;
        if (kind === "video" && third % 3 === 0) added.sendRids = ["q", "h", "f"].slice(third % 2).map((rid) => ({ rid }));
        return;
      }
      case "addTrack":
        if (side.transceivers.length < MOST) side.addTrack(kind, streams);
        return;
      case "removeTrack":
        if (transceiver === undefined) return;
        transceiver.hasTrack = false;
        if (transceiver.direction === "sendrecv") transceiver.direction = "recvonly";
        if (transceiver.direction === "sendonly") transceiver.direction = "inactive";
        return;
      case "direction":
        if (transceiver !== undefined) transceiver.direction = direction;
        return;
      case "stop":
        if (transceiver === undefined) return;
        transceiver.isStopping = true;
        transceiver.direction = "inactive";
        return;
      case "streams":
        if (transceiver !== undefined) transceiver.streams = streams;
        return;
      case "preferences": {
        if (transceiver === undefined) return;
        const all = CODECS[transceiver.kind];
        const chosen = all.filter(
          (codec, index) => index === 0 || ((third >> index) & 1) === 0 || /rtx|red/.test(codec.mimeType),
        );
        transceiver.hasPreferences = second % 3 !== 0;
        transceiver.codecs = transceiver.hasPreferences ? chosen.reverse() : all;
        return;
      }
      case "extensions":
        if (transceiver !== undefined) transceiver.extensions = EXTENSIONS[transceiver.kind].slice(0, 1 + (second % 3));
        return;
      case "channel":
        side.hasChannels = true;
        return;
      case "restartIce":
        side.restartIce();
        return;
      case "createOffer":
        if (side.state === "stable" || side.state === "have-local-offer") side.offer();
        return;
      case "offer":
        this.#offer(own, other);
        return;
      case "answer":
        this.#answer(own, other, "answer");
        return;
      case "pranswer":
        this.#answer(own, other, "pranswer");
        return;
      case "rollback":
        this.#rollBack(own, other);
        return;
      case "deliver":
        this.#deliver(own, other);
        return;
      case "settle":
        this.#settle();
        return;
      case "anew":
        this.#settle();
        this.#report();
        this.#parties = this.#newParties();
        return;
    }
  }

  /** Whether the other side can still be told that an offer of this side is another one, or none. */
  #isOpen({ side }: Party, other: Party): boolean {
    const pending = side.pendingOffer;
    if (side.state !== "have-local-offer" || pending === undefined) return false;
    const isOnItsWay = other.inbox.some(({ sdp }) => sdp === pending);
    return isOnItsWay || (other.side.state === "have-remote-offer" && other.side.n.pendingRemote?.sdp === pending);
  }

  #offer(own: Party, other: Party): void {
    const { side } = own;
    if (side.state !== "stable" && !this.#isOpen(own, other)) return;
    const sdp = side.offer();
    side.local("offer", sdp);
    other.inbox.push({ type: "offer", sdp, offer: sdp });
    this.#count("offers made");
  }

  #answer(own: Party, other: Party, type: "answer" | "pranswer"): void {
    const { side } = own;
    const offer = side.n.pendingRemote?.sdp;
    if (offer === undefined || (side.state !== "have-remote-offer" && side.state !== "have-local-pranswer")) return;
    // An offer that was replaced while it was on its way is answered by nobody.
    if (other.side.pendingOffer !== offer) return;
    const sdp = side.answer();
    side.local(type, sdp);
    // The same offer again, on its way behind the one that is answered, is not another one.
    own.inbox.splice(0, own.inbox.length, ...own.inbox.filter((signal) => signal.type !== "offer"));
    other.inbox.push({ type, sdp, offer });
    this.#count(`${type}s made`);
  }

  #rollBack(own: Party, other: Party): void {
    const { side } = own;
    if (!this.#isOpen(own, other)) return;
    // Whoever ignored the other's offer for the sake of its own has to stand by it.
    const theirs = other.side.state === "have-local-offer" ? other.side.pendingOffer : undefined;
    if (theirs !== undefined && !own.inbox.some(({ sdp }) => sdp === theirs)) return;
    side.rollback("local");
    if (other.side.state === "have-remote-offer") other.side.rollback("remote");
    this.#count("offers taken back");
  }

  #deliver(own: Party, other: Party): void {
    const signal = own.inbox.shift();
    if (signal === undefined) return;
    const { side } = own;
    const { type, sdp, offer } = signal;
    if (type !== "offer") {
      if (side.pendingOffer !== offer) fail(`${side.name} has no use for an ${type}`);
      side.remote(type, sdp);
      return;
    }
    if (other.side.pendingOffer !== sdp) {
      this.#count("offers too late");
      return;
    }
    if (side.state === "have-local-offer" || side.state === "have-remote-pranswer") {
      this.#count("offers that met");
      if (!side.isPolite || side.state !== "have-local-offer") return;
    }
    side.remote("offer", sdp);
  }

  /** Ends what is under way, and negotiates until nobody wants more. */
  #settle(): void {
    const [amy, zoe] = this.#parties;
    this.#drain();
    for (let i = 0; amy.side.isNeeded || zoe.side.isNeeded; i++) {
      if (i === MOST_EXCHANGES) fail(`more than ${MOST_EXCHANGES} exchanges`);
      const [own, other] = amy.side.isNeeded && (i % 2 === 0 || !zoe.side.isNeeded) ? [amy, zoe] : [zoe, amy];
      this.#offer(own, other);
      this.#drain();
      this.#compare();
    }
    this.#compare();
    this.#count("rests");
  }

  /** Delivers and answers until both sides are stable. */
  #drain(): void {
    const [amy, zoe] = this.#parties;
    for (let i = 0; i < 40; i++) {
      if (amy.inbox.length > 0) this.#deliver(amy, zoe);
      else if (zoe.inbox.length > 0) this.#deliver(zoe, amy);
      else if (amy.side.state === "stable" && zoe.side.state === "stable") return;
      else {
        this.#answer(amy, zoe, "answer");
        this.#answer(zoe, amy, "answer");
      }
    }
    fail(`no rest: ${amy.side.state}, ${zoe.side.state}`);
  }

  /** Both sides see the same. */
  #compare(): void {
    const [amy, zoe] = [this.#parties[0].side, this.#parties[1].side];
    same("sections", amy.plan.sections, zoe.plan.sections);
    same(
      "transports",
      amy.plan.transports.map(({ key, mids, local, remote, dtlsRole, isBundle }) => ({
        mids,
        isBundle,
        ice: [local?.ice, remote?.ice],
        isClient: dtlsRole === "client",
        key,
      })),
      zoe.plan.transports.map(({ key, mids, local, remote, dtlsRole, isBundle }) => ({
        mids,
        isBundle,
        ice: [remote?.ice, local?.ice],
        isClient: dtlsRole === "server",
        key,
      })),
    );
    const taken = new Map<string, string>();
    for (const [index, own] of amy.plan.media.entries()) {
      const theirs = zoe.plan.media[index];
      if (theirs === undefined) fail("a section is missing");
      same("directions", own.direction, theirs.direction && mirrored(theirs.direction));
      same("codecs", own.sendCodecs, theirs.receiveCodecs);
      same("codecs", own.receiveCodecs, theirs.sendCodecs);
      same("extensions", numbersOf(own.sendExtensions), numbersOf(theirs.receiveExtensions));
      same("layers", ridsOf(own.localSendRids), ridsOf(theirs.localReceiveRids));
      same("layers", ridsOf(own.localReceiveRids), ridsOf(theirs.localSendRids));
      checkNumbers(own, taken);
      const mine = amy.transceivers.filter(({ mid }) => mid === own.mid);
      const others = zoe.transceivers.filter(({ mid }) => mid === own.mid);
      if (mine.length !== 1 || others.length !== 1) fail(`${mine.length} and ${others.length} transceivers for ${own.mid}`);
      same("current directions", mine[0]?.currentDirection, own.direction);
      same("current directions", others[0]?.currentDirection, theirs.direction);
    }
    for (const { transceivers, plan, name } of [amy, zoe]) {
      const lost = transceivers.find(({ mid }) => mid !== undefined && !plan.media.some((each) => each.mid === mid));
      if (lost !== undefined) fail(`${name} has a transceiver for ${lost.mid}, which is no section`);
    }
  }
}

function same(what: string, a: unknown, b: unknown): void {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  if (first !== second) fail(`different ${what}: ${first} and ${second}`);
}

function mirrored(direction: Direction): Direction {
  if (direction === "sendonly") return "recvonly";
  return direction === "recvonly" ? "sendonly" : direction;
}

const numbersOf = (extensions: MediaPlan["sendExtensions"]): unknown => extensions.map(({ id, uri }) => [id, uri]);
const ridsOf = (rids: MediaPlan["localSendRids"]): readonly string[] => rids.map(({ rid }) => rid).sort();

/** On one transport a payload type means one thing, and retransmissions name a codec that is there. */
function checkNumbers({ transportMid, receiveCodecs, kind }: MediaPlan, taken: Map<string, string>): void {
  for (const { payloadType, mimeType, fmtp } of receiveCodecs) {
    const place = `${transportMid} ${payloadType}`;
    const meaning = mimeType.endsWith("rtx") ? `${mimeType} ${fmtp}` : `${kind} ${mimeType} ${fmtp}`;
    if ((taken.get(place) ?? meaning) !== meaning) fail(`payload type ${payloadType} is ${taken.get(place)} and ${meaning}`);
    taken.set(place, meaning);
    const apt = /apt=([0-9]+)/.exec(fmtp)?.[1];
    if (apt !== undefined && !receiveCodecs.some((codec) => codec.payloadType === Number(apt)))
      fail(`rtx for ${apt}, which is not there`);
  }
}

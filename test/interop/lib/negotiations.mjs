// Random negotiations between two sides, each in Node or in a browser: whatever is called when, they come to rest with equal views.
// Signalling keeps its order and loses nothing; when both offer, the polite side gives in.

/** What is asked, and how often. */
const WEIGHTS = {
  addTransceiver: 6,
  addTrack: 6,
  removeTrack: 4,
  direction: 8,
  stop: 4,
  streams: 3,
  preferences: 4,
  channel: 2,
  restartIce: 2,
  offer: 10,
  answer: 10,
  pranswer: 3,
  rollback: 3,
  deliver: 30,
  settle: 4,
};
const BAG = Object.entries(WEIGHTS).flatMap(([op, weight]) => Array(weight).fill(op));
const POLICIES = /** @type {const} */ (["balanced", "max-compat", "max-bundle"]);
/**
 * What a browser is not asked for because it is known to fail at it. stop-new: transceivers without a section that are stopped make it ask for
 * negotiation for ever. max-bundle: it takes no description in which every section is rejected. pranswer: it has none.
 * @type {Record<string, readonly string[]>}
 */
const QUIRKS = { chromium: ["stop-new", "max-bundle"], firefox: ["stop-new", "pranswer"] };
/**
 * What fails at the browser itself, whoever is at the other end. Chromium, after an offer of its own was taken back: it
 * makes offers that it does not take itself (ids of header extensions in two meanings, sections of another kind than their
 * transceivers), or asks for negotiation for ever and leaves the data section out, cannot answer with one, and holds others to the ids that
 * it gave up. Firefox: it takes no offer with an ICE restart while its own offer is out, and asks for
 * negotiation for ever when a transceiver is stopped whose offer was taken back.
 * @type {Record<string, RegExp>}
 */
const KNOWN = {
  chromium:
    /Failed to set local offer sdp: |Failed to start SCTP transport|ID reassignment not supported \(collision on active MID|exchanges for chromium$/m,
  firefox: /indicates ICE restart but offer did not request ICE restart|exchanges for firefox$/m,
};
/** Exchanges after which both sides must want no more. */
const MOST_EXCHANGES = 8;

/** @typedef {{ call: (method: string, ...args: unknown[]) => Promise<any> }} Side */
/** @typedef {{ type: "offer" | "answer" | "pranswer", sdp: string, offer: string }} Signal */

/** mulberry32 @param {number} seed */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** A side while it negotiates. */
class Party {
  /** @type {Signal[]} on their way to this side */
  inbox = [];
  /** @type {[string, number, number, number][]} calls that are made together with the next one that waits */
  held = [];
  state = "stable";
  /** @type {string | undefined} its own offer that is not answered for good */
  offer = undefined;
  /** @type {string | undefined} the other side's offer that is not answered for good */
  taken = undefined;

  /** @param {string} name @param {Side} side @param {boolean} isPolite @param {Set<string>} states @param {string[]} log */
  constructor(name, side, isPolite, states, log) {
    this.name = name;
    this.side = side;
    this.isPolite = isPolite;
    this.states = states;
    this.log = log;
  }

  /** @param {string} state */
  #now(state) {
    this.state = state;
    this.states.add(state);
    if (state === "stable") {
      this.offer = undefined;
      this.taken = undefined;
    }
  }

  async flush() {
    const held = this.held.splice(0);
    if (held.length === 0) return;
    for (const command of held) this.log.push(`${this.name} ${command.join(" ")}`);
    await this.side.call("act", held);
  }

  /** @param {"offer" | "answer" | "pranswer" | "rollback"} type */
  async local(type) {
    await this.flush();
    this.log.push(`${this.name} local ${type}`);
    const { sdp, state } = await this.side.call("local", type);
    this.#now(state);
    if (type === "offer") this.offer = sdp;
    return sdp;
  }

  /** @param {{ type: string, sdp?: string }} description */
  async remote(description) {
    await this.flush();
    this.log.push(`${this.name} remote ${description.type}`);
    const before = this.state;
    if (description.type === "offer" && before === "have-local-offer") {
      this.states.add("stable");
      this.offer = undefined;
    }
    this.#now(await this.side.call("remote", description));
    if (description.type === "offer") this.taken = description.sdp;
  }

  async view() {
    await this.flush();
    return this.side.call("view");
  }
}

/** One sequence of calls. */
class Sequence {
  operations = 0;
  /** @param {Party} first @param {Party} second @param {() => number} next */
  constructor(first, second, next) {
    this.parties = /** @type {const} */ ([first, second]);
    this.hasProvisional = ![first, second].some(({ name }) => QUIRKS[name]?.includes("pranswer"));
    this.next = next;
  }

  async run() {
    const length = 5 + (this.next() % 36);
    for (let i = 0; i < length; i++) await this.#step();
    await this.#settle();
  }

  async #step() {
    this.operations++;
    const [first, second] = this.parties;
    const [own, other] = this.next() % 2 === 0 ? [first, second] : [second, first];
    const op = BAG[this.next() % BAG.length];
    const draws = /** @type {const} */ ([this.next() >>> 8, this.next() >>> 8, this.next() >>> 8]);
    if (op === "offer") await this.#offer(own, other);
    else if (op === "answer" || (op === "pranswer" && this.hasProvisional)) await this.#answer(own, other, op);
    else if (op === "rollback") await this.#rollBack(own, other);
    else if (op === "deliver") await this.#deliver(own, other);
    else if (op === "settle") await this.#settle();
    else if (op !== "pranswer") own.held.push([op, ...draws]);
  }

  /** Whether the other side can still be told that an offer is another one, or none. @param {Party} own @param {Party} other */
  #isOpen(own, other) {
    if (own.state !== "have-local-offer" || own.offer === undefined) return false;
    return other.inbox.some(({ sdp }) => sdp === own.offer) || (other.state === "have-remote-offer" && other.taken === own.offer);
  }

  async #offer(own, other) {
    if (own.state !== "stable" && !this.#isOpen(own, other)) return;
    const sdp = await own.local("offer");
    other.inbox.push({ type: "offer", sdp, offer: sdp });
  }

  async #answer(own, other, type) {
    const offer = own.taken;
    if (offer === undefined || (own.state !== "have-remote-offer" && own.state !== "have-local-pranswer")) return;
    // An offer that was replaced while it was on its way is answered by nobody.
    if (other.offer !== offer) return;
    const sdp = await own.local(type);
    own.inbox = own.inbox.filter((signal) => signal.type !== "offer");
    other.inbox.push({ type, sdp, offer });
  }

  async #rollBack(own, other) {
    if (!this.#isOpen(own, other)) return;
    const theirs = other.state === "have-local-offer" ? other.offer : undefined;
    // Whoever ignored the other's offer for the sake of its own has to stand by it.
    if (theirs !== undefined && !own.inbox.some(({ sdp }) => sdp === theirs)) return;
    await own.local("rollback");
    if (other.state === "have-remote-offer") await other.remote({ type: "rollback" });
  }

  async #deliver(own, other) {
    const signal = own.inbox.shift();
    if (signal === undefined) return;
    const { type, sdp, offer } = signal;
    if (type !== "offer") {
      if (own.offer !== offer) throw new Error(`${own.name} has no use for an ${type}`);
      await own.remote({ type, sdp });
      return;
    }
    if (other.offer !== sdp) return;
    if (own.state === "have-local-offer" || own.state === "have-remote-pranswer") {
      if (!own.isPolite || own.state !== "have-local-offer") return;
    }
    await own.remote({ type, sdp });
  }

  /** Ends what is under way, and negotiates until nobody wants more. */
  async #settle() {
    await this.#drain();
    for (let i = 0; ; i++) {
      const [a, b] = [await this.parties[0].view(), await this.parties[1].view()];
      if (!a.isNeeded && !b.isNeeded) {
        compare(this.parties, a, b);
        return;
      }
      if (i === MOST_EXCHANGES) {
        const names = this.parties.filter((_, index) => [a, b][index].isNeeded).map(({ name }) => name);
        throw new Error(`more than ${MOST_EXCHANGES} exchanges for ${names.join(" and ")}`);
      }
      const [own, other] = a.isNeeded && (i % 2 === 0 || !b.isNeeded) ? this.parties : [this.parties[1], this.parties[0]];
      await this.#offer(own, other);
      await this.#drain();
    }
  }

  /** Delivers and answers until both sides are stable. */
  async #drain() {
    const [a, b] = this.parties;
    for (let i = 0; i < 40; i++) {
      if (a.inbox.length > 0) await this.#deliver(a, b);
      else if (b.inbox.length > 0) await this.#deliver(b, a);
      else if (a.state === "stable" && b.state === "stable") return;
      else {
        await this.#answer(a, b, "answer");
        await this.#answer(b, a, "answer");
      }
    }
    throw new Error(`no rest: ${a.state}, ${b.state}`);
  }
}

const MIRRORED = { sendrecv: "sendrecv", sendonly: "recvonly", recvonly: "sendonly", inactive: "inactive" };

/** The sections of a description that are not rejected: mid, kind and codecs. @param {string} sdp */
function sections(sdp) {
  return sdp
    .split(/(?=^m=)/m)
    .slice(1)
    .map((text) => ({
      mid: /^a=mid:(.*?)\r?$/m.exec(text)?.[1],
      kind: /^m=([a-z]+) /.exec(text)?.[1],
      isLive: !/^m=[a-z]+ 0 /.test(text) || /^a=bundle-only/m.test(text),
      codecs: new Set([...text.matchAll(/^a=rtpmap:([0-9]+ \S+?)(\/1)?\r?$/gm)].map(([, codec]) => codec.toLowerCase())),
    }));
}

/** Both sides see the same. */
function compare([first, second], a, b) {
  const same = (what, x, y) => {
    const [own, other] = [JSON.stringify(x), JSON.stringify(y)];
    if (own !== other) throw new Error(`different ${what}: ${first.name} ${own}, ${second.name} ${other}`);
  };
  same("states", a.state, "stable");
  same("states", b.state, "stable");
  same(
    "transceivers",
    a.transceivers.map(({ mid, kind }) => `${mid} ${kind}`),
    b.transceivers.map(({ mid, kind }) => `${mid} ${kind}`),
  );
  for (const [index, own] of a.transceivers.entries()) {
    const other = b.transceivers[index];
    same(`directions of ${own.mid}`, own.currentDirection, MIRRORED[other.currentDirection]);
  }
  const [ours, theirs] = [sections(a.local), sections(b.local)];
  same("sections", ours.length, theirs.length);
  for (const [index, own] of ours.entries()) {
    const other = theirs[index];
    // A section that one of the two rejects is rejected.
    if (!own.isLive || !other.isLive) continue;
    same("sections", [own.mid, own.kind], [other.mid, other.kind]);
    const transceiver = a.transceivers.find(({ mid }) => mid === own.mid);
    if (transceiver === undefined) continue;
    const partner = b.transceivers.find(({ mid }) => mid === own.mid);
    // One that was stopped since has no parameters left, though the other side does not know yet.
    if (transceiver.direction === "stopped" || partner.direction === "stopped") continue;
    for (const [view, mine, yours] of [
      [transceiver, own, other],
      [partner, other, own],
    ]) {
      if (!view.currentDirection?.startsWith("send")) continue;
      const unknown = view.codecs.find((codec) => ![...yours.codecs].some((each) => each.startsWith(`${codec.split(" ")[0]} `)));
      if (unknown !== undefined) throw new Error(`${unknown} of section ${own.mid} is not what the other side takes`);
      if (view.codecs.length === 0 && mine.codecs.size > 0) throw new Error(`no codec for section ${own.mid}`);
    }
    // The preferred codec to send is the first that both have.
    const first = ({ codecs }) => codecs.find((codec) => !/rtx|red|fec|telephone|cn$/.test(codec));
    if (transceiver.currentDirection === "sendrecv") same("first codecs", first(transceiver), first(partner));
  }
}

/**
 * Runs sequences.
 * @param {{ name: string, side: Side }} first gives in to nobody
 * @param {{ name: string, side: Side }} second polite
 * @param {{ seed: number, count: number, only?: number }} options
 */
export async function negotiateRandomly(first, second, { seed, count, only }) {
  const states = [new Set(["stable"]), new Set(["stable"])];
  let operations = 0;
  /** @type {Record<string, number>} by what the browser said */
  const known = {};
  for (let number = only ?? 0; number < (only === undefined ? count : only + 1); number++) {
    const next = numbers(Math.imul(seed, 0x9e3779b1) + number);
    /** @type {string[]} */
    const log = [];
    const parties = [first, second].map(({ name, side }, index) => new Party(name, side, index === 1, states[index], log));
    for (const { name, side } of parties) {
      const quirks = QUIRKS[name] ?? [];
      const policies = POLICIES.filter((policy) => !quirks.includes(policy));
      await side.call("renew", { bundlePolicy: policies[next() % policies.length] }, quirks);
    }
    const sequence = new Sequence(parties[0], parties[1], next);
    try {
      await sequence.run();
    } catch (error) {
      const message = String(error);
      if ([first, second].some(({ name }) => KNOWN[name]?.test(message))) {
        const reason = message.split("\n", 1)[0];
        known[reason] = (known[reason] ?? 0) + 1;
        continue;
      }
      throw new Error(
        `sequence ${number} of seed ${seed}: ${error instanceof Error ? error.message : error}\n  ${log.join("\n  ")}`,
        {
          cause: error,
        },
      );
    }
    operations += sequence.operations;
  }
  const knownFailures = Object.values(known).reduce((sum, each) => sum + each, 0);
  return {
    sequences: (only === undefined ? count : 1) - knownFailures,
    knownFailures,
    known,
    operations,
    states: states.map((each) => [...each].sort()),
  };
}

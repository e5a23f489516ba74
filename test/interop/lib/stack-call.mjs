// A call between this library and another stack, and what must hold of it whichever stack it is.
import assert from "node:assert/strict";
import { mediaDevices, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender } from "visavis";
import { MediaPeer } from "./media-peer.mjs";
import { carryMedia } from "./media-sides.mjs";
import { decode, record } from "./recording.mjs";

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How long a stretch is measured, in milliseconds. */
const STRETCH = 1500;
/** Of what one side sends in a stretch, the other has to have taken so much. */
const SHARE = 0.8;

/**
 * Our side; what it receives is kept.
 * @param {{ sends: MediaStreamConstraints, video?: string, polite?: boolean }} options
 *   sends: what is added when there is an offer to answer, or by `offer`; video: the format that comes first
 */
export function ourSide({ sends, video, polite = true }) {
  /** @type {ReturnType<typeof record>[]} */
  const recordings = [];
  const peer = new MediaPeer({
    Connection: RTCPeerConnection,
    Sender: RTCRtpSender,
    Receiver: RTCRtpReceiver,
    devices: mediaDevices,
    polite,
    show: (/** @type {MediaStreamTrack} */ track) => recordings.push(record(track)),
  });
  let hasAdded = false;
  const add = async () => {
    hasAdded = true;
    if (Object.keys(sends).length > 0) await peer.add(sends);
    if (video !== undefined && sends.video) peer.preferCodecs("video", [video]);
  };
  return {
    peer,
    recordings,
    /** Adds the tracks, which begins the negotiation. */
    offer: add,
    /** @param {string} method @param {unknown[]} args */
    call: async (method, ...args) => {
      // Right before the offer is set: else ours would meet it.
      if (method === "signal" && args[0].description?.type === "offer" && !hasAdded) await add();
      return peer[method](...args);
    },
    /** Those of one kind, added up over all streams. @param {"inbound-rtp" | "outbound-rtp"} type @param {string} kind @param {string} member */
    count: async (type, kind, member) => {
      const entries = (await peer.stats()).filter((entry) => entry.type === type && entry.kind === kind);
      return entries.reduce((sum, entry) => sum + Number(entry[member] ?? 0), 0);
    },
  };
}

/**
 * Waits for a value to be what it should.
 * @template T @param {() => Promise<T>} read @param {(value: T) => boolean} fits @param {string} what
 */
export async function until(read, fits, what, timeout = 15_000) {
  for (const end = performance.now() + timeout; ; await pause(50)) {
    const value = await read();
    if (fits(value)) return value;
    if (performance.now() > end) throw new Error(`${what}: ${JSON.stringify(value)?.slice(0, 600)}`);
  }
}

/**
 * Carries signals both ways.
 * @param {{ call: Function }} one @param {{ call: Function }} other @param {import("./relay.mjs").Relay} [relay] everything goes through it
 * @returns what the sides complained of
 */
export function join(one, other, relay) {
  /** @type {string[]} */
  const problems = [];
  const through = (/** @type {number} */ side) =>
    relay && (async (/** @type {any} */ signal) => (signal.candidate === null ? [] : relay.rewrite(side, signal)));
  void carryMedia(one, other, problems, through(0));
  void carryMedia(other, one, problems, through(1));
  return problems;
}

/** What of ours was sent and arrived, by kind. @param {ReturnType<typeof ourSide>} ours @param {readonly string[]} kinds */
async function ourCounts(ours, kinds) {
  /** @type {Record<string, { sent: number, received: number }>} */
  const counts = {};
  for (const kind of kinds) {
    const unit = kind === "audio" ? "packets" : "frames";
    counts[kind] = {
      sent: await ours.count("outbound-rtp", kind, `${unit}Sent`),
      received: await ours.count("inbound-rtp", kind, `${unit}Received`),
    };
  }
  return counts;
}

/**
 * Media flows, after the first second: the other side takes what we send, and we get what it sends.
 * @param {ReturnType<typeof ourSide>} ours
 * @param {() => Promise<Record<string, number>>} taken frames the other side has decoded, by kind
 * @param {{ kinds?: readonly string[], least?: Record<string, number> }} [options]
 *   least: frames a second that we receive at least, 0 where nothing is to be received
 * @returns what happened in the stretch that was measured
 */
export async function flows(ours, taken, { kinds = ["audio", "video"], least = { audio: 35, video: 12 } } = {}) {
  const all = async () => ({ ours: await ourCounts(ours, kinds), theirs: { ...(await taken()) } });
  const runs = (/** @type {Awaited<ReturnType<typeof all>>} */ { ours: counts, theirs }) =>
    kinds.every((kind) => (counts[kind].received > 0 || least[kind] === 0) && theirs[kind] > 0);
  await until(all, runs, "media flows");
  await pause(1000);
  const startedAt = performance.now();
  const first = await all();
  await pause(STRETCH);
  const last = await all();
  const seconds = (performance.now() - startedAt) / 1000;
  /** @type {Record<string, { sent: number, taken: number, received: number }>} */
  const rates = {};
  for (const kind of kinds) {
    const sent = last.ours[kind].sent - first.ours[kind].sent;
    const received = last.ours[kind].received - first.ours[kind].received;
    rates[kind] = { sent, taken: last.theirs[kind] - first.theirs[kind], received };
    const text = `${kind} in ${seconds.toFixed(2)} s: ${JSON.stringify(rates[kind])}`;
    assert.ok(sent > 0 && rates[kind].taken >= SHARE * sent, text);
    assert.ok(received >= least[kind] * seconds, text);
  }
  return rates;
}

/** What a stretch of a call was like, in few words. @param {Awaited<ReturnType<typeof flows>>} rates @param {Record<string, string>} decoded */
export const told = (rates, decoded) =>
  Object.entries(rates)
    .map(([kind, { sent, taken, received }]) => {
      const ours = `${kind}: ${taken} of ${sent} frames of ours taken`;
      return kind in decoded ? `${ours}, ${received} of theirs received, ${decoded[kind]} decoded` : ours;
    })
    .join("; ");

/**
 * What arrived can be decoded, all of it.
 * @param {ReturnType<typeof ourSide>} ours
 * @param {Record<string, string>} formats the format that has to have arrived, by kind
 */
export async function decodes(ours, formats) {
  /** @type {Record<string, string>} */
  const results = {};
  for (const [kind, mimeType] of Object.entries(formats)) {
    const frames = ours.recordings.find((recording) => recording.kind === kind)?.frames ?? [];
    const first = frames.findIndex(({ keyFrame }) => kind === "audio" || keyFrame);
    const usable = frames.slice(first);
    assert.ok(first >= 0 && usable.length > 20, `${kind}: ${frames.length} frames, the first key frame at ${first}`);
    assert.deepEqual([...new Set(frames.map((frame) => frame.mimeType))], [mimeType]);
    const { decoded, distinct, complaints } = await decode(usable);
    assert.equal(complaints, "");
    // What comes out of Opus in Ogg begins after the 80 ms that a decoder needs to settle.
    const least = kind === "audio" ? usable.length - 6 : usable.length;
    assert.ok(decoded >= least, `${kind}: ${decoded} of ${usable.length} frames decoded`);
    results[kind] = `${decoded} (${distinct} distinct)`;
  }
  return results;
}

/**
 * What was negotiated below the media.
 * @param {ReturnType<typeof ourSide>} ours @param {{ srtpCipher: string, tlsVersion: string }} expected
 */
export async function secured(ours, expected) {
  const { connectionState, transports, problems } = await ours.peer.state();
  assert.equal(connectionState, "connected");
  assert.deepEqual(problems, []);
  assert.equal(transports.length, 1);
  const [{ srtpCipher, tlsVersion, dtlsState, hasPair }] = transports;
  assert.deepEqual({ srtpCipher, tlsVersion, dtlsState, hasPair }, { ...expected, dtlsState: "connected", hasPair: true });
}

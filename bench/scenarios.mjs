// What can be measured: how a scenario is run, and which of its figures are printed.
import { measureImport, measureSize } from "./package-figures.mjs";
import { runPair } from "./pair.mjs";

const KIB = 1024;

/**
 * @typedef {object} Column
 * @property {string} key of the figure
 * @property {string} title with its unit
 * @property {boolean} [more] more of it is better; without it less is
 * @property {boolean} [plain] no ratio is printed
 *
 * @typedef {object} Scenario
 * @property {string} title one sentence, printed above the table
 * @property {(what: { node: string, peer: string, settings: Settings }) => Promise<Record<string, number | string>>} run
 * @property {readonly Column[]} columns
 *
 * @typedef {{ seconds: number, full: boolean }} Settings
 */

const RATE = { key: "rate", title: "MB/s", more: true };
const CPU_PER_GB = [
  { key: "cpu", title: "CPU s/GB" },
  { key: "sender", title: "sender" },
  { key: "receiver", title: "receiver" },
];
const THROUGHPUT = [RATE, ...CPU_PER_GB];
/** Of a packet that is forwarded. */
const SUBSCRIBERS = 20;
/** Milliseconds each way, and how many connections. */
const DELAY = 25;
const CONNECTS = 20;
const CHURN = { short: 1000, full: 10_000 };

/** @param {any} options */
function throughput(options) {
  return ({ node, peer, settings }) => {
    const { seconds } = settings;
    return runPair({ node, peer, scene: "throughput", options: { ...options, seconds }, limit: 40_000 + seconds * 4000 });
  };
}

/** @param {string} scene @param {(settings: Settings) => any} options @param {number} limit ms */
function pair(scene, options, limit) {
  return ({ node, peer, settings }) => runPair({ node, peer, scene, options: options(settings), limit });
}

const bulk = (size, pathMtuDiscovery) => ({ size, reliable: true, high: Math.max(KIB * KIB, size * 8), pathMtuDiscovery });

/** @type {Readonly<Record<string, Scenario>>} */
export const SCENARIOS = {
  "throughput-64k": {
    title: "64 KiB messages, ordered and reliable, packets held to 1200 B",
    run: throughput(bulk(64 * KIB, false)),
    columns: THROUGHPUT,
  },
  "throughput-64k-free": {
    title: "64 KiB messages, ordered and reliable, path MTU discovery where the peer has it",
    run: throughput(bulk(64 * KIB, true)),
    columns: THROUGHPUT,
  },
  "throughput-1k": {
    title: "1 KiB messages, ordered and reliable, packets held to 1200 B",
    run: throughput(bulk(KIB, false)),
    columns: THROUGHPUT,
  },
  "throughput-256k": {
    title: "256 KiB messages, ordered and reliable, packets held to 1200 B (werift takes no message above 64 KiB)",
    run: throughput(bulk(256 * KIB, false)),
    columns: THROUGHPUT,
  },
  small: {
    title: "100 B messages, unordered, `maxRetransmits: 0`",
    run: throughput({ size: 100, reliable: false, high: 256 * KIB }),
    columns: [
      { key: "messages", title: "messages/s", more: true },
      { key: "cpuEach", title: "CPU µs per message" },
      { key: "senderEach", title: "sender" },
      { key: "receiverEach", title: "receiver" },
      { key: "delivered", title: "delivered", more: true, plain: true },
    ],
  },
  latency: {
    title: "100 B to and fro, ordered and reliable, one at a time; as many before, not counted, for every peer",
    run: pair("latency", ({ seconds }) => ({ count: seconds * 2500, size: 100 }), 90_000),
    columns: [
      { key: "p50", title: "p50 µs" },
      { key: "p95", title: "p95 µs" },
      { key: "p99", title: "p99 µs" },
      { key: "cpuEach", title: "CPU µs per round trip" },
    ],
  },
  setup: {
    title: "Two new connections to an open channel on both sides, 50 in a row, both sides in one process",
    run: pair("setup", () => ({ count: 50 }), 120_000),
    columns: [
      { key: "p50", title: "p50 ms" },
      { key: "p95", title: "p95 ms" },
      { key: "cpuEach", title: "CPU ms, both sides" },
      { key: "first", title: "first (cold) ms" },
    ],
  },
  "setup-apart": {
    title: "The same with the two sides in two processes, signalling over pipes",
    run: pair("setup-apart", () => ({ count: 50 }), 120_000),
    columns: [
      { key: "p50", title: "p50 ms" },
      { key: "p95", title: "p95 ms" },
      { key: "cpuEach", title: "CPU ms, both sides" },
      { key: "first", title: "first (cold) ms" },
    ],
  },
  connect: {
    title: `From setRemoteDescription to connectionState "connected", over a path of ${2 * DELAY} ms there and back, ${CONNECTS} in a row, two processes`,
    run: pair("connect", () => ({ count: CONNECTS, delay: DELAY }), 120_000),
    columns: [
      { key: "both", title: "both, p50 ms" },
      { key: "bothP95", title: "p95 ms" },
      { key: "offerer", title: "offerer p50 ms" },
      { key: "answerer", title: "answerer p50 ms" },
    ],
  },
  memory: {
    title: "500 open, idle connections with one channel each in one process, their other ends in another; after a collection",
    run: pair("memory", ({ seconds }) => ({ count: 500, idleSeconds: seconds }), 240_000),
    columns: [
      { key: "offererRss", title: "RSS KiB each, offerer" },
      { key: "answererRss", title: "RSS KiB each, answerer" },
      { key: "heap", title: "JavaScript heap KiB", plain: true },
      { key: "external", title: "external KiB", plain: true },
      { key: "idle", title: "idle: CPU ms per second, all" },
      { key: "cpuEach", title: "CPU ms to open one" },
    ],
  },
  churn: {
    title: `${CHURN.short} connections opened and closed one after the other in one process (${CHURN.full} with --full), after a tenth of that and a collection`,
    run: ({ node, peer, settings }) => {
      const count = settings.full ? CHURN.full : CHURN.short;
      return runPair({ node, peer, scene: "churn", options: { count }, limit: 60_000 + count * 200 });
    },
    columns: [
      { key: "heapBefore", title: "heap MiB before", plain: true },
      { key: "heapAfter", title: "after", plain: true },
      { key: "heapEach", title: "heap B left by each", plain: true },
      { key: "externalEach", title: "external B left by each", plain: true },
      { key: "rssEach", title: "RSS KiB left by each", plain: true },
      { key: "cpuEach", title: "CPU ms each" },
    ],
  },
  rtp: {
    title:
      "RTP packets of 1156 B of payload, about 1200 B of UDP, one way, as fast as they arrive, with NACK and transport-wide feedback where the peer has them",
    run: ({ node, peer, settings }) => {
      const { seconds } = settings;
      return runPair({ node, peer, scene: "rtp", options: { size: 1156, seconds }, limit: 30_000 + seconds * 4000 });
    },
    columns: [
      { key: "perCpuSecond", title: "packets per CPU second", more: true },
      { key: "cpuEach", title: "CPU µs per packet" },
      { key: "senderEach", title: "sender" },
      { key: "receiverEach", title: "receiver" },
      { key: "rate", title: "packets/s", more: true },
      { key: "delivered", title: "delivered", more: true, plain: true },
    ],
  },
  "rtp-forward": {
    title: `RTP packets of 1156 B of payload from one publisher to ${SUBSCRIBERS} subscribers through one process; its own CPU for each packet that arrived`,
    run: ({ node, peer, settings }) => {
      const { seconds } = settings;
      const options = { size: 1156, seconds, subscribers: SUBSCRIBERS };
      return runPair({ node, peer, scene: "rtp-forward", options, limit: 40_000 + seconds * 4000 });
    },
    columns: [
      { key: "perCpuSecond", title: "packets per CPU second", more: true },
      { key: "cpuEach", title: "CPU µs per packet" },
      { key: "rate", title: "packets/s", more: true },
      { key: "delivered", title: "delivered", more: true, plain: true },
    ],
  },
  import: {
    title: "Import in a fresh process, median of nine, less the same process without it",
    run: measureImport,
    columns: [
      { key: "milliseconds", title: "ms" },
      { key: "cpu", title: "CPU ms" },
      { key: "rss", title: "RSS MB" },
    ],
  },
  size: {
    title: "Packed and installed with its dependencies into an empty folder, bytes of all files",
    run: measureSize,
    columns: [
      { key: "megabytes", title: "MB" },
      { key: "native", title: "of it native", plain: true },
      { key: "packages", title: "packages" },
      { key: "files", title: "files", plain: true },
    ],
  },
  loss: {
    title: "64 KiB messages, ordered and reliable, 1 % of all datagrams dropped by a relay between the two",
    run: throughput({ ...bulk(64 * KIB, false), loss: 0.01 }),
    columns: [RATE, { key: "lost", title: "share dropped", plain: true }, ...CPU_PER_GB],
  },
};

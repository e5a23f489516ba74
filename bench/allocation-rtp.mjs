// What the path of RTP packets allocates: both ends in one process, over sockets, under V8's sampling heap profiler.
//
// Run after a build: npm run compile && node bench/allocation-rtp.mjs [PACKETS]
// Bytes allocated on the JavaScript heap for each packet, both ends together, by whose code made them, and where in ours. The
// contents of an ArrayBuffer lie outside that heap.
import { profileHeap } from "./heap-profile.mjs";
import { visavisMedia } from "./peers/visavis-media.mjs";

const PACKETS = Number(process.argv[2] ?? 200_000);
const WINDOW = 80;
const SIZE = 1156;
/** Places of ours that are named one by one. */
const MOST_PLACES = 20;

/** @type {(signal: any) => void} */
let toSender = () => {};
const receiver = visavisMedia((signal) => setImmediate(() => toSender(signal)), "receive");
const sender = visavisMedia((signal) => setImmediate(() => receiver.receiveSignal(signal)), "send");
toSender = (signal) => sender.receiveSignal(signal);
sender.offer();
await Promise.all([sender.ready, receiver.ready]);

const payload = new Uint8Array(SIZE).fill(7);
let sent = 0;
let received = 0;

/** Sends so many packets and waits until they have arrived. @param {number} count */
function transfer(count) {
  const goal = received + count;
  const last = sent + count;
  return new Promise((resolve) => {
    const fill = () => {
      for (; sent < last && sent - received < WINDOW; sent++) sender.send(payload);
    };
    receiver.onPayload(() => {
      received++;
      if (received === goal) resolve(undefined);
      else if (sent - received === WINDOW / 2) setImmediate(fill);
    });
    fill();
  });
}

await transfer(PACKETS / 4);
const stop = await profileHeap(import.meta.url, new URL("peers/", import.meta.url).href);
await transfer(PACKETS);
const { ours, node, bench } = await stop();
const each = (bytes) => (bytes / PACKETS).toFixed(1);
const sum = ours.reduce((total, [, bytes]) => total + bytes, 0);
console.log(`${PACKETS} packets, both ends; bytes a packet:`);
console.log(`${each(sum)} by our code, ${each(node)} by Node's, ${each(bench)} by this benchmark`);
for (const [place, bytes] of ours.slice(0, MOST_PLACES))
  if (bytes / PACKETS >= 0.05) console.log(`  ${each(bytes).padStart(7)} ${place}`);
process.exit();

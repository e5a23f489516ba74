// One publisher to many subscribers through a process that forwards: what a packet that leaves costs that process.
//
// Publisher and subscribers are in the other process, which also keeps the pace: so many packets are under way and no more.
import { crc32 } from "node:zlib";
import { messagesOf } from "./content.mjs";

/** Published packets under way at most. */
const WINDOW = 32;
/** How long nothing must come until what is under way counts as lost, in ms. */
const SILENCE = 200;
/** One of so many payloads is hashed; all are looked at. */
const HASHED = 16;

const subscriber = (index) => `subscriber-${index}`;

/** The publisher, and the subscribers. */
export function offerer({ connect }) {
  let publisher;
  let pool;
  let subscribers = 0;
  let received = 0;
  let wrong = 0;
  let lastAt = 0;
  let wake = () => {};
  return {
    async open(options) {
      subscribers = options.subscribers;
      pool = messagesOf(options.size);
      const sums = pool.map((message) => crc32(message));
      for (let i = 0; i < subscribers; i++) {
        connect(subscriber(i), { media: "receive" }).onPayload((payload) => {
          received++;
          lastAt = performance.now();
          const index = payload[0];
          if (payload.length !== options.size || index >= pool.length) wrong++;
          else if (received % HASHED === 0 && crc32(payload) !== sums[index]) wrong++;
          wake();
        });
      }
      publisher = connect("publisher", { media: "send" });
      publisher.offer();
      await publisher.ready;
      return await publisher.agreement();
    },
    /** How many packets were published, and how many came to subscribers. */
    publish({ milliseconds }) {
      const end = performance.now() + milliseconds;
      let sent = 0;
      let lost = 0;
      let isWaking = false;
      received = 0;
      wrong = 0;
      lastAt = performance.now();
      return new Promise((resolve) => {
        const fill = () => {
          isWaking = false;
          if (performance.now() >= end) return;
          for (; sent * subscribers - received - lost < WINDOW * subscribers; sent++) publisher.send(pool[sent % pool.length]);
        };
        wake = () => {
          if (isWaking || sent * subscribers - received - lost > (WINDOW * subscribers) / 2) return;
          isWaking = true;
          setImmediate(fill);
        };
        const watch = setInterval(() => {
          const now = performance.now();
          if (now - lastAt < SILENCE) return;
          lastAt = now;
          lost = sent * subscribers - received;
          if (now < end) return wake();
          clearInterval(watch);
          resolve({ sent, received, wrong });
        }, SILENCE / 4);
        fill();
      });
    },
  };
}

/** The process that forwards. */
export function answerer({ connect }) {
  return {
    open(options) {
      const outgoing = Array.from({ length: options.subscribers }, (_, i) => connect(subscriber(i), { media: "send" }));
      connect("publisher", { media: "receive" }).onPayload((payload) => {
        for (const each of outgoing) each.send(payload);
      });
      for (const each of outgoing) each.offer();
      return Promise.all(outgoing.map((each) => each.ready)).then(() => undefined);
    },
  };
}

async function phase({ offerer, answerer }, milliseconds) {
  const before = await answerer("cpu");
  const started = performance.now();
  const result = await offerer("publish", { milliseconds });
  const cpu = (await answerer("cpu")) - before;
  if (result.wrong > 0) throw new Error(`${result.wrong} of ${result.received} packets are not what was sent`);
  return { ...result, cpu, milliseconds: performance.now() - started };
}

/** @param {any} sides @param {{ size: number, seconds: number, subscribers: number }} options */
export async function run(sides, options) {
  const [agreement] = await Promise.all([sides.offerer("open", options), sides.answerer("open", options)]);
  await phase(sides, Math.min(1500, options.seconds * 500));
  const { sent, received, cpu, milliseconds } = await phase(sides, options.seconds * 1000);
  return {
    agreement,
    cpuEach: (cpu / received) * 1e6,
    perCpuSecond: received / cpu,
    rate: (received / milliseconds) * 1e3,
    delivered: received / (sent * options.subscribers),
  };
}

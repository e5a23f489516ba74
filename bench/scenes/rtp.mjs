// RTP packets one way between two processes, as fast as they arrive: what a packet costs sender and receiver.
//
// UDP has no back-pressure and some peers have none either, so the receiver says by datagrams of its own how far it is. That costs
// each end 0.2 µs per packet, and the same for every peer.
import { createSocket } from "node:dgram";
import { crc32 } from "node:zlib";
import { messagesOf } from "./content.mjs";

/** Packets under way at most: what a socket's buffer holds as the system comes, 92, and a little less. */
const WINDOW = 80;
/** How many packets the receiver takes between two words to the sender. */
const STEP = 40;
/** How long nothing must come until what is under way counts as lost, in ms. */
const SILENCE = 200;
/** One of so many payloads is hashed; all are looked at. */
const HASHED = 16;

/** @returns {Promise<import("node:dgram").Socket>} */
function loopbackSocket() {
  const socket = createSocket("udp4");
  return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket)));
}

export function offerer({ connect }) {
  let media;
  let pool;
  let socket;
  let received = 0;
  let lastAt = 0;
  let wake = () => {};
  return {
    async open(options) {
      socket = await loopbackSocket();
      socket.on("message", (message) => {
        const count = message.readUInt32BE(0);
        if (count === received) return;
        received = count;
        lastAt = performance.now();
        wake();
      });
      pool = messagesOf(options.size);
      return socket.address().port;
    },
    async connect() {
      media = connect("0", { media: "send" });
      media.offer();
      await media.ready;
      return await media.agreement();
    },
    /** How many packets went out within that time; what was sent before has arrived, or is lost. */
    send({ milliseconds }) {
      const end = performance.now() + milliseconds;
      let sent = 0;
      let lost = 0;
      received = 0;
      lastAt = performance.now();
      return new Promise((resolve) => {
        wake = () => {
          if (performance.now() >= end) return;
          for (; sent - received - lost < WINDOW; sent++) media.send(pool[sent % pool.length]);
        };
        const watch = setInterval(() => {
          const now = performance.now();
          if (now - lastAt < SILENCE) return;
          lastAt = now;
          lost = sent - received;
          if (now < end) return wake();
          clearInterval(watch);
          resolve(sent);
        }, SILENCE / 4);
        wake();
      });
    },
  };
}

export function answerer({ connect }) {
  let media;
  let pool;
  let sums;
  let socket;
  let port;
  let count = 0;
  let wrong = 0;
  let firstAt = 0;
  let lastAt = 0;
  const word = Buffer.alloc(4);
  const tell = () => {
    word.writeUInt32BE(count);
    socket.send(word, port, "127.0.0.1");
  };
  return {
    async open(options) {
      socket = await loopbackSocket();
      port = options.port;
      pool = messagesOf(options.size);
      sums = pool.map((message) => crc32(message));
      // A word that is lost, or the last few packets, must not hold the sender up.
      setInterval(() => count > 0 && tell(), SILENCE / 8);
      media = connect("0", { media: "receive" });
      media.onPayload((payload) => {
        lastAt = performance.now();
        if (count++ === 0) firstAt = lastAt;
        const index = payload[0];
        if (payload.length !== options.size || index >= pool.length) wrong++;
        else if (count % HASHED === 0 && crc32(payload) !== sums[index]) wrong++;
        if (count % STEP === 0) tell();
      });
    },
    begin() {
      count = 0;
      wrong = 0;
    },
    finish: () => ({ received: count, wrong, milliseconds: lastAt - firstAt }),
  };
}

async function phase({ offerer, answerer }, milliseconds) {
  await answerer("begin");
  const before = await Promise.all([offerer("cpu"), answerer("cpu")]);
  const sent = await offerer("send", { milliseconds });
  const after = await Promise.all([offerer("cpu"), answerer("cpu")]);
  const result = await answerer("finish");
  if (result.wrong > 0) throw new Error(`${result.wrong} of ${result.received} packets are not what was sent`);
  return { ...result, sent, senderCpu: after[0] - before[0], receiverCpu: after[1] - before[1] };
}

/** @param {any} sides @param {{ size: number, seconds: number }} options */
export async function run(sides, options) {
  const port = await sides.offerer("open", options);
  await sides.answerer("open", { ...options, port });
  const agreement = await sides.offerer("connect");
  await phase(sides, Math.min(1500, options.seconds * 500));
  const { received, sent, milliseconds, senderCpu, receiverCpu } = await phase(sides, options.seconds * 1000);
  return {
    agreement,
    cpuEach: ((senderCpu + receiverCpu) / received) * 1e6,
    senderEach: (senderCpu / received) * 1e6,
    receiverEach: (receiverCpu / received) * 1e6,
    perCpuSecond: received / (senderCpu + receiverCpu),
    rate: (received / milliseconds) * 1e3,
    delivered: received / sent,
  };
}

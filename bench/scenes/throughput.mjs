// One channel, one direction, as much as goes through, held back by bufferedAmount alone.
import { messagesOf, Receipt } from "./content.mjs";

/** Messages that are sent before others of this process have their turn; some peers empty their buffer in another thread. */
const BURST = 256;
/** Where messages may get lost: how long nothing must come until the rest counts as lost, in ms. */
const SILENCE = 500;

const channelOptions = ({ reliable }) => (reliable ? { ordered: true } : { ordered: false, maxRetransmits: 0 });

export function offerer({ connect }) {
  let channel;
  let pool;
  let low = () => {};
  return {
    async open(options) {
      const connection = connect("0", options);
      const opening = connection.createChannel("bench", channelOptions(options));
      connection.offer();
      channel = await opening;
      channel.onLow(options.high >> 1, () => low());
      pool = messagesOf(options.size);
      return (await connection.agreement()) ?? "";
    },
    /** How many messages went out within that time. */
    send({ milliseconds, high }) {
      const end = performance.now() + milliseconds;
      let sent = 0;
      return new Promise((resolve, reject) => {
        const pump = () => {
          low = () => {};
          try {
            for (let i = 0; channel.bufferedAmount() < high; i++) {
              if (performance.now() >= end) return resolve(sent);
              if (i === BURST) return setImmediate(pump);
              channel.send(pool[sent % pool.length]);
              sent++;
            }
          } catch (error) {
            return reject(error);
          }
          low = pump;
        };
        pump();
      });
    },
  };
}

export function answerer({ connect }) {
  let pool;
  let reliable = true;
  /** @type {Receipt | undefined} */
  let receipt;
  let arrived = () => {};
  return {
    async open(options) {
      const channel = await connect("0", options).incomingChannel();
      channel.onMessage((message) => {
        receipt?.take(message);
        arrived();
      });
      pool = messagesOf(options.size);
      reliable = options.reliable;
    },
    expect({ check }) {
      receipt = new Receipt(pool, reliable, check);
    },
    async finish({ sent }) {
      const { count } = await new Promise((resolve) => {
        const look = () => receipt.count >= sent && resolve(receipt);
        arrived = look;
        if (!reliable) {
          const timer = setInterval(() => {
            if (performance.now() - receipt.lastAt < SILENCE) return;
            clearInterval(timer);
            resolve(receipt);
          }, SILENCE / 5);
        }
        look();
      });
      arrived = () => {};
      return { count, bytes: receipt.bytes, milliseconds: receipt.lastAt - receipt.firstAt };
    },
    verify: () => receipt.isRight(),
  };
}

async function phase({ offerer, answerer }, { high }, check, milliseconds) {
  await answerer("expect", { check });
  const before = await Promise.all([offerer("cpu"), answerer("cpu")]);
  const sent = await offerer("send", { milliseconds, high });
  const received = await answerer("finish", { sent });
  const after = await Promise.all([offerer("cpu"), answerer("cpu")]);
  if (received.count > sent) throw new Error("more messages came than were sent");
  if (!(await answerer("verify"))) throw new Error("what came is not what was sent");
  return { ...received, sent, senderCpu: after[0] - before[0], receiverCpu: after[1] - before[1] };
}

/**
 * A warm-up whose bytes are all hashed with SHA-256, then the measured time with a CRC-32 over all bytes.
 * @param {any} sides @param {{ size: number, reliable: boolean, high: number, seconds: number }} options
 */
export async function run(sides, options) {
  const [agreement] = await Promise.all([sides.offerer("open", options), sides.answerer("open", options)]);
  await phase(sides, options, "sha256", Math.min(1500, options.seconds * 500));
  const { bytes, count, sent, milliseconds, senderCpu, receiverCpu } = await phase(
    sides,
    options,
    "crc32",
    options.seconds * 1000,
  );
  return {
    agreement,
    rate: bytes / milliseconds / 1e3,
    messages: (count / milliseconds) * 1e3,
    cpu: (senderCpu + receiverCpu) / (bytes / 1e9),
    sender: senderCpu / (bytes / 1e9),
    receiver: receiverCpu / (bytes / 1e9),
    cpuEach: ((senderCpu + receiverCpu) / count) * 1e6,
    senderEach: (senderCpu / count) * 1e6,
    receiverEach: (receiverCpu / count) * 1e6,
    delivered: count / sent,
  };
}

// 100 bytes to and fro on one ordered, reliable channel; one at a time.

export function offerer({ connect }) {
  let channel;
  return {
    async open() {
      const connection = connect("0");
      const opening = connection.createChannel("bench", { ordered: true });
      connection.offer();
      channel = await opening;
    },
    /** Microseconds of each round trip. */
    ping({ count, size }) {
      const message = new Uint8Array(size);
      const times = new Float64Array(count);
      let index = 0;
      let started = 0;
      return new Promise((resolve, reject) => {
        const next = () => {
          message[0] = index;
          started = performance.now();
          channel.send(message);
        };
        channel.onMessage((answer) => {
          times[index] = (performance.now() - started) * 1000;
          if (answer.length !== size || answer[0] !== (index & 0xff)) reject(new Error("the answer is not what was sent"));
          if (++index < count) return next();
          times.sort();
          const at = (share) => times[Math.min(count - 1, Math.floor(share * count))];
          resolve({ p50: at(0.5), p95: at(0.95), p99: at(0.99) });
        });
        next();
      });
    },
  };
}

export function answerer({ connect }) {
  return {
    async open() {
      const channel = await connect("0").incomingChannel();
      channel.onMessage((message) => channel.send(message));
    },
  };
}

/** @param {any} sides @param {{ count: number, size: number }} options */
export async function run({ offerer, answerer }, options) {
  await Promise.all([offerer("open"), answerer("open")]);
  // As long as what is measured, for every peer: a runtime that compiles while it runs has done so before.
  await offerer("ping", options);
  const before = (await offerer("cpu")) + (await answerer("cpu"));
  const { p50, p95, p99 } = await offerer("ping", options);
  const after = (await offerer("cpu")) + (await answerer("cpu"));
  return { p50, p95, p99, cpuEach: ((after - before) / options.count) * 1e6 };
}

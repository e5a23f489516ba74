// Two new connections to an open channel on both sides, again and again, in one process: what it takes and what it costs.

export const roles = ["both"];

/** Connects two and resolves when the channel is open on both sides. */
export async function join(peer) {
  /** @type {any} */
  let answerer;
  const offerer = peer.connect((signal) => answerer.receiveSignal(signal));
  answerer = peer.connect((signal) => offerer.receiveSignal(signal));
  const incoming = answerer.incomingChannel();
  const opening = offerer.createChannel("bench", { ordered: true });
  offerer.offer();
  await Promise.all([opening, incoming]);
  return { offerer, answerer };
}

export function both({ peer }) {
  return {
    /** Milliseconds of each, and seconds of CPU of all but the first. */
    async connect({ count }) {
      const times = [];
      let agreement = "";
      let cpu = process.cpuUsage();
      for (let i = 0; i <= count; i++) {
        if (i === 1) cpu = process.cpuUsage();
        const started = performance.now();
        const { offerer, answerer } = await join(peer);
        times.push(performance.now() - started);
        if (i === 0) agreement = (await offerer.agreement()) ?? "";
        offerer.close();
        answerer.close();
      }
      const { user, system } = process.cpuUsage(cpu);
      return { times, agreement, cpu: (user + system) / 1e6 };
    },
  };
}

/** @param {any} sides @param {{ count: number }} options */
export async function run({ both }, options) {
  const { times, agreement, cpu } = await both("connect", options);
  const [first, ...others] = times;
  others.sort((a, b) => a - b);
  const at = (share) => others[Math.min(others.length - 1, Math.floor(share * others.length))];
  return { agreement, p50: at(0.5), p95: at(0.95), cpuEach: (cpu / options.count) * 1e3, first };
}

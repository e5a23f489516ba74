// Connections opened and closed one after the other in one process: does the heap come back to where it was?
import { join } from "./setup.mjs";

export const roles = ["both"];

export function both({ peer }) {
  return {
    async churn({ count }) {
      for (let i = 0; i < count; i++) {
        const { offerer, answerer } = await join(peer);
        offerer.close();
        answerer.close();
      }
    },
  };
}

/** @param {any} sides @param {{ count: number }} options */
export async function run({ both }, { count }) {
  // Compilers, caches and pools fill up in the first tenth.
  await both("churn", { count: Math.ceil(count / 10) });
  const before = await both("memory");
  const cpu = await both("cpu");
  await both("churn", { count });
  const spent = (await both("cpu")) - cpu;
  const after = await both("memory");
  const each = (key) => (after[key] - before[key]) / count;
  return {
    heapBefore: before.heapUsed / 2 ** 20,
    heapAfter: after.heapUsed / 2 ** 20,
    heapEach: each("heapUsed"),
    externalEach: each("external"),
    rssEach: each("rss") / 1024,
    cpuEach: (spent / count) * 1e3,
  };
}

// V8's sampling heap profiler: who allocates how much.
import { Session } from "node:inspector/promises";

const OURS = /\/packages\/visavis\/(?:dist|lib\/floors)\//;
/** Bytes between two samples, on average. */
const INTERVAL = 2048;

/**
 * Where bytes are allocated on the JavaScript heap from now on, until the returned function is called: by our code, by place; by that of
 * `benchmarks`, whose addresses begin so; by all other code, which is Node's.
 * @param {...string} benchmarks
 */
export async function profileHeap(...benchmarks) {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.enable");
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: INTERVAL,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  return async () => {
    const { profile } = await session.post("HeapProfiler.stopSampling");
    session.disconnect();
    /** @type {Map<string, number>} */
    const places = new Map();
    let node = 0;
    let bench = 0;
    const walk = ({ callFrame: { url, functionName, lineNumber }, selfSize, children }) => {
      const at = url.search(OURS);
      if (at >= 0) {
        const place = `${url.slice(at).replace(OURS, "")}:${lineNumber + 1} ${functionName}`;
        places.set(place, (places.get(place) ?? 0) + selfSize);
      } else if (benchmarks.some((each) => url.startsWith(each))) bench += selfSize;
      else node += selfSize;
      for (const child of children) walk(child);
    };
    walk(profile.head);
    return { ours: [...places].sort(([, a], [, b]) => b - a), node, bench };
  };
}

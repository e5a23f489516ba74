// Many open, idle connections with one channel each, all offerers in one process and all answerers in the other.

/** @param {any} context @param {(connection: any) => Promise<any>} opening */
function side({ connect }, opening) {
  const kept = [];
  return {
    async open({ key }) {
      const connection = connect(key);
      kept.push(connection, await opening(connection));
    },
  };
}

export function offerer(context) {
  return side(context, (connection) => {
    const opened = connection.createChannel("bench", { ordered: true });
    connection.offer();
    return opened;
  });
}

export function answerer(context) {
  return side(context, (connection) => connection.incomingChannel());
}

/** Connections that come up at a time. */
const TOGETHER = 10;
/** Connections before the first measure: what the process needs once is not a connection's. */
const FIRST = 10;
const SETTLE = 3000;

const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {any} sides @param {{ count: number, idleSeconds: number }} options */
export async function run({ offerer, answerer }, { count, idleSeconds }) {
  const both = (name, argument) => Promise.all([offerer(name, argument), answerer(name, argument)]);
  let opened = 0;
  const openTo = async (end) => {
    while (opened < end) {
      const together = Math.min(TOGETHER, end - opened);
      await Promise.all(Array.from({ length: together }, () => both("open", { key: String(opened++) })));
    }
  };
  await openTo(FIRST);
  await rest(SETTLE);
  const before = await both("memory");
  const cpuBefore = await both("cpu");
  await openTo(FIRST + count);
  const cpuOpen = await both("cpu");
  await rest(SETTLE);
  const after = await both("memory");
  const idleFrom = await both("cpu");
  await rest(idleSeconds * 1000);
  const idleTo = await both("cpu");
  const each = (side, key) => (after[side][key] - before[side][key]) / count / 1024;
  return {
    offererRss: each(0, "rss"),
    answererRss: each(1, "rss"),
    heap: each(0, "heapUsed"),
    external: each(0, "external"),
    idle: ((idleTo[0] + idleTo[1] - idleFrom[0] - idleFrom[1]) / idleSeconds) * 1e3,
    cpuEach: ((cpuOpen[0] + cpuOpen[1] - cpuBefore[0] - cpuBefore[1]) / count) * 1e3,
  };
}

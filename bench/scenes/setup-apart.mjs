// As "setup", with the two sides in two processes and the signalling between them.

/** @param {any} context @param {(connection: any) => Promise<any>} opening */
function side({ connect, forget }, opening) {
  let connection;
  return {
    async open({ key }) {
      connection = connect(key);
      const started = performance.now();
      await opening(connection);
      return performance.now() - started;
    },
    close({ key }) {
      connection.close();
      forget(key);
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

/** @param {any} sides @param {{ count: number }} options */
export async function run({ offerer, answerer }, options) {
  const times = [];
  let before = 0;
  for (let i = 0; i <= options.count; i++) {
    if (i === 1) before = (await offerer("cpu")) + (await answerer("cpu"));
    const key = String(i);
    const [a, z] = await Promise.all([offerer("open", { key }), answerer("open", { key })]);
    times.push(Math.max(a, z));
    await Promise.all([offerer("close", { key }), answerer("close", { key })]);
  }
  const cpu = (await offerer("cpu")) + (await answerer("cpu")) - before;
  const [first, ...others] = times;
  others.sort((a, b) => a - b);
  const at = (share) => others[Math.min(others.length - 1, Math.floor(share * others.length))];
  return { p50: at(0.5), p95: at(0.95), cpuEach: (cpu / options.count) * 1e3, first };
}

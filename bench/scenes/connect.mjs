// From setRemoteDescription to "connected" on each side, over a path that takes its time: what counts is how often the sides wait for each other.

/** @param {any} context @param {(connection: any) => void} begin */
function side({ connect, forget }, begin) {
  let connection;
  return {
    open({ key }) {
      connection = connect(key);
      begin(connection);
      return connection.connected();
    },
    close({ key }) {
      connection.close();
      forget(key);
    },
  };
}

export function offerer(context) {
  return side(context, (connection) => {
    void connection.createChannel("bench", { ordered: true });
    connection.offer();
  });
}

export function answerer(context) {
  return side(context, () => {});
}

/** @param {any} sides @param {{ count: number }} options */
export async function run({ offerer, answerer }, options) {
  const times = { offerer: [], answerer: [], both: [] };
  for (let i = 0; i <= options.count; i++) {
    const key = String(i);
    const answering = answerer("open", { key });
    const [a, z] = await Promise.all([offerer("open", { key }), answering]);
    // The first is cold.
    if (i > 0) {
      times.offerer.push(a);
      times.answerer.push(z);
      // Both clocks begin with nothing but the signalling between them.
      times.both.push(Math.max(a, z));
    }
    await Promise.all([offerer("close", { key }), answerer("close", { key })]);
  }
  const at = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
  return {
    both: at(times.both, 0.5),
    bothP95: at(times.both, 0.95),
    offerer: at(times.offerer, 0.5),
    answerer: at(times.answerer, 0.5),
  };
}

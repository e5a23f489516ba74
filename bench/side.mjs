// One of the two processes of a run: node side.mjs PEER SCENE ROLE, with a channel to whoever started it.
// The other side's signalling comes through that channel too. Not meant to be started by hand.

const [peerName, sceneName, role] = process.argv.slice(2);

/** @type {import("./peers/w3c-peer.mjs").Peer} */
const peer = (await import(`./peers/${peerName}.mjs`)).default;
const scene = await import(`./scenes/${sceneName}.mjs`);

/** @type {Map<string, (signal: any) => void>} */
const receivers = new Map();
/** @type {Map<string, any[]>} */
const early = new Map();

/**
 * A connection whose other end has the same key.
 * @param {string} key @param {{ pathMtuDiscovery?: boolean, media?: "send" | "receive" }} [options]
 */
function connect(key, options = {}) {
  const onSignal = (signal) => process.send?.({ key, signal });
  const { media } = options;
  if (media !== undefined && peer.media === undefined) throw new Error("it gives no access to RTP");
  const connection = media === undefined ? peer.connect(onSignal, options) : peer.media(onSignal, media);
  receivers.set(key, (signal) => connection.receiveSignal(signal));
  for (const signal of early.get(key) ?? []) connection.receiveSignal(signal);
  early.delete(key);
  return connection;
}

/** @param {string} key */
function forget(key) {
  receivers.delete(key);
}

const calls = {
  /** Seconds of CPU since the start, all threads of this process. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  /** Bytes, after a collection. */
  async memory() {
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    return { rss, heapUsed, external, arrayBuffers };
  },
  ...scene[role]({ peer, connect, forget }),
};

process.on("message", async (message) => {
  if ("signal" in message) {
    const receive = receivers.get(message.key);
    if (receive !== undefined) receive(message.signal);
    else early.set(message.key, [...(early.get(message.key) ?? []), message.signal]);
    return;
  }
  const { id, name, argument } = message;
  try {
    process.send?.({ id, result: (await calls[name](argument)) ?? null });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
// Whoever started this ends it by taking the channel away. What native threads still do then is of no interest.
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });

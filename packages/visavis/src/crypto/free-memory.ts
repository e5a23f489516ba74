/**
 * Memory that the runtime made for us, given back before a garbage collection finds it.
 *
 * Where much of it comes and goes, the runtime counts it and collects its whole heap every few dozen megabytes: at full speed that is
 * many times a second, and costs more than what the memory was for.
 */

/** The other side of this port is closed, so what is posted is given up at once, and with it what is transferred. */
let port: InstanceType<typeof MessagePort> | undefined;

/**
 * Frees the memory of `bytes`, which must not be used any more; `bytes` has no length afterwards. What shares its memory with others is
 * left alone.
 */
export function freeMemory(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== bytes.length) return;
  try {
    if (port === undefined) {
      const channel = new MessageChannel();
      channel.port2.close();
      port = channel.port1;
    }
    port.postMessage(null, [buffer]);
  } catch {
    // A runtime that does not let it go, or has no such ports: it waits for the garbage collection. No packet fails for that.
  }
}

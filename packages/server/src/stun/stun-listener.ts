/** A STUN server on a UDP socket: tells browsers the address they are seen from, so that two tabs meet where mDNS names do not work. */
import dgram from "node:dgram";
import net from "node:net";

/** Answers one datagram, or not: what the answer is, is not this file's business. */
export type Answerer = (datagram: Uint8Array, address: string, port: number) => Uint8Array | undefined;

/** Whether who sent from `address` may be answered. */
export type Gate = (address: string) => boolean;

/** A running STUN server. */
export interface StunListener {
  readonly port: number;
  close(): void;
}

/**
 * Starts to listen; answers whom `gate` lets in. Without a port it takes 3478, or any other when that is taken.
 * @throws (rejects) an `Error` with the system's `code`
 */
export async function listenForStun(
  host: string,
  port: number | undefined,
  answer: Answerer,
  gate: Gate = () => true,
): Promise<StunListener> {
  if (port !== undefined) return bind(host, port, answer, gate);
  try {
    return await bind(host, 3478, answer, gate);
  } catch {
    return bind(host, 0, answer, gate);
  }
}

async function bind(host: string, port: number, answer: Answerer, gate: Gate): Promise<StunListener> {
  const socket = dgram.createSocket({ type: net.isIPv6(host) ? "udp6" : "udp4" });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, host, resolve);
  });
  socket.removeAllListeners("error");
  // An answer that cannot be sent is a lost datagram.
  socket.on("error", () => undefined);
  socket.on("message", (datagram, remote) => {
    if (!gate(remote.address)) return;
    const reply = answer(datagram, plainAddress(remote.address), remote.port);
    if (reply !== undefined) socket.send(reply, remote.port, remote.address, () => undefined);
  });
  return { port: socket.address().port, close: () => socket.close() };
}

/** An IPv4 address as an IPv6 socket sees it is that IPv4 address; a zone means something on this machine only. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
}

/**
 * Names for the sockets of this process: one count for all kinds of them.
 */
import type { SocketId } from "../base/route.ts";

let last = 0;

/** A name that no other socket has. */
export function nextSocketId(): SocketId {
  last++;
  return last as SocketId;
}

/**
 * Rows of datagrams: what a system that puts arriving datagrams together hands up as one piece, and when it may.
 *
 * STUN (RFC 8489 §5) and DTLS (RFC 6347 §4.1, RFC 9147 §4) tell their own length, with one exception: the last record of a datagram
 * of DTLS 1.3 may leave it out. A peer that does so is sent a refusal of rows, at the cost of the one in which it showed. RTP does not
 * tell; where it is expected there are no rows. Where it comes nevertheless, and what is not known, it is the last of its row.
 */
import { u8, u16 } from "../base/bytes.ts";
import type { Ask } from "../base/engine.ts";
import { Ring } from "../base/ring.ts";
import type { Route, SocketId } from "../base/route.ts";

const STUN_HEADER_LENGTH = 20;
const PLAIN_HEADER_LENGTH = 13;

/** Bits of the unified header's first byte (RFC 9147 §4). */
const CONNECTION_ID = 0x10;
const LONG_NUMBER = 0x08;
const HAS_LENGTH = 0x04;

/** Asks for rows where a transport's data comes from, and cuts them. */
export class DatagramRows {
  readonly #asks = new Ring<Ask>(2);
  #socket: SocketId | undefined = undefined;
  /** Something without a length was seen, or is expected. */
  #isRefused = false;

  /** Asks for rows at the socket of the route that is in use now; to be called when nothing comes but STUN and DTLS. */
  follow(route: Route): void {
    if (route.local === this.#socket || this.#isRefused) return;
    this.#end();
    this.#socket = route.local;
    this.#asks.push({ type: "coalesce", socket: route.local, on: true });
  }

  /** Asks for no rows any more: what comes from now on does not tell its length. */
  refuse(): void {
    this.#isRefused = true;
    this.#end();
  }

  /** Removes the oldest ask. */
  takeAsk(): Ask | undefined {
    return this.#asks.shift();
  }

  /** See {@link NetworkEngine.delimit}. */
  delimit(bytes: Uint8Array, start: number, end: number): number {
    const length = lengthOfFirst(bytes, start, end);
    if (length === "untold") {
      this.refuse();
      return end;
    }
    return length === undefined ? end : Math.min(end, start + length);
  }

  #end(): void {
    if (this.#socket !== undefined) this.#asks.push({ type: "coalesce", socket: this.#socket, on: false });
    this.#socket = undefined;
  }
}

/** How long the message or record at `start` is; undefined when it is none of those that tell. */
function lengthOfFirst(bytes: Uint8Array, start: number, end: number): number | "untold" | undefined {
  if (start >= end) return undefined;
  const first = u8(bytes, start);
  if (first <= 3) return end - start < STUN_HEADER_LENGTH ? undefined : STUN_HEADER_LENGTH + u16(bytes, start + 2);
  if (first < 20 || first > 63) return undefined;
  if (first < 32) {
    return end - start < PLAIN_HEADER_LENGTH ? undefined : PLAIN_HEADER_LENGTH + u16(bytes, start + PLAIN_HEADER_LENGTH - 2);
  }
  // Nobody negotiates connection ids with us.
  if ((first & CONNECTION_ID) !== 0) return undefined;
  if ((first & HAS_LENGTH) === 0) return "untold";
  const header = (first & LONG_NUMBER) !== 0 ? 5 : 4;
  return end - start < header ? undefined : header + u16(bytes, start + header - 2);
}

/**
 * Formats whose payload is the encoded frame itself, one frame in one packet: Opus (RFC 7587 §4.2), G.711 and G.722 (RFC 3551 §4.5).
 */
import { copyBytes, sliceBytes } from "../../base/bytes.ts";
import type { Depacketizer, FrameInfo, Packetizer } from "./payload-format.ts";
import type { PayloadInfo } from "./payload-info.ts";

const NO_BYTES = new Uint8Array(0);

/** Sends a frame as one payload. */
export class WholeFramePacketizer implements Packetizer {
  #frame: Uint8Array = NO_BYTES;
  last = true;
  readonly marker = false;

  start(frame: Uint8Array, _info: FrameInfo): boolean {
    this.#frame = frame;
    this.last = frame.length === 0;
    return frame.length > 0;
  }

  next(bytes: Uint8Array, start: number, room: number): number {
    if (this.last) return 0;
    this.last = true;
    const frame = this.#frame;
    this.#frame = NO_BYTES;
    if (frame.length > room) return -1;
    return copyBytes(bytes, start, frame, 0, frame.length) - start;
  }
}

/** Takes a payload as a frame. */
export class WholeFrameDepacketizer implements Depacketizer {
  readonly tellsStart = true;
  #frame: Uint8Array | undefined = undefined;

  parse(_bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
    into.reset(start, end);
    into.startsFrame = true;
    into.endsFrame = true;
    into.keyFrame = true;
    return end > start;
  }

  begin(): void {
    this.#frame = undefined;
  }

  append(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#frame !== undefined || end <= start) return false;
    this.#frame = sliceBytes(bytes, start, end);
    return true;
  }

  finish(): Uint8Array | undefined {
    const frame = this.#frame;
    this.#frame = undefined;
    return frame;
  }
}

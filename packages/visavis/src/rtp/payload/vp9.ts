/**
 * VP9 in RTP. RFC 9628.
 * https://www.rfc-editor.org/rfc/rfc9628
 */
import { FrameBytes } from "./frame-bytes.ts";
import type { Depacketizer, PayloadFormat } from "./payload-format.ts";
import { PayloadInfo } from "./payload-info.ts";
import { parseVp9Payload } from "./vp9-descriptor.ts";
import { isVp9KeyFrame, vp9FrameSize } from "./vp9-frame-header.ts";
import { Vp9Packetizer } from "./vp9-packetizer.ts";

/** Puts the frame of one layer together by dropping the descriptors. */
class Vp9Depacketizer implements Depacketizer {
  readonly tellsStart = true;
  readonly #info = new PayloadInfo();
  readonly #frame = new FrameBytes();
  #sound = true;
  #ended = false;

  parse(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
    return parseVp9Payload(bytes, start, end, into);
  }

  begin(): void {
    this.#frame.clear();
    this.#sound = true;
    this.#ended = false;
  }

  append(bytes: Uint8Array, start: number, end: number): boolean {
    const info = this.#info;
    const first = this.#frame.length === 0;
    if (!this.#sound || this.#ended || !parseVp9Payload(bytes, start, end, info) || info.startsFrame !== first) {
      this.#sound = false;
      return false;
    }
    this.#ended = info.endsFrame;
    this.#frame.append(bytes, info.dataStart, info.dataEnd);
    return true;
  }

  finish(): Uint8Array | undefined {
    return this.#sound && this.#ended ? this.#frame.copy() : undefined;
  }
}

/** VP9. A frame is one spatial layer of a picture. */
export const VP9: PayloadFormat = {
  mimeType: "video/VP9",
  kind: "video",
  clockRate: 90000,
  packetizer: (options) => new Vp9Packetizer(options?.firstPictureId ?? 0),
  depacketizer: () => new Vp9Depacketizer(),
  isKeyFrame: isVp9KeyFrame,
  frameSize: vp9FrameSize,
  duration: () => 0,
};

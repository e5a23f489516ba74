/**
 * The header extensions of what one stream sends: which elements a packet has, and with which ids. RFC 8285; RFC 9143 §9.3 and RFC 8852 §3
 * for those that tell the other side what the stream is.
 */
import { encodeUtf8, setBytes } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { ABS_CAPTURE_TIME_URI, encodeAbsCaptureTime } from "../rtp/extensions/abs-capture-time.ts";
import { ABS_SEND_TIME_LENGTH, ABS_SEND_TIME_URI, encodeAbsSendTime } from "../rtp/extensions/abs-send-time.ts";
import { AUDIO_LEVEL_LENGTH, AUDIO_LEVEL_URI, encodeAudioLevel, levelOfLinear } from "../rtp/extensions/audio-level.ts";
import { encodeMid, MID_URI } from "../rtp/extensions/mid.ts";
import { encodeRid, REPAIRED_RID_URI, RID_URI } from "../rtp/extensions/rid.ts";
import {
  encodeTransportSequenceNumber,
  TRANSPORT_SEQUENCE_NUMBER_LENGTH,
  TRANSPORT_SEQUENCE_NUMBER_URI,
  TRANSPORT_SEQUENCE_NUMBER_V2_URI,
} from "../rtp/extensions/transport-sequence-number.ts";
import { encodeVideoOrientation, VIDEO_ORIENTATION_LENGTH, VIDEO_ORIENTATION_URI } from "../rtp/extensions/video-orientation.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import {
  ExtensionElement,
  ExtensionMap,
  endElements,
  MAX_ONE_BYTE_ID,
  nextElement,
  startElements,
  writeElementHeader,
} from "../rtp/header-extensions.ts";
import type { RtpHeader } from "../rtp/packet.ts";
import type { OutgoingElement } from "./rtp-outgoing.ts";
import type { RtpSendParameters } from "./rtp-parameters.ts";

/** The most bytes of elements that a frame brings: an audio level, an orientation, a time of capture. */
const FRAME_ELEMENTS = 2 + 2 + 10;

/** Writes the elements of one encoding. */
export class RtpElementWriter {
  /** 0 without one. */
  readonly transportNumberId: number;
  readonly #absSendTimeId: number;
  readonly #audioLevelId: number;
  readonly #orientationId: number;
  readonly #captureTimeId: number;
  readonly #midId: number;
  readonly #ridId: number;
  readonly #repairedRidId: number;
  readonly #mid: Uint8Array;
  readonly #rid: Uint8Array | undefined;
  readonly #ids: ExtensionMap;
  readonly #twoByte: boolean;
  readonly #element = new ExtensionElement();
  /** The most bytes that the extension of a packet takes. */
  readonly room: number;

  constructor(parameters: RtpSendParameters, rid: string | undefined) {
    const ids = new ExtensionMap(parameters.extensions);
    this.#ids = ids;
    this.transportNumberId = ids.idOf(TRANSPORT_SEQUENCE_NUMBER_V2_URI) || ids.idOf(TRANSPORT_SEQUENCE_NUMBER_URI);
    this.#absSendTimeId = ids.idOf(ABS_SEND_TIME_URI);
    this.#audioLevelId = ids.idOf(AUDIO_LEVEL_URI);
    this.#orientationId = ids.idOf(VIDEO_ORIENTATION_URI);
    this.#captureTimeId = ids.idOf(ABS_CAPTURE_TIME_URI);
    this.#midId = ids.idOf(MID_URI);
    this.#ridId = rid === undefined ? 0 : ids.idOf(RID_URI);
    this.#repairedRidId = rid === undefined ? 0 : ids.idOf(REPAIRED_RID_URI);
    this.#mid = encodeUtf8(parameters.mid);
    this.#rid = rid === undefined ? undefined : encodeUtf8(rid);
    const longest = Math.max(this.#mid.length, this.#rid?.length ?? 0);
    const used = [
      this.transportNumberId,
      this.#absSendTimeId,
      this.#audioLevelId,
      this.#orientationId,
      this.#captureTimeId,
      this.#midId,
      this.#ridId,
      this.#repairedRidId,
    ];
    this.#twoByte = longest > 16 || used.some((id) => id > MAX_ONE_BYTE_ID);
    const header = this.#twoByte ? 2 : 1;
    let room = 4 + 3;
    if (this.transportNumberId !== 0) room += header + TRANSPORT_SEQUENCE_NUMBER_LENGTH;
    if (this.#absSendTimeId !== 0) room += header + ABS_SEND_TIME_LENGTH;
    if (this.#midId !== 0) room += header + this.#mid.length;
    if (this.#ridId !== 0 || this.#repairedRidId !== 0) room += header + (this.#rid?.length ?? 0);
    this.room = room + FRAME_ELEMENTS;
  }

  /**
   * Writes the extension of a packet behind its header, which ends at `offset`, and returns the offset behind it.
   * @param transportNumber -1 for none
   * @param names whether to say which section and encoding it is
   * @param isFirst the packet is the first of its frame
   */
  write(
    out: Uint8Array,
    packet: number,
    offset: number,
    transportNumber: number,
    names: boolean,
    frame: EncodedFrame | undefined,
    isFirst: boolean,
    now: Instant,
    more?: readonly OutgoingElement[],
  ): number {
    let o = this.#writeSending(out, startElements(offset), transportNumber, now);
    if (names) o = this.#writeNames(out, o, this.#ridId);
    if (frame !== undefined) o = this.#writeFrame(out, o, frame, isFirst);
    if (more !== undefined) o = this.#writeMore(out, o, more);
    return endElements(out, packet, offset, o, this.#twoByte);
  }

  /** As `write`, for a retransmission of the packet `original` in `bytes`: what its elements say of the frame is said again. */
  writeRepair(
    out: Uint8Array,
    packet: number,
    offset: number,
    transportNumber: number,
    bytes: Uint8Array,
    original: RtpHeader,
    now: Instant,
  ): number {
    let o = this.#writeSending(out, startElements(offset), transportNumber, now);
    o = this.#writeNames(out, o, this.#repairedRidId);
    const element = this.#element;
    for (let at = nextElement(bytes, original, original.extensionStart, element); at >= 0; ) {
      const { id, start, end } = element;
      if (!this.#isOfPacket(id)) {
        o = writeElementHeader(out, o, this.#twoByte, id, end - start);
        for (let i = start; i < end; i++) out[o++] = bytes[i] as number;
      }
      at = nextElement(bytes, original, at, element);
    }
    return endElements(out, packet, offset, o, this.#twoByte);
  }

  /** Whether an element says something of the packet alone, or whose it is. */
  #isOfPacket(id: number): boolean {
    if (id === this.transportNumberId || id === this.#absSendTimeId || id === this.#midId) return true;
    return id === this.#ridId || id === this.#repairedRidId;
  }

  #writeSending(out: Uint8Array, offset: number, transportNumber: number, now: Instant): number {
    let o = offset;
    if (transportNumber >= 0 && this.transportNumberId !== 0) {
      o = writeElementHeader(out, o, this.#twoByte, this.transportNumberId, TRANSPORT_SEQUENCE_NUMBER_LENGTH);
      o = encodeTransportSequenceNumber(out, o, transportNumber);
    }
    if (this.#absSendTimeId !== 0) {
      o = writeElementHeader(out, o, this.#twoByte, this.#absSendTimeId, ABS_SEND_TIME_LENGTH);
      o = encodeAbsSendTime(out, o, now);
    }
    return o;
  }

  #writeNames(out: Uint8Array, offset: number, ridId: number): number {
    let o = offset;
    if (this.#midId !== 0) {
      o = writeElementHeader(out, o, this.#twoByte, this.#midId, this.#mid.length);
      o = encodeMid(out, o, this.#mid);
    }
    if (ridId !== 0 && this.#rid !== undefined) {
      o = writeElementHeader(out, o, this.#twoByte, ridId, this.#rid.length);
      o = encodeRid(out, o, this.#rid);
    }
    return o;
  }

  /** Values that were made elsewhere, as far as they fit the form of this packet. */
  #writeMore(out: Uint8Array, offset: number, more: readonly OutgoingElement[]): number {
    let o = offset;
    for (const { uri, value } of more) {
      const id = this.#ids.idOf(uri);
      const fits = this.#twoByte ? value.length < 256 : value.length > 0 && value.length <= 16 && id <= MAX_ONE_BYTE_ID;
      if (id === 0 || !fits) continue;
      o = setBytes(out, writeElementHeader(out, o, this.#twoByte, id, value.length), value);
    }
    return o;
  }

  #writeFrame(out: Uint8Array, offset: number, frame: EncodedFrame, isFirst: boolean): number {
    const { audioLevel, voiceActivity = false, rotation, captureTime } = frame;
    let o = offset;
    if (audioLevel !== undefined && this.#audioLevelId !== 0) {
      o = writeElementHeader(out, o, this.#twoByte, this.#audioLevelId, AUDIO_LEVEL_LENGTH);
      o = encodeAudioLevel(out, o, voiceActivity, levelOfLinear(audioLevel));
    }
    if (rotation !== undefined && this.#orientationId !== 0) {
      o = writeElementHeader(out, o, this.#twoByte, this.#orientationId, VIDEO_ORIENTATION_LENGTH);
      o = encodeVideoOrientation(out, o, { backFacing: false, flipped: false, rotation });
    }
    if (captureTime !== undefined && isFirst && this.#captureTimeId !== 0) {
      o = writeElementHeader(out, o, this.#twoByte, this.#captureTimeId, 8);
      o = encodeAbsCaptureTime(out, o, { captureTime, clockOffset: undefined });
    }
    return o;
  }
}

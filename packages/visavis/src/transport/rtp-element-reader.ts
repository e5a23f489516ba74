/**
 * The header extensions of what arrives: one pass over the elements of a packet, into fields that are used again. RFC 8285.
 */
import { u24, u32 } from "../base/bytes.ts";
import { ABS_CAPTURE_TIME_URI } from "../rtp/extensions/abs-capture-time.ts";
import { ABS_SEND_TIME_URI } from "../rtp/extensions/abs-send-time.ts";
import { AUDIO_LEVEL_URI } from "../rtp/extensions/audio-level.ts";
import { CSRC_AUDIO_LEVEL_URI } from "../rtp/extensions/csrc-audio-level.ts";
import { DEPENDENCY_DESCRIPTOR_URI } from "../rtp/extensions/dependency-descriptor.ts";
import { MID_URI } from "../rtp/extensions/mid.ts";
import { PLAYOUT_DELAY_URI } from "../rtp/extensions/playout-delay.ts";
import { REPAIRED_RID_URI, RID_URI } from "../rtp/extensions/rid.ts";
import {
  decodeTransportSequenceNumber,
  TRANSPORT_SEQUENCE_NUMBER_URI,
  TRANSPORT_SEQUENCE_NUMBER_V2_URI,
} from "../rtp/extensions/transport-sequence-number.ts";
import { VIDEO_ORIENTATION_URI } from "../rtp/extensions/video-orientation.ts";
import { ExtensionElement, type ExtensionId, hasElements, nextElement } from "../rtp/header-extensions.ts";
import type { RtpHeader } from "../rtp/packet.ts";
import type { ReceivedPacket } from "../rtp/received-packet.ts";

const Kind = {
  NONE: 0,
  MID: 1,
  RID: 2,
  REPAIRED_RID: 3,
  TRANSPORT_NUMBER: 4,
  ABS_SEND_TIME: 5,
  AUDIO_LEVEL: 6,
  CSRC_AUDIO_LEVEL: 7,
  CAPTURE_TIME: 8,
  ORIENTATION: 9,
  PLAYOUT_DELAY: 10,
  DEPENDENCY_DESCRIPTOR: 11,
} as const;

const KINDS: Readonly<Record<string, number>> = {
  [MID_URI]: Kind.MID,
  [RID_URI]: Kind.RID,
  [REPAIRED_RID_URI]: Kind.REPAIRED_RID,
  [TRANSPORT_SEQUENCE_NUMBER_URI]: Kind.TRANSPORT_NUMBER,
  [TRANSPORT_SEQUENCE_NUMBER_V2_URI]: Kind.TRANSPORT_NUMBER,
  [ABS_SEND_TIME_URI]: Kind.ABS_SEND_TIME,
  [AUDIO_LEVEL_URI]: Kind.AUDIO_LEVEL,
  [CSRC_AUDIO_LEVEL_URI]: Kind.CSRC_AUDIO_LEVEL,
  [ABS_CAPTURE_TIME_URI]: Kind.CAPTURE_TIME,
  [VIDEO_ORIENTATION_URI]: Kind.ORIENTATION,
  [PLAYOUT_DELAY_URI]: Kind.PLAYOUT_DELAY,
  [DEPENDENCY_DESCRIPTOR_URI]: Kind.DEPENDENCY_DESCRIPTOR,
};

/** Elements that are looked at in one packet. */
const MAX_ELEMENTS = 32;

/** What the elements of the last packet said that the router needs; the rest goes into the packet that is handed up. */
export class RtpElementReader {
  /** -1 when it was not there. */
  transportNumber = -1;
  absSendTime = -1;
  /** Empty when they were not there. */
  midStart = 0;
  midEnd = 0;
  ridStart = 0;
  ridEnd = 0;
  repairedRidStart = 0;
  repairedRidEnd = 0;
  readonly #kinds = new Uint8Array(256);
  readonly #element = new ExtensionElement();

  /** Forgets which ids there are. */
  clear(): void {
    this.#kinds.fill(Kind.NONE);
  }

  /** Adds the ids of one section; in a bundle, an id stands for the same in all of them (RFC 9143 §14). */
  add(extensions: readonly ExtensionId[]): void {
    for (const { uri, id } of extensions) if (id > 0 && id < 256) this.#kinds[id] = KINDS[uri] ?? Kind.NONE;
  }

  /** Reads all elements of the packet. What it says of media goes into `into`, which was cleared. */
  read(bytes: Uint8Array, header: RtpHeader, into: ReceivedPacket): void {
    this.transportNumber = -1;
    this.absSendTime = -1;
    this.midStart = 0;
    this.midEnd = 0;
    this.ridStart = 0;
    this.ridEnd = 0;
    this.repairedRidStart = 0;
    this.repairedRidEnd = 0;
    if (!hasElements(header)) return;
    const element = this.#element;
    let o = header.extensionStart;
    for (let count = 0; count < MAX_ELEMENTS; count++) {
      o = nextElement(bytes, header, o, element);
      if (o < 0) return;
      this.#take(bytes, element.id, element.start, element.end, into);
    }
  }

  #take(bytes: Uint8Array, id: number, start: number, end: number, into: ReceivedPacket): void {
    const length = end - start;
    switch (this.#kinds[id]) {
      case Kind.MID:
        this.midStart = start;
        this.midEnd = end;
        break;
      case Kind.RID:
        this.ridStart = start;
        this.ridEnd = end;
        break;
      case Kind.REPAIRED_RID:
        this.repairedRidStart = start;
        this.repairedRidEnd = end;
        break;
      case Kind.TRANSPORT_NUMBER:
        this.transportNumber = decodeTransportSequenceNumber(bytes, start, end) ?? -1;
        break;
      case Kind.ABS_SEND_TIME:
        if (length >= 3) this.absSendTime = u24(bytes, start);
        break;
      case Kind.AUDIO_LEVEL:
        if (length >= 1) {
          into.audioLevel = (bytes[start] as number) & 0x7f;
          into.voiceActivity = (bytes[start] as number) >= 0x80;
        }
        break;
      case Kind.CSRC_AUDIO_LEVEL:
        into.csrcAudioLevelStart = start;
        into.csrcAudioLevelEnd = end;
        break;
      case Kind.CAPTURE_TIME:
        if (length >= 8) into.captureTime = u32(bytes, start) * 1000 + (u32(bytes, start + 4) / 0x1_0000_0000) * 1000;
        break;
      case Kind.ORIENTATION:
        if (length >= 1) into.rotation = ((bytes[start] as number) & 3) * 90;
        break;
      case Kind.PLAYOUT_DELAY:
        if (length >= 3 && u24(bytes, start) >>> 12 <= (u24(bytes, start) & 0xfff)) {
          into.playoutDelayMin = (u24(bytes, start) >>> 12) * 10;
          into.playoutDelayMax = (u24(bytes, start) & 0xfff) * 10;
        }
        break;
      case Kind.DEPENDENCY_DESCRIPTOR:
        into.dependencyDescriptorStart = start;
        into.dependencyDescriptorEnd = end;
        break;
      default:
        break;
    }
  }
}

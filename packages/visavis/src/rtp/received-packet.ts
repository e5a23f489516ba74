/**
 * One RTP packet that arrived, with what its header and its header extensions say, as positions into the bytes of the datagram.
 *
 * It is what the router hands up and what packet buffers keep. The one that is handed up is used again for the next packet: who keeps a
 * packet copies it into one of his own with {@link ReceivedPacket.copyFrom}. The bytes themselves are never used again, so views of them
 * may be kept.
 */
import type { Instant } from "../base/instant.ts";

const NO_BYTES = new Uint8Array(0);

/** A received packet of one RTP stream, after SRTP, RTX and FEC. */
export class ReceivedPacket {
  /** The datagram or more; the packet is `[start, end)`. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  /** The payload is `[payloadStart, payloadEnd)`, without padding; empty when the packet is padding alone. */
  payloadStart = 0;
  payloadEnd = 0;
  /** Unwrapped: it grows beyond 16 bits, so `<` compares. Of the media stream, not of its RTX stream. */
  sequenceNumber = 0;
  /** As in the header: 32 bits that wrap, in units of the clock rate. */
  timestamp = 0;
  marker = false;
  /** Of the media, not of RTX or RED around it. */
  payloadType = 0;
  ssrc = 0;
  /** How many CSRCs there are, each of 4 bytes, from `start + 12` on. */
  csrcCount = 0;
  /** When it arrived. */
  arrival: Instant = 0;
  /** It came as a retransmission or out of FEC or RED: its arrival says nothing of the path's delay. */
  recovered = false;
  /** -dBov of RFC 6464, 0 (loudest) to 127 (silence); -1 without the extension. */
  audioLevel = -1;
  /** The V bit beside the audio level. */
  voiceActivity = false;
  /** Levels of the contributing sources (RFC 6465), a byte each, `[csrcAudioLevelStart, csrcAudioLevelEnd)`; empty without the extension. */
  csrcAudioLevelStart = 0;
  csrcAudioLevelEnd = 0;
  /** Capture time of the extension abs-capture-time, in milliseconds of the capturer's clock since the Unix epoch; NaN without it. */
  captureTime: number = Number.NaN;
  /** Clockwise rotation of the extension video-orientation in degrees: 0, 90, 180, 270; -1 without it. */
  rotation = -1;
  /** Bounds of the extension playout-delay in milliseconds; -1 without it. */
  playoutDelayMin = -1;
  playoutDelayMax = -1;
  /** The element of the dependency descriptor, `[dependencyDescriptorStart, dependencyDescriptorEnd)`; empty without it. */
  dependencyDescriptorStart = 0;
  dependencyDescriptorEnd = 0;

  /** Says that the header, and all elements with it, stand so many bytes further on than when they were read. */
  moveElements(by: number): void {
    if (this.csrcAudioLevelEnd > 0) {
      this.csrcAudioLevelStart += by;
      this.csrcAudioLevelEnd += by;
    }
    if (this.dependencyDescriptorEnd > 0) {
      this.dependencyDescriptorStart += by;
      this.dependencyDescriptorEnd += by;
    }
  }

  /** Takes over all of `packet`; the bytes themselves are shared. */
  copyFrom(packet: ReceivedPacket): void {
    this.bytes = packet.bytes;
    this.start = packet.start;
    this.end = packet.end;
    this.payloadStart = packet.payloadStart;
    this.payloadEnd = packet.payloadEnd;
    this.sequenceNumber = packet.sequenceNumber;
    this.timestamp = packet.timestamp;
    this.marker = packet.marker;
    this.payloadType = packet.payloadType;
    this.ssrc = packet.ssrc;
    this.csrcCount = packet.csrcCount;
    this.arrival = packet.arrival;
    this.recovered = packet.recovered;
    this.audioLevel = packet.audioLevel;
    this.voiceActivity = packet.voiceActivity;
    this.csrcAudioLevelStart = packet.csrcAudioLevelStart;
    this.csrcAudioLevelEnd = packet.csrcAudioLevelEnd;
    this.captureTime = packet.captureTime;
    this.rotation = packet.rotation;
    this.playoutDelayMin = packet.playoutDelayMin;
    this.playoutDelayMax = packet.playoutDelayMax;
    this.dependencyDescriptorStart = packet.dependencyDescriptorStart;
    this.dependencyDescriptorEnd = packet.dependencyDescriptorEnd;
  }

  /** Lets go of the bytes, and says of the extensions that there are none. */
  clear(): void {
    this.bytes = NO_BYTES;
    this.start = 0;
    this.end = 0;
    this.payloadStart = 0;
    this.payloadEnd = 0;
    this.csrcCount = 0;
    this.recovered = false;
    this.audioLevel = -1;
    this.voiceActivity = false;
    this.csrcAudioLevelStart = 0;
    this.csrcAudioLevelEnd = 0;
    this.captureTime = Number.NaN;
    this.rotation = -1;
    this.playoutDelayMin = -1;
    this.playoutDelayMax = -1;
    this.dependencyDescriptorStart = 0;
    this.dependencyDescriptorEnd = 0;
  }
}

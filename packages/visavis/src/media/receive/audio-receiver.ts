/**
 * An audio stream from its packets to encoded frames in order, each handed out when it is due. A packet that does not come is passed over
 * when the one behind it is due.
 */
import { Drops } from "../../base/drops.ts";
import { type Instant, NEVER } from "../../base/instant.ts";
import type { Depacketizer, PayloadFormat } from "../../rtp/payload/payload-format.ts";
import { PayloadInfo } from "../../rtp/payload/payload-info.ts";
import type { ReceivedPacket } from "../../rtp/received-packet.ts";
import { contributingSources, type FormatInUse } from "./frame-assembler.ts";
import { LatePackets } from "./late-packets.ts";
import { PacketBuffer, type PacketSlot } from "./packet-buffer.ts";
import { Playout } from "./playout.ts";
import {
  captureTimeOf,
  createCounters,
  type MutableCounters,
  type ReceiveCounters,
  type ReceivedFrame,
} from "./received-frame.ts";
import type { ReceiveDropReason, ReceiveFormat, ReceiverOptions, StreamReceiver } from "./stream-receiver.ts";

/** Packets that wait: ten seconds of 20 ms each. */
const MAX_PACKETS = 512;
/** Linear value of a level: 10^(-dBov / 20). */
const SILENCE = 127;

/** Receives one audio stream. */
export class AudioReceiver implements StreamReceiver {
  /** When its frames are due; member of a sync group. */
  readonly playout: Playout;
  readonly drops: Drops<ReceiveDropReason> = new Drops();
  readonly #counters: MutableCounters = createCounters();
  readonly #packets: PacketBuffer = new PacketBuffer(MAX_PACKETS);
  readonly #info: PayloadInfo = new PayloadInfo();
  readonly #latePackets: LatePackets = new LatePackets();
  readonly #inUse: Map<number, FormatInUse> = new Map();
  readonly #immediate: boolean;
  #formats: ReadonlyMap<number, ReceiveFormat>;
  /** The number of the packet that was handed out last. */
  #floor = -1;
  #next: PacketSlot | undefined = undefined;

  constructor({ formats, immediate = false }: ReceiverOptions) {
    this.#formats = formats;
    this.#immediate = immediate;
    const audio = [...formats.values()].find(({ format }) => format.kind === "audio");
    this.playout = new Playout(audio?.format.clockRate ?? 48_000);
  }

  /** What was counted so far. */
  get counters(): ReceiveCounters {
    return this.#counters;
  }

  /** Packets that wait. */
  get pendingFrames(): number {
    return this.#packets.held;
  }

  /** Changes the payload types. */
  setFormats(formats: ReadonlyMap<number, ReceiveFormat>): void {
    this.#formats = formats;
    this.#inUse.clear();
  }

  /** Takes a packet in. The object is borrowed, its bytes are kept. */
  insert(packet: ReceivedPacket, _now: Instant): void {
    if (packet.payloadEnd <= packet.payloadStart) return;
    const inUse = this.#formatOf(packet.payloadType);
    if (inUse === undefined) {
      this.drops.count("payload-type");
      return;
    }
    const { sequenceNumber } = packet;
    if (sequenceNumber <= this.#floor) {
      this.#discard("late-packet", 1);
      if (!this.#latePackets.onLate(sequenceNumber, this.#floor - sequenceNumber)) return;
      this.#restart("restart");
    }
    if (!inUse.depacketizer.parse(packet.bytes, packet.payloadStart, packet.payloadEnd, this.#info)) {
      this.#discard("payload", 1);
      return;
    }
    let outcome = this.#packets.insert(packet, this.#info);
    if (outcome === "full") {
      this.#restart("packet-buffer-full");
      outcome = this.#packets.insert(packet, this.#info);
    }
    if (outcome !== "inserted") {
      this.#discard("duplicate-packet", 1);
      return;
    }
    this.#counters.framesReceived++;
    this.#counters.keyFramesReceived++;
    this.playout.arrived(packet.timestamp, packet.arrival, packet.recovered);
    if (this.#next === undefined || sequenceNumber < this.#next.packet.sequenceNumber)
      this.#next = this.#packets.at(sequenceNumber);
  }

  /** Audio does not wait for repairs longer than for anything else. */
  setRoundTripTime(_roundTripTime: number): void {}

  /** Audio has no key frames to ask for. */
  advance(_now: Instant): void {}

  /** Never: audio has no key frames. */
  takeKeyFrameRequest(): boolean {
    return false;
  }

  /** When {@link takeFrame} has something to do. */
  deadline(): Instant {
    return this.#next === undefined ? NEVER : this.#dueAt(this.#next);
  }

  /** The next frame, if it is due. Its bytes are the caller's. */
  takeFrame(now: Instant): ReceivedFrame | undefined {
    for (;;) {
      const next = this.#next;
      if (next === undefined || now < this.#dueAt(next)) return undefined;
      const frame = this.#received(next.packet, now);
      this.#floor = next.packet.sequenceNumber;
      this.#packets.take(next);
      const following = this.#packets.at(this.#floor + 1);
      this.#next = following?.state === "held" ? following : this.#packets.first();
      if (frame !== undefined) return frame;
    }
  }

  #formatOf(payloadType: number): FormatInUse | undefined {
    const known = this.#inUse.get(payloadType);
    if (known !== undefined) return known;
    const chosen = this.#formats.get(payloadType);
    if (chosen?.format.kind !== "audio") return undefined;
    const { format, parameters } = chosen;
    const depacketizer: Depacketizer = format.depacketizer(parameters === undefined ? {} : { parameters });
    const inUse = { format, depacketizer };
    this.#inUse.set(payloadType, inUse);
    this.#followClock(format);
    return inUse;
  }

  /** Formats of other clock rates count other timestamps: all that is known of the old ones is worth nothing. */
  #followClock({ clockRate }: PayloadFormat): void {
    if (clockRate === this.playout.clockRate) return;
    this.#counters.packetsDiscarded += this.#packets.clear();
    this.#next = undefined;
    this.playout.restart(clockRate);
  }

  #dueAt({ packet }: PacketSlot): Instant {
    return this.#immediate ? 0 : this.playout.dueAt(this.playout.mediaTime(packet.timestamp));
  }

  #restart(reason: "restart" | "packet-buffer-full"): void {
    this.drops.count(reason);
    this.#counters.packetsDiscarded += this.#packets.clear();
    this.#next = undefined;
    this.#floor = -1;
  }

  #received(packet: ReceivedPacket, now: Instant): ReceivedFrame | undefined {
    const inUse = this.#formatOf(packet.payloadType);
    if (inUse === undefined) return undefined;
    const { format, depacketizer } = inUse;
    depacketizer.begin();
    depacketizer.append(packet.bytes, packet.payloadStart, packet.payloadEnd);
    const data = depacketizer.finish();
    if (data === undefined) return undefined;
    const samples = format.duration(data);
    this.#count(packet.arrival, samples, now);
    this.playout.played(this.playout.mediaTime(packet.timestamp), now);
    const { audioLevel, captureTime } = packet;
    return {
      kind: "audio",
      data,
      timestamp: packet.timestamp,
      keyFrame: true,
      payloadType: packet.payloadType,
      mimeType: format.mimeType,
      duration: samples === 0 ? undefined : (samples * 1000) / format.clockRate,
      captureTime: captureTimeOf(captureTime),
      audioLevel: audioLevel < 0 ? undefined : audioLevel === SILENCE ? 0 : 10 ** (-audioLevel / 20),
      voiceActivity: audioLevel < 0 ? undefined : packet.voiceActivity,
      contributingSources: contributingSources(packet),
      sequenceNumber: packet.sequenceNumber & 0xffff,
      talkSpurt: packet.marker,
      ssrc: packet.ssrc,
      receiveTime: packet.arrival,
    };
  }

  #count(arrival: Instant, samples: number, now: Instant): void {
    const counters = this.#counters;
    counters.jitterBufferDelay += samples * Math.max(0, now - arrival);
    counters.jitterBufferTargetDelay += samples * this.playout.target;
    counters.jitterBufferMinimumDelay += samples * this.playout.minimum;
    counters.jitterBufferEmittedCount += samples;
  }

  #discard(reason: ReceiveDropReason, count: number): void {
    for (let i = 0; i < count; i++) this.drops.count(reason);
    this.#counters.packetsDiscarded += count;
  }
}

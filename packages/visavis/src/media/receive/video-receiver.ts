/**
 * A video stream from its packets to frames in decoding order, each handed out when it is due.
 *
 * Packets become frames ({@link FrameAssembler}), frames learn what they refer to ({@link ReferenceResolver}), wait for it
 * ({@link FrameBuffer}) and for their time ({@link Playout}). Where no frame can be decoded, a key frame is asked for.
 */
import { Drops } from "../../base/drops.ts";
import { type Instant, NEVER } from "../../base/instant.ts";
import type { ReceivedPacket } from "../../rtp/received-packet.ts";
import type { AssembledFrame } from "./assembled-frame.ts";
import { type FormatInUse, FrameAssembler } from "./frame-assembler.ts";
import { FrameBuffer, type PendingFrame } from "./frame-buffer.ts";
import { KeyFrameRequests } from "./key-frame-requests.ts";
import { LatePackets } from "./late-packets.ts";
import { Playout } from "./playout.ts";
import {
  captureTimeOf,
  createCounters,
  type MutableCounters,
  type ReceiveCounters,
  type ReceivedFrame,
} from "./received-frame.ts";
import { ReferenceResolver } from "./references/reference-resolver.ts";
import type { ReceiveDropReason, ReceiveFormat, ReceiverOptions, StreamReceiver } from "./stream-receiver.ts";

/** Frames that wait to learn what they refer to. */
const MAX_UNRESOLVED = 64;
/** How long to wait for what is missing before a key frame is asked for, in milliseconds; longer where it is sent again. */
const PATIENCE = 100;
const PATIENCE_WITH_NACK = 200;
const LONGEST_PATIENCE = 1000;

/** Receives one video stream. */
export class VideoReceiver implements StreamReceiver {
  /** When its frames are due; member of a sync group. */
  readonly playout: Playout = new Playout(90_000);
  readonly drops: Drops<ReceiveDropReason> = new Drops();
  readonly #counters: MutableCounters = createCounters();
  readonly #assembler: FrameAssembler = new FrameAssembler();
  readonly #resolver: ReferenceResolver;
  readonly #buffer: FrameBuffer = new FrameBuffer();
  readonly #requests: KeyFrameRequests = new KeyFrameRequests();
  readonly #latePackets: LatePackets = new LatePackets();
  readonly #inUse: Map<number, FormatInUse> = new Map();
  readonly #nack: boolean;
  readonly #immediate: boolean;
  #formats: ReadonlyMap<number, ReceiveFormat>;
  /** Frames whose references are not known yet, by arrival. */
  #unresolved: { readonly frame: AssembledFrame; readonly mediaTime: number }[] = [];
  #generation = 0;
  /** Packets up to this number belong to frames that were handed out or given up. */
  #floor = -1;
  #newest = -1;
  #next: PendingFrame | undefined = undefined;
  /** The frames that wait are not those that {@link #next} was found among. */
  #changed = false;
  /** Since when something waits and nothing can be decoded. */
  #blockedSince: Instant = NEVER;
  #roundTripTime = 0;

  constructor({ formats, nack = true, immediate = false }: ReceiverOptions) {
    this.#formats = formats;
    this.#nack = nack;
    this.#immediate = immediate;
    this.#resolver = new ReferenceResolver((sequenceNumber) => this.#assembler.isPadding(sequenceNumber));
  }

  /** What was counted so far. */
  get counters(): ReceiveCounters {
    return this.#counters;
  }

  /** Frames that are complete and wait. */
  get pendingFrames(): number {
    return this.#buffer.size + this.#unresolved.length;
  }

  /** Changes the payload types. Packets that wait stay as they were read. */
  setFormats(formats: ReadonlyMap<number, ReceiveFormat>): void {
    this.#formats = formats;
    this.#inUse.clear();
  }

  /** The round trip to the sender in milliseconds. */
  setRoundTripTime(roundTripTime: number): void {
    this.#roundTripTime = roundTripTime;
  }

  /** Takes a packet in. The object is borrowed, its bytes are kept. */
  insert(packet: ReceivedPacket, now: Instant): void {
    const inUse = this.#formatOf(packet.payloadType);
    if (inUse === undefined) {
      this.drops.count("payload-type");
      return;
    }
    const { sequenceNumber } = packet;
    if (sequenceNumber <= this.#floor) {
      this.#discard("late-packet", 1);
      if (!this.#latePackets.onLate(sequenceNumber, this.#floor - sequenceNumber)) return;
      this.#restart("restart", now);
    }
    this.#requests.onPacket();
    let outcome = this.#assembler.insert(packet, inUse);
    if (outcome === "full") {
      this.#restart("packet-buffer-full", now);
      outcome = this.#assembler.insert(packet, inUse);
    }
    if (outcome === "duplicate") {
      this.#discard("duplicate-packet", 1);
      return;
    }
    if (outcome === "unreadable") {
      this.#discard("payload", 1);
      return;
    }
    this.#newest = Math.max(this.#newest, sequenceNumber);
    for (let frame = this.#assembler.take(); frame !== undefined; frame = this.#assembler.take()) this.#onFrame(frame, now);
    if (this.#unresolved.length > 0 && packet.payloadEnd <= packet.payloadStart) this.#resolveWaiting(now);
    this.#countSpoilt();
    this.#look(now);
  }

  /** When {@link advance} or {@link takeFrame} has something to do. */
  deadline(): Instant {
    let deadline = this.#requests.deadline;
    if (this.#next !== undefined) deadline = Math.min(deadline, this.#dueAt(this.#next));
    if (!this.#requests.wanted) deadline = Math.min(deadline, this.#blockedSince + this.#patience());
    return deadline;
  }

  /** Decides whether a key frame is to be asked for. */
  advance(now: Instant): void {
    if (now >= this.#blockedSince + this.#patience()) this.#requests.want(now);
    this.#requests.advance(now, this.#roundTripTime);
  }

  /** Whether a key frame is to be asked for now; once for each request. */
  takeKeyFrameRequest(): boolean {
    if (!this.#requests.take()) return false;
    this.#counters.keyFramesRequested++;
    return true;
  }

  /** The next frame in decoding order, if it is due. Its bytes are the caller's. */
  takeFrame(now: Instant): ReceivedFrame | undefined {
    const next = this.#next;
    if (next === undefined || now < this.#dueAt(next)) return undefined;
    const { frame } = next;
    this.#drop("late-frame", this.#buffer.take(next));
    this.#requests.satisfied();
    this.playout.played(next.mediaTime, now);
    this.#count(frame, now);
    if (frame.lastSequenceNumber > this.#floor) {
      this.#floor = frame.lastSequenceNumber;
      this.#discard("late-packet", this.#assembler.discardUpTo(this.#floor));
      const waiting = this.#unresolved.length;
      this.#unresolved = this.#unresolved.filter(({ frame: { lastSequenceNumber } }) => lastSequenceNumber > this.#floor);
      this.#drop("late-frame", waiting - this.#unresolved.length);
    }
    this.#changed = true;
    this.#look(now);
    return this.#received(next);
  }

  #formatOf(payloadType: number): FormatInUse | undefined {
    const known = this.#inUse.get(payloadType);
    if (known !== undefined) return known;
    const chosen = this.#formats.get(payloadType);
    if (chosen?.format.kind !== "video") return undefined;
    const { format, parameters } = chosen;
    const inUse = { format, depacketizer: format.depacketizer(parameters === undefined ? {} : { parameters }) };
    this.#inUse.set(payloadType, inUse);
    return inUse;
  }

  #onFrame(frame: AssembledFrame, now: Instant): void {
    const counters = this.#counters;
    counters.framesReceived++;
    if (frame.packetCount > 1) {
      counters.framesAssembledFromMultiplePackets++;
      counters.totalAssemblyTime += frame.lastArrival - frame.firstArrival;
    }
    if (frame.keyFrame) {
      counters.keyFramesReceived++;
      const size = frame.format.frameSize(frame.data);
      counters.frameWidth = size?.width ?? (frame.info.width || counters.frameWidth);
      counters.frameHeight = size?.height ?? (frame.info.height || counters.frameHeight);
    }
    this.playout.setSenderBounds(frame.playoutDelayMin, frame.playoutDelayMax);
    const mediaTime = this.playout.arrived(frame.timestamp, frame.lastArrival, frame.recovered);
    if (this.#resolve(frame, mediaTime, now)) this.#resolveWaiting(now);
    else if (this.#unresolved.length > MAX_UNRESOLVED) {
      this.#unresolved.shift();
      this.#drop("undecodable-frame", 1);
    }
  }

  /** Whether it is known what the frame refers to; if not, it waits. */
  #resolve(frame: AssembledFrame, mediaTime: number, now: Instant): boolean {
    const references = this.#resolver.resolve(frame);
    if (references === "wait") {
      this.#unresolved.push({ frame, mediaTime });
      // Nothing hints at a key frame on its way.
      if (this.#resolver.generation === 0 && this.#assembler.held === 0) this.#requests.want(now);
      return false;
    }
    if (references === "unusable") {
      this.#drop("undecodable-frame", 1);
      this.#requests.want(now);
      return true;
    }
    if (this.#resolver.generation !== this.#generation) {
      this.#generation = this.#resolver.generation;
      this.#drop("undecodable-frame", this.#buffer.clear());
    }
    const pending = { frame, references, mediaTime };
    this.#changed = true;
    let outcome = this.#buffer.insert(pending);
    if (outcome === "full") {
      this.#drop("frame-buffer-full", this.#buffer.clear());
      this.#requests.want(now);
      outcome = this.#buffer.insert(pending);
    }
    if (outcome !== "inserted") this.#drop("late-frame", 1);
    return true;
  }

  #resolveWaiting(now: Instant): void {
    for (let before = -1; before !== this.#unresolved.length && this.#unresolved.length > 0; ) {
      const waiting = this.#unresolved;
      before = waiting.length;
      this.#unresolved = [];
      for (const { frame, mediaTime } of waiting) this.#resolve(frame, mediaTime, now);
    }
  }

  /** Finds the frame that is next, and whether things are held up. */
  #look(now: Instant): void {
    if (this.#changed) {
      this.#changed = false;
      this.#next = this.#buffer.next();
      if (this.#next === undefined && this.#buffer.hasHopeless()) this.#requests.want(now);
    }
    if (this.#next !== undefined) {
      this.#blockedSince = NEVER;
      return;
    }
    const waits = this.#buffer.size > 0 || this.#unresolved.length > 0;
    const blocked = waits || (this.#assembler.held > 0 && !this.#assembler.isInProgress(this.#newest));
    if (!blocked) this.#blockedSince = NEVER;
    else if (this.#blockedSince === NEVER) this.#blockedSince = now;
  }

  #patience(): number {
    if (!this.#nack) return PATIENCE;
    return Math.min(LONGEST_PATIENCE, Math.max(PATIENCE_WITH_NACK, PATIENCE + 3 * this.#roundTripTime));
  }

  #dueAt(pending: PendingFrame): Instant {
    return this.#immediate ? 0 : this.playout.dueAt(pending.mediaTime);
  }

  #restart(reason: "restart" | "packet-buffer-full", now: Instant): void {
    this.drops.count(reason);
    this.#counters.packetsDiscarded += this.#assembler.clear();
    this.#drop("undecodable-frame", this.#buffer.clear() + this.#unresolved.length);
    this.#unresolved = [];
    this.#next = undefined;
    this.#floor = -1;
    this.#newest = -1;
    this.#requests.want(now);
  }

  #count({ firstArrival }: AssembledFrame, now: Instant): void {
    const counters = this.#counters;
    counters.jitterBufferDelay += Math.max(0, now - firstArrival);
    counters.jitterBufferTargetDelay += this.playout.target;
    counters.jitterBufferMinimumDelay += this.playout.minimum;
    counters.jitterBufferEmittedCount++;
  }

  #countSpoilt(): void {
    const spoilt = this.#assembler.spoilt;
    this.#assembler.spoilt = 0;
    this.#drop("spoilt-frame", spoilt);
  }

  #discard(reason: ReceiveDropReason, count: number): void {
    for (let i = 0; i < count; i++) this.drops.count(reason);
    this.#counters.packetsDiscarded += count;
  }

  #drop(reason: ReceiveDropReason, count: number): void {
    for (let i = 0; i < count; i++) this.drops.count(reason);
    this.#counters.framesDropped += count;
  }

  #received({ frame, references }: PendingFrame): ReceivedFrame {
    const size = frame.keyFrame ? frame.format.frameSize(frame.data) : undefined;
    const { rotation, captureTime } = frame;
    return {
      kind: "video",
      data: frame.data,
      timestamp: frame.timestamp,
      keyFrame: frame.keyFrame,
      payloadType: frame.payloadType,
      mimeType: frame.format.mimeType,
      width: size?.width ?? (references.width || undefined),
      height: size?.height ?? (references.height || undefined),
      temporalId: references.temporalId,
      spatialId: references.spatialId,
      frameId: references.id,
      dependencies: references.references,
      captureTime: captureTimeOf(captureTime),
      rotation: rotation === 0 || rotation === 90 || rotation === 180 || rotation === 270 ? rotation : undefined,
      contributingSources: frame.contributingSources,
      sequenceNumber: frame.firstSequenceNumber & 0xffff,
      ssrc: frame.ssrc,
      receiveTime: frame.lastArrival,
    };
  }
}

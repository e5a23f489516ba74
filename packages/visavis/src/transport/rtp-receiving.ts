/**
 * The way of a packet that arrived: to its stream, out of RTX, RED and FEC, and into the hands of whoever takes it.
 */
import { Drops } from "../base/drops.ts";
import type { Instant } from "../base/instant.ts";
import { Ring } from "../base/ring.ts";
import { csrcOf, parseRtpHeader, RtpHeader } from "../rtp/packet.ts";
import { parseRedBlocks, RedBlocks } from "../rtp/red.ts";
import { RoutedPacket } from "./routed-packet.ts";
import { RtpElementReader } from "./rtp-element-reader.ts";
import { type FecKind, RtpFecReceiver } from "./rtp-fec-receiver.ts";
import type { CodecTable } from "./rtp-parameters.ts";
import { fillPacket, type RtpReceiveStream } from "./rtp-receive-stream.ts";
import type { RtpRouter, SsrcEntry } from "./rtp-router.ts";

/** Why a packet was dropped, besides those that the router counts. */
export type ReceivingDrop =
  | "malformed"
  /** Its SSRC is not for such payload types. */
  | "payload-type"
  /** Redundant data whose headers say more than there is. */
  | "malformed-red"
  /** Parity that is malformed, or protects another stream. */
  | "malformed-fec"
  /** More packets than are kept until somebody takes them. */
  | "overflow";

/** Packets that wait to be taken. */
const MOST_PACKETS = 4096;
/** Bytes in front of the payload of a packet of video in RED. */
const RED_LAST = 1;

/** What arrives at one transport. */
export class RtpReceiving {
  readonly drops: Drops<ReceivingDrop> = new Drops();
  /** For reading what the last packet said. */
  readonly header: RtpHeader = new RtpHeader();
  readonly elements: RtpElementReader = new RtpElementReader();
  readonly #router: RtpRouter;
  readonly #scratch = new RoutedPacket();
  /** Where the header stood when its elements were read. */
  #readAt = 0;
  readonly #red = new RedBlocks();
  readonly #recovered = new RtpHeader();
  readonly #packets = new Ring<RoutedPacket>();
  readonly #spare: RoutedPacket[] = [];
  #taken: RoutedPacket | undefined = undefined;

  constructor(router: RtpRouter) {
    this.#router = router;
  }

  /** Reads the header of a packet and its elements; false when it is malformed. `receive` goes on with it. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (!parseRtpHeader(bytes, start, end, this.header)) {
      this.drops.count("malformed");
      return false;
    }
    this.#scratch.clear();
    this.#readAt = start;
    this.elements.read(bytes, this.header, this.#scratch);
    return true;
  }

  /** Takes the packet that was read last. */
  receive(bytes: Uint8Array, now: Instant): void {
    const { header } = this;
    const entry = this.#router.route(bytes, header, this.elements, now);
    if (entry === undefined) return;
    const { codecs } = entry.receiver;
    const role = codecs.roleOf(header.payloadType);
    if (entry.role === "media" && role !== undefined && role !== "rtx" && role !== "flexfec") {
      this.#receiveMedia(bytes, header, entry.stream, codecs, now);
    } else if (entry.role === "rtx" && role === "rtx") {
      this.#receiveRtx(bytes, header, entry.stream, codecs, now);
    } else if (entry.role === "fec" && role === "flexfec") {
      this.#receiveFlexfec(bytes, header, entry, now);
    } else {
      this.drops.count("payload-type");
    }
  }

  /** The oldest packet that arrived; undefined when there is none. It is used again with the next call. */
  take(): RoutedPacket | undefined {
    if (this.#taken !== undefined) {
      this.#taken.clear();
      this.#spare.push(this.#taken);
    }
    this.#taken = this.#packets.shift();
    return this.#taken;
  }

  #receiveMedia(bytes: Uint8Array, header: RtpHeader, stream: RtpReceiveStream, codecs: CodecTable, now: Instant): void {
    // All packets of a tone have the time of its beginning.
    const isTone = codecs.roleOf(header.payloadType) === "dtmf";
    const clockRate = isTone ? 0 : (codecs.codec(header.payloadType)?.clockRate ?? 90_000);
    if (stream.receive(header, clockRate, this.#scratch, now)) this.#unwrap(bytes, header, stream, codecs, now);
  }

  #receiveRtx(bytes: Uint8Array, header: RtpHeader, stream: RtpReceiveStream, codecs: CodecTable, now: Instant): void {
    const original = codecs.codec(header.payloadType)?.repairs ?? -1;
    if (codecs.codec(original) === undefined) this.drops.count("payload-type");
    else if (stream.receiveRtx(bytes, header, original, this.#scratch, now)) this.#unwrap(bytes, header, stream, codecs, now);
  }

  /** Goes on with a packet of a stream that is new to it: media, or RED around it. */
  #unwrap(bytes: Uint8Array, header: RtpHeader, stream: RtpReceiveStream, codecs: CodecTable, now: Instant): void {
    const role = codecs.roleOf(header.payloadType);
    const number = this.#scratch.sequenceNumber;
    if (role === "red") {
      if (!this.#unwrapRed(bytes, header, stream, codecs, number, now)) return;
    } else if (role === "ulpfec") {
      this.#takeUlpfec(bytes, header, stream, codecs, now);
      return;
    }
    // What comes again has elements of its own: parity is not of them.
    if (!this.#scratch.recovered) stream.fec?.addMedia(number, bytes, header.start, header.end);
    this.#deliver(bytes, header, stream, codecs, now);
    if (stream.fec?.isWaiting) this.#recover(stream, codecs, now);
  }

  /** Takes RED off, older payloads first; `header` is that of the newest, then. False when there is nothing more to be done with it. */
  #unwrapRed(
    bytes: Uint8Array,
    header: RtpHeader,
    stream: RtpReceiveStream,
    codecs: CodecTable,
    number: number,
    now: Instant,
  ): boolean {
    const red = this.#red;
    if (!parseRedBlocks(bytes, header.payloadStart, header.payloadEnd, red)) {
      this.drops.count("malformed-red");
      return false;
    }
    const last = red.count - 1;
    for (let i = 0; i < last; i++) this.#deliverOlder(bytes, header, stream, codecs, i, number - (last - i), now);
    const payloadType = red.payloadTypes[last] as number;
    const role = codecs.roleOf(payloadType);
    if (last === 0) {
      // The header moves up over the byte of RED: what is protected by parity is the packet without it.
      const start = header.start + RED_LAST;
      bytes.copyWithin(start, header.start, header.payloadStart);
      bytes[start + 1] = (header.marker ? 0x80 : 0) | payloadType;
      header.start = start;
      if (header.extensionProfile !== 0) {
        header.extensionStart += RED_LAST;
        header.extensionEnd += RED_LAST;
      }
    }
    header.payloadStart = red.starts[last] as number;
    header.payloadType = payloadType;
    if (role === "ulpfec") {
      this.#takeUlpfec(bytes, header, stream, codecs, now);
      return false;
    }
    if (role === "media" || role === "dtmf" || role === "comfort-noise") return true;
    this.drops.count("payload-type");
    return false;
  }

  /** Hands up an older payload, if its packet is missing: redundancy of audio is of the packets before. */
  #deliverOlder(
    bytes: Uint8Array,
    header: RtpHeader,
    stream: RtpReceiveStream,
    codecs: CodecTable,
    block: number,
    number: number,
    now: Instant,
  ): void {
    const red = this.#red;
    const [start, end] = [red.starts[block] as number, red.ends[block] as number];
    const payloadType = red.payloadTypes[block] as number;
    if (end === start || codecs.roleOf(payloadType) !== "media" || !stream.recovered(number, now)) return;
    const packet = this.#admit();
    if (packet === undefined) return;
    fillPacket(packet, bytes, header, now);
    packet.sequenceNumber = number;
    packet.timestamp = (header.timestamp - (red.offsets[block] as number)) >>> 0;
    packet.marker = false;
    packet.payloadType = payloadType;
    packet.payloadStart = start;
    packet.payloadEnd = end;
    packet.recovered = true;
    this.#push(packet, stream, codecs);
  }

  /** Takes parity that is part of the stream: its number is no gap, so a packet of nothing takes its place. */
  #takeUlpfec(bytes: Uint8Array, header: RtpHeader, stream: RtpReceiveStream, codecs: CodecTable, now: Instant): void {
    const { payloadEnd } = header;
    if (stream.payloadType >= 0) {
      const { payloadType } = header;
      header.payloadType = stream.payloadType;
      header.payloadEnd = header.payloadStart;
      this.#deliver(bytes, header, stream, codecs, now);
      header.payloadType = payloadType;
      header.payloadEnd = payloadEnd;
    }
    this.#addParity("ulpfec", bytes, header, stream, codecs, -1, now);
  }

  #receiveFlexfec(bytes: Uint8Array, header: RtpHeader, { stream, receiver }: SsrcEntry, now: Instant): void {
    const { codecs } = receiver;
    const name = codecs.codec(header.payloadType)?.mimeType.toLowerCase();
    const csrc = header.csrcCount > 0 ? csrcOf(bytes, header, 0) : -1;
    this.#addParity(name === "video/flexfec-03" ? "flexfec-03" : "flexfec", bytes, header, stream, codecs, csrc, now);
  }

  #addParity(
    kind: FecKind,
    bytes: Uint8Array,
    header: RtpHeader,
    stream: RtpReceiveStream,
    codecs: CodecTable,
    csrc: number,
    now: Instant,
  ): void {
    const { payloadStart, payloadEnd } = header;
    stream.counts.fecPackets++;
    stream.counts.fecBytes += payloadEnd - payloadStart;
    stream.fec ??= new RtpFecReceiver(stream.ssrc);
    if (!stream.fec.addParity(kind, bytes, payloadStart, payloadEnd, csrc)) {
      this.drops.count("malformed-fec");
      stream.counts.fecDiscarded++;
      return;
    }
    this.#recover(stream, codecs, now);
  }

  /** Hands up what parity brings back. */
  #recover(stream: RtpReceiveStream, codecs: CodecTable, now: Instant): void {
    const { fec } = stream;
    if (fec === undefined) return;
    for (let found = fec.recover(); found !== undefined; found = fec.recover()) {
      const { bytes, number } = found;
      fec.addMedia(number, bytes, 0, bytes.length);
      const header = this.#recovered;
      if (!parseRtpHeader(bytes, 0, bytes.length, header) || codecs.roleOf(header.payloadType) !== "media") continue;
      if (!stream.recovered(number, now)) continue;
      const packet = this.#admit();
      if (packet === undefined) return;
      this.elements.read(bytes, header, packet);
      fillPacket(packet, bytes, header, now);
      packet.sequenceNumber = number;
      packet.recovered = true;
      this.#push(packet, stream, codecs);
    }
  }

  #deliver(bytes: Uint8Array, header: RtpHeader, stream: RtpReceiveStream, codecs: CodecTable, now: Instant): void {
    if (codecs.roleOf(header.payloadType) === "media") stream.payloadType = header.payloadType;
    const packet = this.#admit();
    if (packet === undefined) return;
    fillPacket(this.#scratch, bytes, header, now);
    packet.copyFrom(this.#scratch);
    // RTX and RED move the header up over what they put before the payload.
    if (header.start !== this.#readAt) packet.moveElements(header.start - this.#readAt);
    this.#push(packet, stream, codecs);
  }

  /** A packet to be filled in; undefined when too many wait. */
  #admit(): RoutedPacket | undefined {
    if (this.#packets.size < MOST_PACKETS) return this.#spare.pop() ?? new RoutedPacket();
    this.drops.count("overflow");
    return undefined;
  }

  #push(packet: RoutedPacket, stream: RtpReceiveStream, codecs: CodecTable): void {
    packet.id = stream.receiverId;
    packet.stream = stream;
    packet.codec = codecs.codec(packet.payloadType);
    this.#packets.push(packet);
  }
}

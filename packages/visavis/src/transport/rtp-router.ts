/**
 * Which stream a packet belongs to: by the section that it names, by its SSRC, by its payload type. RFC 9143 §9.2; RFC 8852 §3.1, RFC 8853
 * §5.5 for encodings of simulcast; RFC 4588 §5.3 for repetitions.
 * https://www.rfc-editor.org/rfc/rfc9143#section-9.2
 */
import { equalBytes, u16 } from "../base/bytes.ts";
import { Drops } from "../base/drops.ts";
import type { Instant } from "../base/instant.ts";
import { decodeMid } from "../rtp/extensions/mid.ts";
import { decodeRid } from "../rtp/extensions/rid.ts";
import type { RtpHeader } from "../rtp/packet.ts";
import type { RtpElementReader } from "./rtp-element-reader.ts";
import { CodecTable, type RtpReceiveParameters } from "./rtp-parameters.ts";
import { RtpReceiveStream } from "./rtp-receive-stream.ts";

/** Why a packet has no stream. */
export type RouterDrop =
  /** It names a section that there is not, or none that its SSRC or payload type would tell. */
  | "unrouted"
  /** The section has no such payload type. */
  | "payload-type"
  /** It names an encoding that was not negotiated. */
  | "unknown-rid"
  /** A repetition of nobody knows what. */
  | "unbound-repair"
  /** More SSRCs than are remembered. */
  | "ssrc-limit";

/** SSRCs that were learnt from packets, and are remembered. */
const MAX_LEARNT = 256;
/** Of those, in one section: more are no simulcast but a flood. */
const MAX_LEARNT_OF_ONE = 64;
/** One that was silent for so long gives way to a new one, in milliseconds. */
const SILENCE = 5000;

const NO_BYTES = new Uint8Array(0);

/** What one section receives. */
export class RtpReceiver {
  readonly id: string;
  parameters: RtpReceiveParameters;
  codecs: CodecTable;
  /** Its streams of media. */
  readonly streams: Set<RtpReceiveStream> = new Set();

  constructor(id: string, parameters: RtpReceiveParameters) {
    this.id = id;
    this.parameters = parameters;
    this.codecs = new CodecTable(parameters.codecs);
  }
}

/** What one SSRC is. */
export interface SsrcEntry {
  readonly ssrc: number;
  readonly receiver: RtpReceiver;
  /** The stream of media that it is, repeats or protects. */
  readonly stream: RtpReceiveStream;
  readonly role: "media" | "rtx" | "fec";
  /** It was told by a description, not learnt. */
  readonly isTold: boolean;
  /** The section that it named last, as it stood there. */
  mid: Uint8Array;
  heardAt: Instant;
}

/** A receiver on its way to another transport. */
export interface ReleasedReceiver {
  readonly receiver: RtpReceiver;
  readonly entries: readonly SsrcEntry[];
}

/** The table of streams of one transport. */
export class RtpRouter {
  readonly drops: Drops<RouterDrop> = new Drops();
  readonly #receivers = new Map<string, RtpReceiver>();
  readonly #mids = new Map<string, RtpReceiver>();
  readonly #ssrcs = new Map<number, SsrcEntry>();
  readonly #payloadTypes: (RtpReceiver | undefined)[] = new Array<undefined>(128);
  #learnt = 0;
  #last: SsrcEntry | undefined = undefined;
  /** Streams that packets have begun, in order, until they are taken. */
  readonly begun: RtpReceiveStream[] = [];

  /** All receivers. */
  get receivers(): Iterable<RtpReceiver> {
    return this.#receivers.values();
  }

  /** The receiver with this id. */
  receiver(id: string): RtpReceiver | undefined {
    return this.#receivers.get(id);
  }

  /** What an SSRC is. */
  entry(ssrc: number): SsrcEntry | undefined {
    return this.#ssrcs.get(ssrc);
  }

  /** Adds a receiver, changes what it receives, or takes it away with its streams. */
  set(id: string, parameters: RtpReceiveParameters | undefined, now: Instant): void {
    const before = this.#receivers.get(id);
    if (parameters === undefined) {
      this.#receivers.delete(id);
      if (before !== undefined) this.#forgetReceiver(before);
    } else if (before === undefined) {
      this.#receivers.set(id, new RtpReceiver(id, parameters));
    } else {
      before.parameters = parameters;
      before.codecs = new CodecTable(parameters.codecs);
      for (const stream of before.streams) stream.update(before.codecs);
    }
    this.#rebuild(now);
  }

  /** Takes a receiver out with all its streams, which go on at another transport. */
  release(id: string, now: Instant): ReleasedReceiver | undefined {
    const receiver = this.#receivers.get(id);
    if (receiver === undefined) return undefined;
    const entries = [...this.#ssrcs.values()].filter((entry) => entry.receiver === receiver);
    for (const entry of entries) this.#delete(entry);
    this.#receivers.delete(id);
    this.#rebuild(now);
    return { receiver, entries };
  }

  /** Takes a receiver of another transport in. */
  adopt({ receiver, entries }: ReleasedReceiver, now: Instant): void {
    this.#receivers.set(receiver.id, receiver);
    for (const entry of entries) if (!this.#ssrcs.has(entry.ssrc)) this.#add(entry);
    this.#rebuild(now);
  }

  /** The SSRC of a packet, bound to a stream; undefined when there is none, and that is counted. */
  route(bytes: Uint8Array, header: RtpHeader, elements: RtpElementReader, now: Instant): SsrcEntry | undefined {
    let entry = this.#last;
    if (entry === undefined || entry.ssrc !== header.ssrc) entry = this.#ssrcs.get(header.ssrc);
    if (entry === undefined || !isNamed(entry, bytes, elements)) entry = this.#bind(bytes, header, elements, entry, now);
    if (entry === undefined) return undefined;
    entry.heardAt = now;
    this.#last = entry;
    return entry;
  }

  /** Forgets an SSRC that said good-bye, and the stream when it was one of media; that is returned. */
  remove(ssrc: number): RtpReceiveStream | undefined {
    const entry = this.#ssrcs.get(ssrc);
    if (entry === undefined || entry.isTold) return undefined;
    this.#delete(entry);
    if (entry.role !== "media") return undefined;
    this.#forgetStream(entry.stream);
    return entry.stream;
  }

  #bind(
    bytes: Uint8Array,
    header: RtpHeader,
    elements: RtpElementReader,
    before: SsrcEntry | undefined,
    now: Instant,
  ): SsrcEntry | undefined {
    let receiver = before?.receiver;
    let named = NO_BYTES;
    if (elements.midEnd > elements.midStart) {
      receiver = this.#mids.get(decodeMid(bytes, elements.midStart, elements.midEnd) ?? "");
      named = bytes.slice(elements.midStart, elements.midEnd);
    } else {
      receiver ??= this.#payloadTypes[header.payloadType];
    }
    if (receiver === undefined) return this.#drop("unrouted");
    if (before !== undefined) {
      if (before.receiver === receiver) {
        before.mid = named;
        if (elements.ridEnd > elements.ridStart) before.stream.rid ??= decodeRid(bytes, elements.ridStart, elements.ridEnd);
        return before;
      }
      this.#delete(before);
      if (before.role === "media") this.#forgetStream(before.stream);
    }
    const role = receiver.codecs.roleOf(header.payloadType);
    if (role === undefined) return this.#drop("payload-type");
    if (!this.#hasRoom(receiver, now)) return this.#drop("ssrc-limit");
    if (role === "rtx") return this.#bindRepair(bytes, header, elements, receiver, named, now);
    if (role === "flexfec") return this.#bindFec(header, receiver, named, now);
    const rid = elements.ridEnd > elements.ridStart ? decodeRid(bytes, elements.ridStart, elements.ridEnd) : undefined;
    if (rid !== undefined && receiver.parameters.rids.length > 0 && !receiver.parameters.rids.includes(rid)) {
      return this.#drop("unknown-rid");
    }
    return this.#addStream(header.ssrc, receiver, rid, named, false, now);
  }

  #bindRepair(
    bytes: Uint8Array,
    header: RtpHeader,
    elements: RtpElementReader,
    receiver: RtpReceiver,
    mid: Uint8Array,
    now: Instant,
  ): SsrcEntry | undefined {
    const { repairedRidStart, repairedRidEnd } = elements;
    const rid = repairedRidEnd > repairedRidStart ? decodeRid(bytes, repairedRidStart, repairedRidEnd) : undefined;
    const number = header.payloadEnd - header.payloadStart >= 2 ? u16(bytes, header.payloadStart) : -1;
    const stream = streamToRepair(receiver, rid, number);
    if (stream === undefined) return this.#drop("unbound-repair");
    stream.rtxSsrc = header.ssrc;
    return this.#add({ ssrc: header.ssrc, receiver, stream, role: "rtx", isTold: false, mid, heardAt: now });
  }

  #bindFec(header: RtpHeader, receiver: RtpReceiver, mid: Uint8Array, now: Instant): SsrcEntry | undefined {
    const [stream] = receiver.streams;
    if (stream === undefined || receiver.streams.size > 1) return this.#drop("unbound-repair");
    stream.fecSsrc = header.ssrc;
    return this.#add({ ssrc: header.ssrc, receiver, stream, role: "fec", isTold: false, mid, heardAt: now });
  }

  #addStream(
    ssrc: number,
    receiver: RtpReceiver,
    rid: string | undefined,
    mid: Uint8Array,
    isTold: boolean,
    now: Instant,
  ): SsrcEntry {
    const { parameters, codecs } = receiver;
    // An encoding has one stream at a time: a new SSRC takes its place.
    if (rid !== undefined) {
      for (const old of receiver.streams) {
        const entry = old.rid === rid ? this.#ssrcs.get(old.ssrc) : undefined;
        if (entry === undefined) continue;
        this.#delete(entry);
        this.#forgetStream(old);
      }
    }
    const stream = new RtpReceiveStream(ssrc, receiver.id, parameters.mid, parameters.kind, codecs);
    stream.rid = rid;
    receiver.streams.add(stream);
    this.begun.push(stream);
    return this.#add({ ssrc, receiver, stream, role: "media", isTold, mid, heardAt: now });
  }

  #add(entry: SsrcEntry): SsrcEntry {
    this.#ssrcs.set(entry.ssrc, entry);
    if (!entry.isTold) this.#learnt++;
    return entry;
  }

  #delete(entry: SsrcEntry): void {
    if (!this.#ssrcs.delete(entry.ssrc)) return;
    if (!entry.isTold) this.#learnt--;
    if (this.#last === entry) this.#last = undefined;
  }

  /** Forgets a stream, and what repairs it. */
  #forgetStream(stream: RtpReceiveStream): void {
    for (const receiver of this.#receivers.values()) receiver.streams.delete(stream);
    for (const ssrc of [stream.rtxSsrc, stream.fecSsrc]) {
      const entry = ssrc === undefined ? undefined : this.#ssrcs.get(ssrc);
      if (entry?.stream === stream) this.#delete(entry);
    }
  }

  #forgetReceiver(receiver: RtpReceiver): void {
    for (const entry of [...this.#ssrcs.values()]) if (entry.receiver === receiver) this.#delete(entry);
    receiver.streams.clear();
  }

  /** Whether one more SSRC may be learnt; the one that was silent for longest gives way. */
  #hasRoom(receiver: RtpReceiver, now: Instant): boolean {
    if (this.#learnt < MAX_LEARNT && receiver.streams.size < MAX_LEARNT_OF_ONE) return true;
    let oldest: SsrcEntry | undefined;
    for (const entry of this.#ssrcs.values()) {
      if (entry.isTold || (receiver.streams.size >= MAX_LEARNT_OF_ONE && entry.receiver !== receiver)) continue;
      if (entry.role === "media" && (oldest === undefined || entry.heardAt < oldest.heardAt)) oldest = entry;
    }
    if (oldest === undefined || now - oldest.heardAt < SILENCE) return false;
    this.#delete(oldest);
    this.#forgetStream(oldest.stream);
    return true;
  }

  /** Brings the tables up to date with the receivers. */
  #rebuild(now: Instant): void {
    this.#mids.clear();
    this.#payloadTypes.fill(undefined);
    const seen = new Set<number>();
    for (const receiver of this.#receivers.values()) {
      const { mid, ssrcs } = receiver.parameters;
      if (mid !== "") this.#mids.set(mid, receiver);
      for (const { payloadType } of receiver.codecs.codecs) {
        // A payload type that two sections share tells nothing.
        this.#payloadTypes[payloadType] = seen.has(payloadType) ? undefined : receiver;
        seen.add(payloadType);
      }
      for (const { ssrc, rtxSsrc, fecSsrc } of ssrcs) {
        const known = this.#ssrcs.get(ssrc);
        if (known !== undefined && known.receiver !== receiver) {
          this.#delete(known);
          this.#forgetStream(known.stream);
        }
        const { stream } = this.#ssrcs.get(ssrc) ?? this.#addStream(ssrc, receiver, undefined, NO_BYTES, true, now);
        this.#tell(receiver, stream, "rtx", rtxSsrc, now);
        this.#tell(receiver, stream, "fec", fecSsrc, now);
      }
    }
  }

  #tell(receiver: RtpReceiver, stream: RtpReceiveStream, role: "rtx" | "fec", ssrc: number | undefined, now: Instant): void {
    if (ssrc === undefined || this.#ssrcs.get(ssrc)?.stream === stream) return;
    const known = this.#ssrcs.get(ssrc);
    if (known !== undefined) this.#delete(known);
    if (role === "rtx") stream.rtxSsrc = ssrc;
    else stream.fecSsrc = ssrc;
    this.#add({ ssrc, receiver, stream, role, isTold: true, mid: NO_BYTES, heardAt: now });
  }

  #drop(reason: RouterDrop): undefined {
    this.drops.count(reason);
    return undefined;
  }
}

/** Whether the packet names no section, or the one that its SSRC is bound to. */
function isNamed(entry: SsrcEntry, bytes: Uint8Array, { midStart, midEnd }: RtpElementReader): boolean {
  const { mid } = entry;
  if (midEnd === midStart) return true;
  if (midEnd - midStart !== mid.length) return false;
  if (mid.length > 4) return equalBytes(mid, bytes.subarray(midStart, midEnd));
  for (let i = 0; i < mid.length; i++) if (mid[i] !== bytes[midStart + i]) return false;
  return true;
}

/** The stream that a new SSRC of repetitions is for: the encoding it names, the only one without, or the one that waits for the packet. */
function streamToRepair(receiver: RtpReceiver, rid: string | undefined, number: number): RtpReceiveStream | undefined {
  const streams = [...receiver.streams];
  if (rid !== undefined) return streams.find((stream) => stream.rid === rid);
  if (streams.length === 1) return streams[0];
  const waiting = streams.filter((stream) => stream.rtxSsrc === undefined && number >= 0 && stream.awaits(number));
  return waiting.length === 1 ? waiting[0] : undefined;
}

/**
 * A tap: notes every datagram, its way and its fate, and prints them as text or as a capture file.
 */
import type { Instant } from "visavis/base";
import { parseAddress } from "./address.ts";
import type { Datagram, Fate, Recorder } from "./datagram.ts";
import { type CapturedPacket, writePcapng } from "./pcapng.ts";
import { udpFrame } from "./udp-frame.ts";

/** One datagram of the log, at the moment in which it was sent; or, when it came to grief at the end of its way, then. */
export interface PacketRecord {
  readonly time: Instant;
  /** When it arrives; undefined when it does not. */
  readonly arrival: Instant | undefined;
  /** The direction of a link, such as `a>b`; or a host, for what found no way or no listener there. */
  readonly way: string;
  readonly fate: Fate;
  /** Of `tcp`, the bytes are those of a segment of the simulator's own format. */
  readonly protocol: "udp" | "tcp";
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Bit errors included. */
  readonly bytes: Uint8Array;
}

/** What a tap keeps. */
export interface TapOptions {
  /** Datagrams kept; later ones are only counted; default 100,000. */
  readonly limit?: number;
  /** Names of ways to watch, such as `a>b`; default all. */
  readonly ways?: readonly string[];
}

function printAddress(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function printHex(bytes: Uint8Array, count: number): string {
  let out = "";
  for (const byte of bytes.subarray(0, count)) out += byte.toString(16).padStart(2, "0");
  return bytes.length > count ? `${out}…` : out;
}

/** What a tap has noted. */
export class PacketLog implements Recorder {
  readonly records: PacketRecord[] = [];
  /** Datagrams that came after the limit was reached. */
  missed = 0;
  readonly #limit: number;
  readonly #only: ReadonlySet<string> | undefined;
  readonly #nameOf: (way: number) => string;
  readonly #epoch: number;

  constructor(nameOf: (way: number) => string, epoch: number, options: TapOptions) {
    this.#nameOf = nameOf;
    this.#epoch = epoch;
    this.#limit = options.limit ?? 100_000;
    this.#only = options.ways === undefined ? undefined : new Set(options.ways);
  }

  record(way: number, fate: Fate, datagram: Datagram, now: Instant, arrival: Instant | undefined): void {
    const name = this.#nameOf(way);
    if (this.#only !== undefined && !this.#only.has(name)) return;
    if (this.records.length >= this.#limit) {
      this.missed++;
      return;
    }
    const { source, sourcePort, destination, destinationPort, protocol } = datagram;
    // The receiver owns the bytes and may change them: the log has its own.
    const bytes = new Uint8Array(datagram.bytes);
    this.records.push({ time: now, arrival, way: name, fate, protocol, source, sourcePort, destination, destinationPort, bytes });
  }

  /**
   * One line for each datagram: time, way, addresses, length, fate with the time on the way, first bytes.
   * @param prefix how many bytes are printed
   */
  text(prefix: number = 16): string {
    const lines = this.records.map(({ time, arrival, way, fate, bytes, ...flow }) => {
      const kind = flow.protocol === "udp" ? "" : ` ${flow.protocol}`;
      const from = printAddress(flow.source, flow.sourcePort);
      const to = printAddress(flow.destination, flow.destinationPort);
      const transit = arrival === undefined ? "" : ` +${(arrival - time).toFixed(3)}`;
      const hex = printHex(bytes, prefix);
      return `${time.toFixed(3).padStart(12)} ${way} ${from} > ${to} ${bytes.length} B${kind} ${fate}${transit} ${hex}`.trimEnd();
    });
    if (this.missed > 0) lines.push(`${this.missed} more`);
    return lines.map((line) => `${line}\n`).join("");
  }

  /**
   * A capture file with one interface for each way. As seen by the senders it holds all datagrams, with their fate as a
   * comment when they were not simply delivered; as seen by the receivers, those that arrived, at that time.
   */
  pcapng(side: "senders" | "receivers" = "senders"): Uint8Array {
    const seen =
      side === "senders"
        ? this.records.filter(({ fate }) => fate !== "cut" && fate !== "unheard")
        : this.records
            .flatMap((record) => (record.arrival === undefined ? [] : [{ ...record, time: record.arrival }]))
            .sort((a, b) => a.time - b.time);
    const ways = [...new Set(seen.map(({ way }) => way))];
    const packets = seen.flatMap((record): CapturedPacket[] => {
      const source = parseAddress(record.source);
      const destination = parseAddress(record.destination);
      if (source === undefined || destination === undefined || source.family !== destination.family) return [];
      const frame = udpFrame(source, record.sourcePort, destination, record.destinationPort, record.bytes);
      const fate = record.fate === "delivered" ? "" : record.fate;
      const comment = record.protocol === "udp" ? fate : `segment of a stream ${fate}`.trimEnd();
      return [{ interface: ways.indexOf(record.way), time: this.#epoch + record.time, bytes: frame, comment }];
    });
    return writePcapng(ways, packets);
  }
}

/**
 * The record layer (RFC 9147 §4, RFC 6347 §4.1): datagrams to records and back, in every epoch whose keys are there.
 *
 * What cannot be opened is dropped and counted, never answered (RFC 9147 §4.5.2). A record of an epoch whose keys are yet to
 * come is held, a bounded number of them, because datagrams overtake each other.
 */
import { u8 } from "../../base/bytes.ts";
import { Drops } from "../../base/drops.ts";
import { assert, InternalError } from "../../base/errors.ts";
import { Ring } from "../../base/ring.ts";
import { DtlsVersion } from "../version.ts";
import { ContentType } from "./content-type.ts";
import { OpenedRecord, type OpenFailure } from "./opened-record.ts";
import { decodePlainHeader, emptyPlainHeader, encodePlainHeader, PLAIN_HEADER_LENGTH } from "./plain-header.ts";
import { type Keys12, Opener12, Sealer12 } from "./protection12.ts";
import { type Keys13, Opener13, Sealer13 } from "./protection13.ts";
import { decodeUnifiedHeader, emptyUnifiedHeader, isUnifiedHeader } from "./unified-header.ts";

/** Why input was dropped. */
export type DtlsDrop =
  | OpenFailure
  /** The bytes are no record, or are cut off; what follows in the datagram is lost too. */
  | "malformed-header"
  /** No keys for that epoch, or it is over. */
  | "unknown-epoch"
  /** Too many records waited for keys, or too much application data to be taken. */
  | "queue-full"
  /** A handshake message or fragment that is malformed or out of all order. */
  | "malformed-handshake"
  /** A record that has no place in this state. */
  | "unexpected-record"
  /** An alert that anyone could have sent, or a warning. */
  | "ignored-alert"
  /** It came after the connection was closed. */
  | "closed";

/** How many records wait for keys. */
const MAX_HELD = 32;

/** Epochs that can be read at a time: more would share their two low bits on the wire (RFC 9147 §4.2.2). */
const MAX_OPENERS = 4;

/** How many forgeries an AEAD key withstands (RFC 9147 §4.5.3). */
const INTEGRITY_LIMIT = 2 ** 36;

/** How many records may be sealed in an epoch at all. */
const MAX_SEQUENCE = 2 ** 48 - 1;

/** Records of epoch 0: a header and nothing else. */
const PLAIN = {
  headerLength: PLAIN_HEADER_LENGTH,
  trailerLength: 0,
  seal(type: number, epoch: number, sequence: number, bytes: Uint8Array, start: number, length: number): number {
    encodePlainHeader({ type, version: DtlsVersion.V1_2, epoch, sequence, length }, bytes, start);
    return start + PLAIN_HEADER_LENGTH + length;
  },
  release(): void {},
} as const;

interface WriteEpoch {
  readonly epoch: number;
  readonly sealer: typeof PLAIN | Sealer12 | Sealer13;
  next: number;
}

/** Both directions of one connection. */
export class RecordLayer {
  readonly drops: Drops<DtlsDrop> = new Drops<DtlsDrop>();
  /** What {@link RecordLayer.next} opened last. */
  readonly record: OpenedRecord = new OpenedRecord();
  /** Whether records of epochs to come are held: from our first message on, until the handshake is complete. */
  holding: boolean = false;
  /** Records and bytes of datagrams that went through. */
  recordsSent: number = 0;
  recordsReceived: number = 0;

  /** Afterwards epoch 0 is over, and 1.2's application data is taken instead of held; 1.3 has an epoch for that. */
  #handshakeComplete = false;
  #opener12: Opener12 | undefined = undefined;
  /** Newest first. */
  readonly #openers13: Opener13[] = [];
  readonly #writes = new Map<number, WriteEpoch>([[0, { epoch: 0, sealer: PLAIN, next: 0 }]]);
  #writeEpoch = 0;
  #current: WriteEpoch;

  #datagram: Uint8Array = new Uint8Array(0);
  #offset = 0;
  #end = 0;
  /** The header of the record in hand. */
  readonly #unified = emptyUnifiedHeader();
  readonly #plain = emptyPlainHeader();
  readonly #held = new Ring<Uint8Array>(4);
  #released = 0;

  constructor() {
    this.#current = this.#write(0);
  }

  /** The highest epoch that we can write. */
  get writeEpoch(): number {
    return this.#writeEpoch;
  }

  /** The highest epoch that we can read. */
  get readEpoch(): number {
    return this.#openers13[0]?.epoch ?? this.#opener12?.epoch ?? 0;
  }

  /** Records sealed in the highest epoch. */
  get sealedInEpoch(): number {
    return this.#current.next;
  }

  /** Whether so many forgeries were tried that the keys must not be used on. */
  get integrityLimitReached(): boolean {
    const failures = this.#openers13[0]?.failures ?? this.#opener12?.failures ?? 0;
    return failures >= INTEGRITY_LIMIT;
  }

  /** Begins to read the datagram `bytes[start, end)`, which is ours from now on. */
  begin(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    this.#datagram = bytes;
    this.#offset = start;
    this.#end = end;
  }

  /** Opens the next record of the datagram that can be opened into {@link RecordLayer.record}; false when there is none. */
  next(): boolean {
    while (this.#offset < this.#end) {
      const opened = isUnifiedHeader(u8(this.#datagram, this.#offset)) ? this.#nextUnified() : this.#nextPlain();
      if (opened) {
        this.recordsReceived++;
        return true;
      }
    }
    return false;
  }

  /** Adds the keys by which the peer's records of an epoch are opened, and lets the held ones be tried again. */
  installRead12(epoch: number, keys: Keys12): void {
    this.#opener12 = new Opener12(epoch, keys);
    this.#release();
  }

  /** Adds the keys by which the peer's records of an epoch are opened, and lets the held ones be tried again. */
  installRead13(epoch: number, keys: Keys13): void {
    this.#openers13.unshift(new Opener13(epoch, keys));
    if (this.#openers13.length > MAX_OPENERS) this.#openers13.pop()?.release();
    this.#release();
  }

  /** Removes the oldest record that was held and may be tried again; it is read as a datagram of its own. */
  takeReleased(): Uint8Array | undefined {
    if (this.#released === 0) return undefined;
    this.#released--;
    return this.#held.shift();
  }

  /** Closes epoch 0 and opens application data; what was held is tried one last time. */
  completeHandshake(): void {
    this.#handshakeComplete = true;
    this.holding = false;
    this.#release();
  }

  /** Adds the keys by which we seal the records of an epoch; it is the one of application data when it is the highest. */
  installWrite12(epoch: number, keys: Keys12): void {
    this.#addWrite({ epoch, sealer: new Sealer12(keys), next: 0 });
  }

  /** Adds the keys by which we seal the records of an epoch; it is the one of application data when it is the highest. */
  installWrite13(epoch: number, keys: Keys13): void {
    this.#addWrite({ epoch, sealer: new Sealer13(keys), next: 0 });
  }

  /** Forgets how to write in epochs below `epoch`. */
  retireWrites(epoch: number): void {
    for (const [old, { sealer }] of this.#writes) {
      if (old >= epoch) continue;
      sealer.release();
      this.#writes.delete(old);
    }
  }

  /** Forgets how to open records of 1.3's epochs below `epoch`: whoever sends in them still repeats what has arrived. */
  retireReads(epoch: number): void {
    while ((this.#openers13.at(-1)?.epoch ?? epoch) < epoch) this.#openers13.pop()?.release();
  }

  /** Gives back what all keys hold, because the connection is over. Afterwards they work on, but slowly. */
  releaseKeys(): void {
    for (const { sealer } of this.#writes.values()) sealer.release();
    for (const opener of this.#openers13) opener.release();
    this.#opener12?.release();
  }

  /** Bytes before the payload of a record in the highest epoch. */
  get currentHeaderLength(): number {
    return this.#current.sealer.headerLength;
  }

  /** Bytes before the payload of a record in an epoch. */
  headerLength(epoch: number): number {
    return this.#write(epoch).sealer.headerLength;
  }

  /** Bytes around the payload of a record in an epoch. */
  overhead(epoch: number): number {
    const { sealer } = this.#write(epoch);
    return sealer.headerLength + sealer.trailerLength;
  }

  /**
   * Makes a record at `start` out of the payload of `length` bytes that stands behind room for the header.
   * @returns the offset behind the record
   */
  seal(type: number, epoch: number, bytes: Uint8Array, start: number, length: number): number {
    const write = epoch === this.#writeEpoch ? this.#current : this.#write(epoch);
    assert(write.next < MAX_SEQUENCE, "an epoch ran out of record numbers");
    this.recordsSent++;
    return write.sealer.seal(type, epoch, write.next++, bytes, start, length);
  }

  /** The number of the record that was sealed last in an epoch. */
  lastSequence(epoch: number): number {
    return this.#write(epoch).next - 1;
  }

  #release(): void {
    this.#released = this.#held.size;
  }

  #addWrite(write: WriteEpoch): void {
    this.#writes.set(write.epoch, write);
    if (write.epoch <= this.#writeEpoch) return;
    this.#writeEpoch = write.epoch;
    this.#current = write;
  }

  #write(epoch: number): WriteEpoch {
    const write = this.#writes.get(epoch);
    if (write === undefined) throw new InternalError(`no keys to write in epoch ${epoch}`);
    return write;
  }

  #nextUnified(): boolean {
    const start = this.#offset;
    const header = decodeUnifiedHeader(this.#datagram, start, this.#end, this.#unified);
    if (header === undefined) return this.#dropRest();
    this.#offset = start + header.headerLength + header.length;
    const opener = this.#opener13(header.epochBits);
    if (opener === undefined) return this.#hold(start, header.epochBits >= 2 && header.epochBits > this.readEpoch);
    return this.#count(opener.open(this.#datagram, start, header, this.record));
  }

  /** The keys for the newest epoch with these low bits. */
  #opener13(epochBits: number): Opener13 | undefined {
    for (const opener of this.#openers13) if ((opener.epoch & 3) === epochBits) return opener;
    return undefined;
  }

  #nextPlain(): boolean {
    const start = this.#offset;
    const header = decodePlainHeader(this.#datagram, start, this.#end, this.#plain);
    if (header === undefined) return this.#dropRest();
    this.#offset = start + PLAIN_HEADER_LENGTH + header.length;
    if (header.epoch > 0) {
      const opener = this.#opener12;
      if (opener === undefined || header.epoch !== opener.epoch) return this.#hold(start, header.epoch === 1);
      if (header.type === ContentType.APPLICATION_DATA && !this.#handshakeComplete) return this.#hold(start, true);
      return this.#count(opener.open(this.#datagram, start, header, this.record));
    }
    if (this.#handshakeComplete) return this.#drop("unknown-epoch");
    // No window here: anyone could move it and so shut the peer out.
    this.record.bytes = this.#datagram;
    this.record.type = header.type;
    this.record.epoch = 0;
    this.record.sequence = header.sequence;
    this.record.start = start + PLAIN_HEADER_LENGTH;
    this.record.end = this.#offset;
    return true;
  }

  #count(failure: OpenFailure | undefined): boolean {
    if (failure === undefined) return true;
    return this.#drop(failure);
  }

  #hold(start: number, future: boolean): boolean {
    if (!this.holding || !future) return this.#drop("unknown-epoch");
    if (this.#held.size >= MAX_HELD) return this.#drop("queue-full");
    // A copy, so that it does not keep what it came with.
    this.#held.push(this.#datagram.slice(start, this.#offset));
    return false;
  }

  #dropRest(): boolean {
    this.#offset = this.#end;
    return this.#drop("malformed-header");
  }

  #drop(reason: DtlsDrop): false {
    this.drops.count(reason);
    return false;
  }
}

/**
 * A DTLS connection, 1.3 (RFC 9147) or 1.2 (RFC 6347), client or server: datagrams in and out, application data sealed and
 * opened in place.
 *
 * Here is only the doorway: records are opened in `record/`, handshake messages go to the current step (`client-start`,
 * `server-start`, then `flight13/` or `flight12/`), what is sent reliably waits in `reliable-flight`.
 */
import type { InnerEngine } from "../base/engine.ts";
import { assert } from "../base/errors.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { Ring } from "../base/ring.ts";
import type { Transmit } from "../base/transmit.ts";
import { Alert, AlertLevel } from "./alert.ts";
import { ClientStart } from "./client-start.ts";
import { DtlsError, fatal } from "./errors.ts";
import type { DtlsEvent, DtlsState, DtlsStats } from "./events.ts";
import { PROTECTED_EPOCH } from "./flight12/session.ts";
import { Epoch } from "./flight13/epoch.ts";
import { groupName } from "./groups.ts";
import { type DtlsRole, HandshakeContext } from "./handshake-context.ts";
import { takeAckRecord } from "./incoming-ack.ts";
import { takeAlertRecord } from "./incoming-alert.ts";
import { takeHandshakeRecord } from "./incoming-handshake.ts";
import { type DtlsOptions, settingsOf } from "./options.ts";
import { PendingAlert } from "./pending-alert.ts";
import { type Plaintext, PlaintextQueue } from "./plaintext-queue.ts";
import { ContentType, MAX_PLAINTEXT } from "./record/content-type.ts";
import type { DtlsDrop } from "./record/record-layer.ts";
import { ServerStart } from "./server-start.ts";
import { DtlsVersion } from "./version.ts";

// What the connection reports and hands up belongs to its face.
export type { DtlsEvent, DtlsRetry, DtlsState, DtlsStats } from "./events.ts";
export type { Plaintext } from "./plaintext-queue.ts";

/** From the first datagram to the last of the handshake, in milliseconds. */
const HANDSHAKE_TIMEOUT = 45_000;

/** 1.2's AES-GCM: header, explicit nonce and tag. */
const MAX_OVERHEAD = 13 + 8 + 16;

/** One connection. */
export class DtlsConnection implements InnerEngine<DtlsEvent> {
  readonly role: DtlsRole;
  readonly #context: HandshakeContext;
  readonly #keyUpdateAfter: number;
  readonly #alert = new PendingAlert();
  readonly #plaintext = new PlaintextQueue();
  readonly #events = new Ring<DtlsEvent>(4);
  #state: DtlsState = "new";
  #giveUpAt: Instant = NEVER;

  /** @throws RangeError when the options contradict each other */
  constructor(options: DtlsOptions) {
    this.role = options.role;
    this.#keyUpdateAfter = options.keyUpdateAfter ?? Number.POSITIVE_INFINITY;
    this.#context = new HandshakeContext(settingsOf(options), (context) =>
      options.role === "client" ? new ClientStart(context) : new ServerStart(context),
    );
  }

  /** Where it stands. */
  get state(): DtlsState {
    return this.#state;
  }

  /** The version; undefined until it is negotiated. */
  get version(): DtlsVersion | undefined {
    return this.#context.version;
  }

  /** What was dropped and why. */
  get drops(): HandshakeContext["records"]["drops"] {
    return this.#context.records.drops;
  }

  /** Counters. */
  stats(): DtlsStats {
    const { records, flight } = this.#context;
    const { recordsSent, recordsReceived } = records;
    return { recordsSent, recordsReceived, retransmissions: flight.retransmissions, drops: records.drops.toJSON() };
  }

  /** A client sends its ClientHello; a server is ready for one. Only the first call counts. */
  start(now: Instant): void {
    if (this.#state !== "new") return;
    const { step } = this.#context;
    if (step instanceof ClientStart) {
      this.#begin(now);
      step.start();
    }
  }

  receive(bytes: Uint8Array, now: Instant, start: number = 0, end: number = bytes.length): void {
    if (this.#isOver) {
      this.drops.count("closed");
      if (this.#state === "failed") this.#alert.repeat();
      return;
    }
    try {
      this.#read(bytes, start, end, now);
      // Keys that have just come may open what came too early.
      let held = this.#context.records.takeReleased();
      for (; held !== undefined && !this.#isOver; held = this.#context.records.takeReleased())
        this.#read(held, 0, held.length, now);
    } catch (error) {
      this.#fail(error);
    }
  }

  advance(now: Instant): void {
    if (this.#isOver) return;
    const { flight } = this.#context;
    const exhausted = !flight.advance(now);
    // Afterwards whoever sits above notices a dead peer: a final ACK that never came proves nothing.
    if (exhausted && this.#state === "connected") flight.clear();
    else if (exhausted || now >= this.#giveUpAt) this.#end(new DtlsError("timeout", "the peer does not answer", undefined));
  }

  deadline(): Instant {
    if (this.#isOver) return NEVER;
    const { flight, received, version } = this.#context;
    const ack = version === DtlsVersion.V1_3 ? received.deadline : NEVER;
    return Math.min(flight.deadline, ack, this.#giveUpAt);
  }

  /** Writes the next alert, ACK or datagram of a handshake flight at `out.start`; never application data. */
  transmit(out: Transmit, now: Instant): boolean {
    const { records, flight, received, session, version } = this.#context;
    if (this.#alert.transmit(records, out)) return true;
    if (this.#isOver) return false;
    if (version === DtlsVersion.V1_3 && received.deadline <= now) {
      this.#writeAck(out);
      return true;
    }
    if (session?.keyUpdates?.wanted(this.#keyUpdateLimit) === true) session.keyUpdates.send();
    return flight.transmit(out, now);
  }

  takeEvent(): DtlsEvent | undefined {
    return this.#events.shift();
  }

  /** Removes the oldest application data, where it stands in its datagram. The object is good until the next call, the memory for good. */
  takePlaintext(): Plaintext | undefined {
    return this.#plaintext.shift();
  }

  /** Bytes that `seal` adds. Before the connection is there, the most that it may be. */
  get sealOverhead(): number {
    const { records, session } = this.#context;
    return session === undefined ? MAX_OVERHEAD : records.overhead(records.writeEpoch);
  }

  /** The largest payload that the peer says it takes, in bytes (RFC 8449); undefined when it says nothing. */
  get remoteRecordSizeLimit(): number | undefined {
    return this.#context.remoteRecordSizeLimit;
  }

  /** The largest payload that `seal` takes, in bytes (RFC 9147 §4, RFC 6347 §4.1). */
  get maxPlaintext(): number {
    return MAX_PLAINTEXT;
  }

  /**
   * Makes the payload in `out` a record, where it stands: `start` moves down, `length` grows.
   * @throws InternalError unless connected, or when the payload is longer than a record may be
   */
  seal(out: Transmit): void {
    assert(this.#state === "connected", "seal needs a connection");
    assert(out.length <= MAX_PLAINTEXT, "the payload is longer than a record");
    const { records } = this.#context;
    const start = out.start - records.currentHeaderLength;
    const end = records.seal(ContentType.APPLICATION_DATA, records.writeEpoch, out.bytes, start, out.length);
    out.start = start;
    out.length = end - start;
  }

  /**
   * Keying material for another protocol (RFC 9846 §7.5, RFC 5705), such as SRTP.
   * @throws InternalError unless connected
   */
  exportKeyingMaterial(label: string, context: Uint8Array | undefined, length: number): Uint8Array {
    const { session } = this.#context;
    assert(session !== undefined, "an exporter needs a connection");
    return session.exportKeyingMaterial(label, context, length);
  }

  /** Ends the connection with a close_notify, which `transmit` sends. There is no event. */
  close(_now: Instant): void {
    if (this.#isOver) return;
    if (this.#state !== "new") this.#alert.set(AlertLevel.WARNING, Alert.CLOSE_NOTIFY);
    this.#state = "closed";
    this.#context.records.releaseKeys();
  }

  get #isOver(): boolean {
    return this.#state === "closed" || this.#state === "failed";
  }

  /** Records after which keys are changed: RFC 9846 §5.5 allows AES-GCM 2^24.5 of full size. */
  get #keyUpdateLimit(): number {
    const gcm = this.#context.session?.suite.aead !== "CHACHA20-POLY1305";
    return Math.min(this.#keyUpdateAfter, gcm ? 2 ** 23 : 2 ** 40);
  }

  #begin(now: Instant): void {
    this.#state = "connecting";
    this.#giveUpAt = now + HANDSHAKE_TIMEOUT;
  }

  #read(bytes: Uint8Array, start: number, end: number, now: Instant): void {
    const { records } = this.#context;
    records.begin(bytes, start, end);
    while (!this.#isOver && records.next()) this.#handleRecord(now);
    if (records.integrityLimitReached) throw fatal(Alert.BAD_RECORD_MAC, "too many records were forged");
  }

  #handleRecord(now: Instant): void {
    const { record } = this.#context.records;
    switch (record.type) {
      case ContentType.APPLICATION_DATA:
        this.#handleApplicationData();
        return;
      case ContentType.HANDSHAKE:
        this.#handleHandshake(now);
        return;
      case ContentType.ACK:
        if (!takeAckRecord(this.#context, record, now)) this.#drop("unexpected-record");
        return;
      case ContentType.ALERT:
        this.#handleAlert();
        return;
      case ContentType.CHANGE_CIPHER_SPEC:
        // The epoch of a record says all that this says; but 1.3 must not see it.
        if (this.#context.version === DtlsVersion.V1_3) this.#drop("unexpected-record");
        return;
      default:
        this.#drop("unexpected-record");
        return;
    }
  }

  #handleApplicationData(): void {
    const { record } = this.#context.records;
    const first = this.#context.version === DtlsVersion.V1_3 ? Epoch.APPLICATION : PROTECTED_EPOCH;
    if (this.#state !== "connected" || record.epoch < first) {
      this.#drop("unexpected-record");
      return;
    }
    if (!this.#plaintext.push(record.bytes, record.start, record.end)) this.#drop("queue-full");
  }

  #handleHandshake(now: Instant): void {
    // A client that has not begun expects nothing.
    if (this.#state === "new" && this.role === "client") {
      this.#drop("unexpected-record");
      return;
    }
    const outcome = takeHandshakeRecord(this.#context, this.#context.records.record, now);
    if (outcome === "renegotiation") this.#alert.set(AlertLevel.WARNING, Alert.NO_RENEGOTIATION);
    // A server has begun when it has something to answer: a stranger's fragment must not start the clock.
    if (this.#state === "new" && !this.#context.flight.empty) this.#begin(now);
    if (this.#state === "connecting" && this.#context.session !== undefined) this.#connected();
  }

  #connected(): void {
    const { session, retry } = this.#context;
    if (session === undefined) return;
    const { version, suite, group, srtpProfile, remoteCertificates } = session;
    this.#state = "connected";
    this.#giveUpAt = NEVER;
    // The client's Finished has acknowledged all that a server of 1.3 writes with handshake keys; it may be repeated, and is read yet.
    if (this.role === "server" && version === DtlsVersion.V1_3) this.#context.records.retireWrites(Epoch.APPLICATION);
    this.#events.push({
      type: "connected",
      version,
      cipherSuite: suite.id,
      cipherSuiteName: suite.name,
      group,
      groupName: groupName(group) ?? "",
      retry,
      srtpProfile,
      remoteCertificates,
    });
  }

  #handleAlert(): void {
    const outcome = takeAlertRecord(this.#context, this.#context.records.record);
    if (outcome === "malformed") this.#drop("malformed-record");
    else if (outcome === "ignored" || this.#state === "new") this.#drop("ignored-alert");
    else if (outcome !== "closed") this.#end(outcome);
    else {
      if (this.#state === "connected") this.#alert.set(AlertLevel.WARNING, Alert.CLOSE_NOTIFY);
      this.#end(undefined);
    }
  }

  #writeAck(out: Transmit): void {
    const { records, received, settings } = this.#context;
    const epoch = records.writeEpoch;
    const start = out.start + records.headerLength(epoch);
    const room = Math.min(settings.mtu, out.bytes.length - out.start) - records.overhead(epoch);
    const end = received.write(out.bytes, start, room);
    out.length = records.seal(ContentType.ACK, epoch, out.bytes, out.start, end - start) - out.start;
    // Afterwards each record is acknowledged once.
    if (this.#state === "connected") received.clear();
  }

  #drop(reason: DtlsDrop): void {
    this.drops.count(reason);
  }

  /** Ends it with an error of the protocol; any other error is a bug of ours and goes on. */
  #fail(error: unknown): void {
    if (!(error instanceof DtlsError)) throw error;
    if (error.alert !== undefined) this.#alert.set(AlertLevel.FATAL, error.alert);
    this.#end(error);
  }

  #end(error: DtlsError | undefined): void {
    this.#state = error === undefined ? "closed" : "failed";
    this.#context.flight.clear();
    this.#context.records.releaseKeys();
    this.#events.push({ type: "closed", error });
  }
}

/**
 * What the flights of both versions and both roles work on.
 */
import type { Random } from "../base/random.ts";
import type { Certificate } from "../crypto/certificate.ts";
import type { Fingerprint } from "../crypto/fingerprint.ts";
import type { CipherSuite } from "./cipher-suites.ts";
import type { DtlsRetry } from "./events.ts";
import type { HandshakeMessage } from "./handshake/handshake-type.ts";
import { Reassembly } from "./handshake/reassembly.ts";
import { ReceivedRecords } from "./received-records.ts";
import { RecordLayer } from "./record/record-layer.ts";
import { ReliableFlight } from "./reliable-flight.ts";
import { Transcript } from "./transcript.ts";
import type { DtlsVersion } from "./version.ts";

/** Which side we are on. */
export type DtlsRole = "client" | "server";

/** What a handshake needs to know from outside. */
export interface HandshakeSettings {
  readonly role: DtlsRole;
  readonly certificate: Certificate;
  readonly random: Random;
  readonly remoteFingerprints: readonly Fingerprint[];
  readonly minVersion: DtlsVersion;
  readonly maxVersion: DtlsVersion;
  /** Best first. */
  readonly groups: readonly number[];
  /** Best first; empty when SRTP is not wanted. */
  readonly srtpProfiles: readonly number[];
  /** Whether a server asks for proof of the client's address. */
  readonly cookie: boolean;
  readonly mtu: number;
  /** Milliseconds until the first retransmission. */
  readonly retransmitAfter: number;
}

/** What a handshake leads to. */
export interface Session {
  readonly version: DtlsVersion;
  readonly suite: CipherSuite;
  readonly group: number;
  readonly srtpProfile: number | undefined;
  /** In DER, the peer's own first. */
  readonly remoteCertificates: readonly Uint8Array[];
  exportKeyingMaterial(label: string, context: Uint8Array | undefined, length: number): Uint8Array;
  /** 1.3's messages after the handshake; 1.2 has none. */
  readonly keyUpdates: KeyUpdates | undefined;
}

/** Fresh keys for a running connection of 1.3 (RFC 9147 §8). */
export interface KeyUpdates {
  /** Whether we should send a KeyUpdate; `limit` is the number of records after which we do it by ourselves. */
  wanted(limit: number): boolean;
  /** Makes the KeyUpdate the flight on its way. */
  send(): void;
  /** The peer has it: write with the new keys. */
  acknowledged(): void;
}

/** What waits for the next message of the peer. */
export interface HandshakeStep {
  /** Takes the next message in order. @throws DtlsError when the handshake cannot go on */
  handle(message: HandshakeMessage): void;
}

/** One handshake: its state apart from what the current step knows. */
export class HandshakeContext {
  readonly settings: HandshakeSettings;
  readonly records: RecordLayer = new RecordLayer();
  readonly reassembly: Reassembly = new Reassembly();
  readonly received: ReceivedRecords = new ReceivedRecords();
  readonly transcript: Transcript = new Transcript();
  readonly flight: ReliableFlight;
  step: HandshakeStep;
  /** Undefined until the ServerHello decides it. */
  version: DtlsVersion | undefined = undefined;
  /** The longest plaintext of a record that the peer takes (RFC 8449); undefined when it does not say. */
  remoteRecordSizeLimit: number | undefined = undefined;
  /** New messages must come in this epoch or a later one. */
  minEpoch: number = 0;
  session: Session | undefined = undefined;
  /** Whether, and how, the client was made to say hello again. */
  retry: DtlsRetry | undefined = undefined;

  /** @param first makes the step that takes the first message */
  constructor(settings: HandshakeSettings, first: (context: HandshakeContext) => HandshakeStep) {
    this.settings = settings;
    this.flight = new ReliableFlight(this.records, settings.mtu, settings.retransmitAfter);
    this.step = first(this);
  }

  /** Begins our next flight, which answers the peer's. @param timed whether it is sent again by itself */
  beginFlight(timed: boolean): void {
    this.received.clear();
    // Only 1.3 says that a record may carry several messages; older peers have been seen to choke.
    this.flight.begin(timed, this.version !== undefined && this.minEpoch > 0);
    this.records.holding = true;
  }

  /** Adds a message to our flight and to the transcript. */
  send(type: number, body: Uint8Array): void {
    this.transcript.add(type, this.flight.add(type, body), body);
  }

  /** Adds a message of the peer to the transcript. */
  accept(message: HandshakeMessage): void {
    this.transcript.add(message.type, message.seq, message.body);
  }

  /** From now on new messages must be protected: forgets what was not. */
  expectEpoch(epoch: number): void {
    this.minEpoch = epoch;
    this.reassembly.dropBelow(epoch);
  }

  /** Ends the handshake; `next` takes what comes after it. */
  complete(session: Session, next: HandshakeStep): void {
    this.session = session;
    this.step = next;
    this.records.completeHandshake();
  }
}

/**
 * What 1.3 sends after the handshake: KeyUpdate in both directions (RFC 9147 §8), and the server's tickets, which are
 * acknowledged and thrown away. Each message is acknowledged as a record (§7).
 */
import { Alert } from "../alert.ts";
import type { CipherSuite } from "../cipher-suites.ts";
import { fatal } from "../errors.ts";
import { type HandshakeMessage, HandshakeType } from "../handshake/handshake-type.ts";
import { decodeKeyUpdate, encodeKeyUpdate } from "../handshake/key-update.ts";
import { build } from "../handshake/vectors.ts";
import type { HandshakeContext, HandshakeStep, KeyUpdates } from "../handshake-context.ts";
import { nextSecret, trafficKeys } from "../key-schedule.ts";
import { decoded, unexpected } from "../negotiation.ts";

/** An epoch has 16 bits in the records of some peers, so it ends there (RFC 9147 §8). */
const MAX_EPOCH = 0xffff;

/** The traffic secrets in force. */
export interface DirectionalSecrets {
  readonly read: Uint8Array;
  readonly write: Uint8Array;
}

/** Waits for messages after the handshake. */
export class PostHandshake implements HandshakeStep, KeyUpdates {
  readonly #context: HandshakeContext;
  readonly #suite: CipherSuite;
  #read: Uint8Array;
  #write: Uint8Array;
  /** The peer asked for new keys. */
  #asked = false;
  /** Our KeyUpdate is on its way. */
  #sent = false;

  constructor(context: HandshakeContext, suite: CipherSuite, secrets: DirectionalSecrets) {
    this.#context = context;
    this.#suite = suite;
    this.#read = secrets.read;
    this.#write = secrets.write;
  }

  handle(message: HandshakeMessage): void {
    const { type, body } = message;
    const isClient = this.#context.settings.role === "client";
    if (type === HandshakeType.NEW_SESSION_TICKET && isClient) return;
    if (type !== HandshakeType.KEY_UPDATE) unexpected(type);
    const requested = decoded(decodeKeyUpdate(body, 0, body.length), "KeyUpdate");
    if (message.epoch !== this.#context.records.readEpoch) unexpected(type);
    if (message.epoch >= MAX_EPOCH) throw fatal(Alert.UNEXPECTED_MESSAGE, "the peer updated its keys too often");
    this.#read = nextSecret(this.#suite, this.#read);
    this.#context.records.installRead13(message.epoch + 1, trafficKeys(this.#suite, this.#read));
    this.#context.expectEpoch(message.epoch + 1);
    this.#asked ||= requested;
  }

  wanted(limit: number): boolean {
    const { records, flight } = this.#context;
    if (this.#sent || !flight.empty || records.writeEpoch >= MAX_EPOCH) return false;
    return this.#asked || records.sealedInEpoch >= limit;
  }

  send(): void {
    this.#asked = false;
    this.#sent = true;
    this.#context.flight.begin(true, true);
    // Not requested in return: each side knows best how many records it has sealed.
    this.#context.flight.add(
      HandshakeType.KEY_UPDATE,
      build((out, offset) => encodeKeyUpdate(false, out, offset)),
    );
  }

  acknowledged(): void {
    if (!this.#sent) return;
    this.#sent = false;
    const { records } = this.#context;
    const epoch = records.writeEpoch + 1;
    this.#write = nextSecret(this.#suite, this.#write);
    records.installWrite13(epoch, trafficKeys(this.#suite, this.#write));
    records.retireWrites(epoch);
  }
}

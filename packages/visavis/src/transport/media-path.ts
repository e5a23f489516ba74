/**
 * RTP and RTCP between a transport's datagrams and its RTP session: SRTP in between, by keys from DTLS (RFC 5764).
 *
 * What comes before the keys is held, as the other side may be done with the handshake before we are; what is to be sent waits where
 * it is.
 */
import { Drops } from "../base/drops.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import type { Route } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import type { DtlsConnection } from "../dtls/connection.ts";
import { EXPORTER_LABEL, exportLength, srtpKeys } from "../srtp/keys.ts";
import { isSrtpProfile } from "../srtp/profile.ts";
import { MAX_OVERHEAD, SrtpSession } from "../srtp/session.ts";
import { kindOf } from "./demux.ts";
import { HeldDatagrams } from "./held-datagrams.ts";
import type { OutgoingKind } from "./rtp-session.ts";

/** What speaks RTP and RTCP: an RTP session, as its transport sees it. */
export interface MediaEngine {
  /** Takes the RTP packet `bytes[start, end)`, which is genuine; the memory is the engine's. */
  receiveRtp(bytes: Uint8Array, start: number, end: number, now: Instant): void;
  /** Takes the RTCP packet, or compound of packets, `bytes[start, end)`, which is genuine. */
  receiveRtcp(bytes: Uint8Array, start: number, end: number, now: Instant): void;
  advance(now: Instant): void;
  deadline(): Instant;
  /** Writes the next packet at `out.start`, RTCP first; false when there is none. */
  transmit(out: Transmit, now: Instant): boolean;
  /** What was written last. Another RTP packet with a number that was used is not sent; a repeated one is the same bit by bit. */
  readonly kind: OutgoingKind;
  /** The most bytes of a packet before it is protected. It is set once it is known by how much protection makes it longer. */
  maxPacketSize: number;
}

/** What both descriptions agree on about protecting RTP. */
export interface SrtpChoices {
  /** Cryptex (RFC 9335). */
  readonly cryptex: boolean;
  /** Identifiers of header extensions that are encrypted (RFC 6904). */
  readonly encryptedExtensions: Iterable<number>;
}

/**
 * Why a packet was dropped: there are no keys, because the handshake agreed on no profile or because DTLS is over; or what was to be
 * sent was refused by SRTP.
 */
export type MediaDrop = "no-keys" | "not-protected";

/** Early packets that are kept, in all and of one route. */
const MAX_HELD = 64;

/** What went through, in packets. */
export interface MediaCounters {
  rtpSent: number;
  rtcpSent: number;
  rtpReceived: number;
  rtcpReceived: number;
}

/** One transport's RTP and RTCP. */
export class MediaPath {
  readonly engine: MediaEngine;
  readonly held: HeldDatagrams = new HeldDatagrams(MAX_HELD, MAX_HELD);
  readonly drops: Drops<MediaDrop> = new Drops();
  readonly counters: MediaCounters = { rtpSent: 0, rtcpSent: 0, rtpReceived: 0, rtcpReceived: 0 };
  readonly #mtu: number;
  #choices: SrtpChoices = { cryptex: false, encryptedExtensions: [] };
  #session: SrtpSession | undefined = undefined;

  /** @param mtu the largest UDP payload, in bytes */
  constructor(engine: MediaEngine, mtu: number) {
    this.engine = engine;
    this.#mtu = mtu;
  }

  /** Undefined before the handshake is done, and after its end. */
  get session(): SrtpSession | undefined {
    return this.#session;
  }

  /** What the descriptions agree on now. */
  choose(choices: SrtpChoices): void {
    this.#choices = choices;
    this.#session?.setCryptex(choices.cryptex);
    this.#session?.setEncryptedExtensions(choices.encryptedExtensions);
    if (this.#session !== undefined) this.#fit(this.#session);
  }

  /** Takes keys from a handshake that is done. Without a profile both sides know, everything is dropped. */
  start(dtls: DtlsConnection, profile: number | undefined, role: "client" | "server"): void {
    if (this.#session !== undefined || profile === undefined || !isSrtpProfile(profile)) return;
    const exported = dtls.exportKeyingMaterial(EXPORTER_LABEL, undefined, exportLength(profile));
    const { local, remote } = srtpKeys(profile, exported, role);
    this.#session = new SrtpSession({ profile, localKey: local, remoteKey: remote, ...this.#choices });
    this.#fit(this.#session);
  }

  /** DTLS is over, and with it the keys. */
  stop(): void {
    this.#session?.release();
    this.#session = undefined;
    this.held.clear();
  }

  /** Keeps a packet that came before the keys, or before a check proved its route. It is the path's own. */
  hold(datagram: Uint8Array, route: Route): void {
    this.held.hold(datagram, route);
  }

  /** Takes what was held, as far as its route is known now. */
  release(isKnown: (route: Route) => boolean, now: Instant): void {
    if (this.held.size === 0) return;
    for (const datagram of this.held.release(isKnown)) this.receive(datagram, 0, datagram.length, now);
    this.held.clear();
  }

  /** Takes a packet from a known route. */
  receive(bytes: Uint8Array, start: number, end: number, now: Instant): void {
    const session = this.#session;
    if (session === undefined) {
      this.drops.count("no-keys");
      return;
    }
    if (kindOf(bytes, start, end) === "rtcp") {
      const packetEnd = session.unprotectRtcp(bytes, start, end);
      if (packetEnd < 0) return;
      this.counters.rtcpReceived++;
      this.engine.receiveRtcp(bytes, start, packetEnd, now);
      return;
    }
    const packetEnd = session.unprotectRtp(bytes, start, end);
    if (packetEnd < 0) return;
    this.counters.rtpReceived++;
    this.engine.receiveRtp(bytes, start, packetEnd, now);
  }

  /** Like the engine's; not before there are keys, as nothing can be sent by then. */
  advance(now: Instant): void {
    if (this.#session !== undefined && this.engine.deadline() <= now) this.engine.advance(now);
  }

  deadline(): Instant {
    return this.#session === undefined ? NEVER : this.engine.deadline();
  }

  /** Writes the next protected packet; false when there is none. */
  transmit(out: Transmit, now: Instant): boolean {
    const session = this.#session;
    if (session === undefined) return false;
    while (this.engine.transmit(out, now)) {
      out.reserve(out.length + MAX_OVERHEAD);
      const { bytes, start } = out;
      const { kind } = this.engine;
      const end =
        kind === "rtcp"
          ? session.protectRtcp(bytes, start, start + out.length)
          : session.protectRtp(bytes, start, start + out.length, kind === "repeated-rtp");
      if (end >= 0) {
        if (kind === "rtcp") this.counters.rtcpSent++;
        else this.counters.rtpSent++;
        out.length = end - start;
        return true;
      }
      this.drops.count("not-protected");
      out.length = 0;
    }
    return false;
  }

  #fit({ rtpOverhead, rtcpOverhead }: SrtpSession): void {
    this.engine.maxPacketSize = this.#mtu - Math.max(rtpOverhead, rtcpOverhead);
  }
}

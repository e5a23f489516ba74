/**
 * One transport: ICE finds a path, DTLS makes it secret, SCTP's channels and SRTP go through it. The only place that joins them.
 *
 * Order of sending: ICE, DTLS flights, RTCP, RTP as it is paced, SCTP in DTLS.
 */
import { Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { Ring } from "../base/ring.ts";
import type { Route, RouteTable } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import type { ChannelTable } from "../datachannel/channel-table.ts";
import { DtlsConnection, type DtlsState } from "../dtls/connection.ts";
import type { IceCandidate } from "../ice/candidate.ts";
import { isIndirect } from "../ice/detours.ts";
import { IceAgent } from "../ice/ice-agent.ts";
import type { IceRole } from "../ice/ice-event.ts";
import type { IceParameters } from "../ice/ice-parameters.ts";
import { srtpProfileName } from "../srtp/profile.ts";
import { type BundleTransportOptions, DEFAULT_MTU, type DtlsStart, type SctpStart } from "./bundle-transport-options.ts";
import { DatagramRows } from "./datagram-rows.ts";
import { kindOf, type PacketKind } from "./demux.ts";
import { dtlsOptionsOf } from "./dtls-choices.ts";
import { HeldDatagrams } from "./held-datagrams.ts";
import { type MediaEngine, MediaPath, type SrtpChoices } from "./media-path.ts";
import { RtpSession } from "./rtp-session.ts";
import type { TrafficCounters, TransportCounters } from "./transport-counters.ts";
import type { DtlsAgreement, TransportEvent } from "./transport-event.ts";

/**
 * Datagrams of this size and less are fit for all. libwebrtc reads into 2048 bytes, and gives the connection up over a record that does not
 * fit: larger ones are for those who say how much they take (RFC 8449).
 */
const USUAL_DATAGRAM = 2048;

/** Why a datagram or a remote candidate was dropped. */
export type TransportDrop = Exclude<PacketKind, "stun" | "dtls"> | "unknown-route" | "closed" | "candidate-limit";

/** Remote candidates of one ICE generation that are looked at. ICE uses fewer. */
const MAX_REMOTE_CANDIDATES = 256;

/** One ICE + DTLS + SCTP bundle. */
export class BundleTransport implements NetworkEngine<TransportEvent> {
  readonly routes: RouteTable;
  /** For reading. What changes it goes through the methods below. */
  readonly ice: IceAgent;
  #channels: ChannelTable;
  readonly drops: Drops<TransportDrop> = new Drops();
  readonly held: HeldDatagrams = new HeldDatagrams();
  readonly traffic: TrafficCounters = { bytesSent: 0, packetsSent: 0, bytesReceived: 0, packetsReceived: 0 };
  readonly #options: BundleTransportOptions;
  /** The remote candidates of this ICE generation, by where they are. */
  readonly #told = new Set<string>();
  readonly #events = new Ring<TransportEvent>();
  readonly #rows = new DatagramRows();
  #dtls: DtlsConnection | undefined = undefined;
  #dtlsRole: "client" | "server" | undefined = undefined;
  #dtlsState: DtlsState = "new";
  #agreement: DtlsAgreement | undefined = undefined;
  #media: MediaPath | undefined = undefined;
  #rtp: RtpSession | undefined = undefined;
  #sctp: SctpStart | undefined = undefined;
  #sctpStarted = false;
  /** The route whose size SCTP knows of. */
  #measuredRoute: Route | undefined = undefined;
  #closing = false;
  /** The way for farewells, once ICE is closed. */
  #lastRoute: Route | undefined = undefined;

  constructor(options: BundleTransportOptions) {
    this.#options = options;
    this.routes = options.routes;
    this.#channels = options.channels;
    this.ice = new IceAgent({ random: options.random, routes: options.routes, ...options.ice });
  }

  /** The channels, which SCTP starts for at `startSctp`. */
  get channels(): ChannelTable {
    return this.#channels;
  }

  /** Other channels from now on: the section of the old ones is gone, and one that comes later begins anew. */
  replaceChannels(channels: ChannelTable): void {
    this.#channels = channels;
    this.#sctp = undefined;
    this.#sctpStarted = false;
    this.#measuredRoute = undefined;
  }

  /** The state of the DTLS part. */
  get dtlsState(): DtlsState {
    return this.#dtlsState;
  }

  /** Our role in DTLS, once it is settled. */
  get dtlsRole(): "client" | "server" | undefined {
    return this.#dtlsRole;
  }

  /** What the handshake agreed on; undefined before it is done. */
  get agreement(): DtlsAgreement | undefined {
    return this.#agreement;
  }

  /** The protection profile of RTP, by its name in the registry; undefined while there is none in use. */
  get srtpProfileName(): string | undefined {
    const session = this.#media?.session;
    return session && srtpProfileName(session.profile);
  }

  /** What was counted and dropped on each floor, as a copy. */
  counters(): TransportCounters {
    const { association } = this.channels;
    const drops: Record<string, Record<string, number>> = {
      transport: { ...this.drops.toJSON(), ...this.held.drops.toJSON() },
      ice: this.ice.drops.toJSON(),
      dtls: this.#dtls?.drops.toJSON() ?? {},
      sctp: association?.drops.toJSON() ?? {},
      datachannel: this.channels.drops.toJSON(),
      media: { ...this.#media?.drops.toJSON(), ...this.#media?.held.drops.toJSON() },
      srtp: this.#media?.session?.drops.toJSON() ?? {},
      rtp: { ...this.#rtp?.drops.toJSON(), ...this.#rtp?.router.drops.toJSON() },
    };
    const sctp = association && {
      ...association.counters,
      smoothedRoundTripTime: association.smoothedRoundTripTime,
      congestionWindow: association.congestionWindow,
      negotiated: association.negotiated,
      mtu: association.mtu,
      pathMtuState: association.pathMtuState,
    };
    const dtls = this.#agreement && { groupName: this.#agreement.groupName, retry: this.#agreement.retry };
    return { drops, dtls, sctp, media: this.#media && { ...this.#media.counters } };
  }

  /** Opens sockets and finds candidates. */
  gather(now: Instant): void {
    this.ice.gather(now);
    this.#settle(now);
  }

  /** Takes the other side's ICE user name fragment and password; checks may begin. */
  setRemoteParameters(parameters: IceParameters, now: Instant): void {
    if (this.ice.remoteParameters !== undefined) this.#told.clear();
    this.ice.setRemoteParameters(parameters, now);
    this.#settle(now);
  }

  /** Takes one way to reach the other side. One that was told before, as every later description does, is passed over. */
  addRemoteCandidate(candidate: IceCandidate, now: Instant): void {
    const { component, protocol, address, port, usernameFragment = "" } = candidate;
    const key = [component, protocol, address, port, usernameFragment].join(" ");
    if (this.#told.has(key)) return;
    if (this.#told.size >= MAX_REMOTE_CANDIDATES) {
      this.drops.count("candidate-limit");
      return;
    }
    this.#told.add(key);
    this.ice.addRemoteCandidate(candidate, now);
    this.#settle(now);
  }

  addEndOfRemoteCandidates(now: Instant): void {
    this.ice.addEndOfRemoteCandidates(now);
    this.#settle(now);
  }

  /** Starts a new generation of ICE with these credentials; data goes on by the old pair until a new one works. */
  restartIce(parameters: IceParameters, role: IceRole, now: Instant): void {
    this.#told.clear();
    this.ice.restart(now, parameters);
    this.ice.setRole(role);
    this.#settle(now);
  }

  /** Takes back a restart that was not answered. False when there is none. */
  rollbackIce(now: Instant): boolean {
    this.#told.clear();
    const done = this.ice.rollback(now);
    this.#settle(now);
    return done;
  }

  /** Says how DTLS is to be met. The handshake begins with the first valid pair. Once only. */
  startDtls(start: DtlsStart, now: Instant): void {
    if (this.#dtls !== undefined || this.#closing) return;
    const { random, certificate, dtls = {}, mtu = DEFAULT_MTU } = this.#options;
    this.#dtlsRole = start.role;
    this.#dtls = new DtlsConnection({
      certificate,
      random,
      mtu,
      role: start.role,
      remoteFingerprints: start.remoteFingerprints,
      ...dtlsOptionsOf(dtls),
    });
    this.#settle(now);
  }

  /**
   * Says how SCTP is to be met, after `startDtls`; a second call only changes the largest message. Channels have their ids then;
   * the association begins when DTLS is connected.
   */
  startSctp(start: SctpStart, now: Instant): void {
    this.#sctp = start;
    this.channels.setMaxMessageSize(start.maxMessageSize);
    if (this.#dtlsRole !== undefined) this.channels.assignIds(this.#dtlsRole);
    this.#settle(now);
  }

  /** Takes and gives RTP and RTCP by another engine than {@link rtp}, which must not have been asked for. Once only. */
  startMedia(engine: MediaEngine): void {
    this.#media ??= new MediaPath(engine, DEFAULT_MTU);
    this.#rows.refuse();
  }

  /** The RTP session, made when it is first asked for: because a description speaks of media. Keys come from DTLS. */
  get rtp(): RtpSession {
    if (this.#rtp === undefined) {
      const { random, epoch = 0 } = this.#options;
      this.#rtp = new RtpSession({ random, epoch });
      this.startMedia(this.#rtp);
    }
    return this.#rtp;
  }

  /** Whether the RTP session was asked for. */
  get hasRtp(): boolean {
    return this.#rtp !== undefined;
  }

  /** What the descriptions agree on about protecting RTP, once there is media; it may change. */
  chooseSrtp(choices: SrtpChoices): void {
    this.#media?.choose(choices);
  }

  /**
   * Ends everything: what the channels still have to say goes out, DTLS says close_notify, sockets are given back. Channels are
   * not touched: they may go on by another transport. What is left is to be transmitted.
   */
  close(now: Instant): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#lastRoute = this.ice.sendRoute;
    this.#rtp?.close(now);
    this.held.clear();
    this.ice.close(now);
    this.#events.clear();
  }

  receive(bytes: Uint8Array, route: Route, now: Instant, start: number = 0, end: number = bytes.length): void {
    if (this.#closing) {
      this.drops.count("closed");
      return;
    }
    const kind = kindOf(bytes, start, end);
    // A piece of a stream may look like anything.
    const isPiece = !isIndirect(route) && (route.protocol !== "udp" || (kind === "channel-data" && this.ice.hasDetours));
    if (isPiece || kind === "stun") {
      this.#receiveIce(aloneOf(bytes, start, end), route, now);
    } else if (kind === "dtls") this.#receiveDtls(bytes, start, end, route, now);
    else if (this.#media !== undefined && (kind === "rtp" || kind === "rtcp")) {
      // It changes nothing in ICE, DTLS and SCTP.
      this.#receiveMedia(this.#media, bytes, start, end, route, now);
      return;
    } else this.drops.count(kind);
    this.#settle(now);
  }

  #receiveIce(bytes: Uint8Array, route: Route, now: Instant): void {
    this.ice.receive(bytes, route, now);
    if (!this.ice.hasDetours || isIndirect(route)) return;
    // What came by way of a relay or a stream takes the same way once more; nothing is wrapped twice.
    for (let inner = this.ice.takeInner(); inner !== undefined; inner = this.ice.takeInner()) {
      this.receive(inner.bytes, inner.route, now, inner.start, inner.end);
    }
  }

  advance(now: Instant): void {
    if (this.#closing) return;
    if (this.ice.deadline() <= now) this.ice.advance(now);
    const dtls = this.#dtls;
    if (dtls !== undefined && this.ice.sendRoute !== undefined) {
      if (dtls.deadline() <= now) dtls.advance(now);
      if (this.#sctpStarted && this.channels.deadline() <= now) this.channels.advance(now);
      this.#media?.advance(now);
    }
    this.#settle(now);
  }

  /** While there is no way to send, the timers of what is above ICE wait: they would only count what was never sent as lost. */
  deadline(): Instant {
    if (this.#closing) return NEVER;
    const ice = this.ice.deadline();
    if (this.#dtls === undefined || this.ice.sendRoute === undefined) return ice;
    const sctp = this.#sctpStarted ? this.channels.deadline() : NEVER;
    return Math.min(ice, this.#dtls.deadline(), sctp, this.#media?.deadline() ?? NEVER);
  }

  transmit(out: Transmit, now: Instant): boolean {
    if (this.ice.transmit(out, now)) return true;
    const route = this.#closing ? this.#lastRoute : this.ice.sendRoute;
    while (route !== undefined && this.#transmitData(out, route, now)) {
      if (!isIndirect(route) || this.ice.wrap(out, now)) return true;
      out.reset();
    }
    return this.#closing && this.ice.transmitFarewell(out, now);
  }

  /** What goes by the pair in use. */
  #transmitData(out: Transmit, route: Route, now: Instant): boolean {
    const dtls = this.#dtls;
    if (dtls === undefined) return false;
    if (dtls.transmit(out, now)) {
      this.#sent(out, route, now);
      return true;
    }
    if (dtls.state !== "connected") return false;
    const media = this.#media;
    if (media !== undefined) {
      if (media.session === undefined) this.#startSrtp(media, now);
      this.#rtp?.follow(route, now);
      if (media.transmit(out, now)) {
        this.#sent(out, route, now);
        return true;
      }
    }
    if (route !== this.#measuredRoute && this.#sctpStarted && !this.#closing) this.#setPath(dtls, route);
    if (this.#sctpStarted && this.channels.transmit(out, now)) {
      dtls.seal(out);
      this.#sent(out, route, now);
      return true;
    }
    if (!this.#closing) return false;
    // The farewell of SCTP is out; now that of DTLS.
    dtls.close(now);
    this.#media?.stop();
    if (!dtls.transmit(out, now)) return false;
    out.route = route;
    return true;
  }

  takeEvent(): TransportEvent | undefined {
    const event = this.#events.shift();
    if (event !== undefined || this.#closing) return event;
    // Channels also have something to tell once bytes were sent, or messages taken.
    const channels = this.channels.takeEvent();
    if (channels !== undefined) return { type: "channels", event: channels };
    const rtp = this.#rtp?.takeEvent();
    return rtp && { type: "rtp", event: rtp };
  }

  takeAsk(): Ask | undefined {
    return this.ice.takeAsk() ?? this.#rows.takeAsk();
  }

  delimit(bytes: Uint8Array, start: number, end: number): number {
    return this.#rows.delimit(bytes, start, end);
  }

  answer(answer: Answer, now: Instant): void {
    this.ice.answer(answer, now);
    this.#settle(now);
  }

  /** Packets go by another route from now on. */
  #setPath(dtls: DtlsConnection, route: Route): void {
    this.#measuredRoute = route;
    const { mtu, headers, isLocal } = this.ice.pathBound(route);
    const overhead = headers + dtls.sealOverhead;
    const { remoteRecordSizeLimit = USUAL_DATAGRAM - dtls.sealOverhead } = dtls;
    const most = Math.min(mtu - overhead, remoteRecordSizeLimit, dtls.maxPlaintext);
    this.channels.setPath({ maxMtu: most, overhead, anySize: isLocal });
  }

  #sent(out: Transmit, route: Route, now: Instant): void {
    out.route = route;
    this.traffic.bytesSent += out.length;
    this.traffic.packetsSent++;
    this.ice.countSent(out.length, now);
  }

  #receiveDtls(bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    const dtls = this.#dtls;
    const isKnown = this.ice.isKnownRoute(route);
    if (dtls === undefined || !isKnown) {
      if (this.ice.isNameSocket(route.local)) {
        this.ice.receive(aloneOf(bytes, start, end), route, now);
        return;
      }
      // Once connected, data from elsewhere is either forged or ahead of a check that will come: SCTP repeats it.
      if (this.#dtlsState === "new" || this.#dtlsState === "connecting") this.held.hold(aloneOf(bytes, start, end), route);
      else this.drops.count("unknown-route");
      return;
    }
    this.traffic.bytesReceived += end - start;
    this.traffic.packetsReceived++;
    this.ice.countReceived(route, end - start, now);
    dtls.receive(bytes, now, start, end);
  }

  #receiveMedia(media: MediaPath, bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    const isEarly = this.#dtlsState === "new" || this.#dtlsState === "connecting";
    if (!this.ice.isKnownRoute(route)) {
      if (isEarly) media.hold(bytes.slice(start, end), route);
      else this.drops.count("unknown-route");
      return;
    }
    this.traffic.bytesReceived += end - start;
    this.traffic.packetsReceived++;
    this.ice.countReceived(route, end - start, now);
    if (isEarly) media.hold(bytes.slice(start, end), route);
    else {
      if (media.session === undefined) this.#startSrtp(media, now);
      media.receive(bytes, start, end, now);
    }
  }

  #startSrtp(media: MediaPath, now: Instant): void {
    if (this.#dtls === undefined || this.#dtlsState !== "connected") return;
    media.start(this.#dtls, this.#agreement?.srtpProfile, this.#dtlsRole ?? "client");
    media.release((route) => this.ice.isKnownRoute(route), now);
  }

  /** Lets what happened in one engine take effect in the next, and notes the events in that order. */
  #settle(now: Instant): void {
    if (this.#closing) return;
    for (let event = this.ice.takeEvent(); event !== undefined; event = this.ice.takeEvent()) {
      this.#events.push({ type: "ice", event });
    }
    if (this.#dtls !== undefined) this.#settleDtls(this.#dtls, now);
    for (let event = this.channels.takeEvent(); event !== undefined; event = this.channels.takeEvent()) {
      this.#events.push({ type: "channels", event });
    }
  }

  #settleDtls(dtls: DtlsConnection, now: Instant): void {
    if (this.#dtlsState === "new" && this.ice.sendRoute !== undefined) {
      this.#setDtlsState("connecting", undefined);
      dtls.start(now);
    }
    if (this.held.size > 0 && this.#dtlsState === "connecting") {
      for (const datagram of this.held.release((route) => this.ice.isKnownRoute(route))) dtls.receive(datagram, now);
    }
    for (let event = dtls.takeEvent(); event !== undefined; event = dtls.takeEvent()) {
      if (event.type === "connected") {
        this.#agreement = event;
        this.held.clear();
        this.#setDtlsState("connected", undefined);
        if (this.#media !== undefined) this.#startSrtp(this.#media, now);
      } else {
        // Messages that came before the farewell are still delivered.
        this.#feedSctp(dtls, now);
        this.#setDtlsState(event.error === undefined ? "closed" : "failed", event.error);
        if (this.#sctp !== undefined) this.channels.transportClosed(now);
        this.#media?.stop();
      }
    }
    this.#feedSctp(dtls, now);
    // Nothing but STUN and DTLS is expected by then, unless there is media.
    if (this.#dtlsState === "connected" && this.ice.sendRoute !== undefined) this.#rows.follow(this.ice.sendRoute);
  }

  #feedSctp(dtls: DtlsConnection, now: Instant): void {
    if (this.#sctp === undefined || this.#agreement === undefined) return;
    if (!this.#sctpStarted) {
      this.#sctpStarted = true;
      const { mtu = DEFAULT_MTU } = this.#options;
      const largest = Math.min(
        mtu - dtls.sealOverhead,
        dtls.maxPlaintext,
        dtls.remoteRecordSizeLimit ?? Number.POSITIVE_INFINITY,
      );
      this.channels.start({ ...this.#sctp, mtu: largest, dtlsRole: this.#dtlsRole ?? "client" }, now);
    }
    for (let packet = dtls.takePlaintext(); packet !== undefined; packet = dtls.takePlaintext()) {
      this.channels.receive(packet.bytes, now, packet.start, packet.end);
    }
  }

  #setDtlsState(state: DtlsState, error: Extract<TransportEvent, { type: "dtls-state" }>["error"]): void {
    if (this.#dtlsState === state) return;
    this.#dtlsState = state;
    this.#events.push({ type: "dtls-state", state, error, remoteCertificates: this.#agreement?.remoteCertificates ?? [] });
  }
}

/**
 * The datagram by itself, in memory of its own: what is kept of it must not keep a whole row. What is common is read where it
 * stands.
 */
function aloneOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === bytes.length ? bytes : bytes.slice(start, end);
}

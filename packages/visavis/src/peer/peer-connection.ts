/**
 * A peer connection without its clothes: negotiation applied to a transport, channels, statistics. What webrtc-pc calls
 * RTCPeerConnection minus WebIDL, promises and DOM events.
 */
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { InternalError } from "../base/errors.ts";
import type { Instant } from "../base/instant.ts";
import { type Route, RouteTable } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import type { Channel, ChannelMessage, ChannelOptions } from "../transport/parts.ts";
import type { PeerDescription, PeerEvent } from "./peer-events.ts";
import type { PeerConfiguration, PeerOptions } from "./peer-options.ts";
import type { StatsEntry } from "./stats.ts";
import type { TransportInfo } from "./transport-info.ts";

/** The states of offer and answer (webrtc-pc §4.3.1). */
export type SignalingState =
  | "stable"
  | "have-local-offer"
  | "have-remote-offer"
  | "have-local-pranswer"
  | "have-remote-pranswer"
  | "closed";

/** What `addIceCandidate` takes: RTCIceCandidateInit after conversion. */
export interface CandidateInit {
  /** `candidate:…`, or "" for the end of candidates. */
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** One peer connection. After any call the owner drains it: asks, events, messages, then `transmit`, then `deadline`. */
export class PeerConnection implements NetworkEngine<PeerEvent> {
  readonly routes: RouteTable;

  /** @throws PeerError `type` when there is no certificate */
  constructor(options: PeerOptions) {
    void options;
    this.routes = new RouteTable();
  }

  /** Where offer and answer stand. It changes within the calls; the W3C attribute follows in a task. */
  get signalingState(): SignalingState {
    throw new InternalError("not built");
  }

  /** The descriptions as they stand; local ones contain the candidates gathered so far. */
  get currentLocalDescription(): PeerDescription | null {
    throw new InternalError("not built");
  }

  get pendingLocalDescription(): PeerDescription | null {
    throw new InternalError("not built");
  }

  get currentRemoteDescription(): PeerDescription | null {
    throw new InternalError("not built");
  }

  get pendingRemoteDescription(): PeerDescription | null {
    throw new InternalError("not built");
  }

  /** Whether the other side can take candidates one by one; null before its first description. */
  get canTrickle(): boolean | null {
    throw new InternalError("not built");
  }

  /** The transport of the data section; undefined before a description brought one. A snapshot, made at each call. */
  get transport(): TransportInfo | undefined {
    throw new InternalError("not built");
  }

  /** webrtc-pc §4.7.3 "check if negotiation is needed", without its guard on the signaling state. */
  isNegotiationNeeded(): boolean {
    throw new InternalError("not built");
  }

  /** @throws PeerError `invalid-state` when closed, or in a state that allows no offer */
  createOffer(options: { readonly iceRestart: boolean }, now: Instant): string {
    void [options, now];
    throw new InternalError("not built");
  }

  /** @throws PeerError `invalid-state` unless a remote offer is there */
  createAnswer(now: Instant): string {
    void now;
    throw new InternalError("not built");
  }

  /**
   * Applies a description of ours; an empty `sdp` stands for the last one created, or a new one.
   * @throws PeerError `invalid-state`, `invalid-modification` (not what was created), `sdp-syntax`, `invalid-access`, `operation`
   */
  setLocalDescription(type: "offer" | "answer" | "pranswer" | "rollback", sdp: string, now: Instant): void {
    void [type, sdp, now];
    throw new InternalError("not built");
  }

  /**
   * Applies a description of the other side. An offer in `have-local-offer` rolls the local one back first.
   * @throws PeerError `invalid-state`, `sdp-syntax` (with the line), `invalid-access`, `operation`
   */
  setRemoteDescription(type: "offer" | "answer" | "pranswer" | "rollback", sdp: string, now: Instant): void {
    void [type, sdp, now];
    throw new InternalError("not built");
  }

  /**
   * Takes one remote candidate, or the end of them.
   * @throws PeerError `type` without mid and index, `invalid-state` before a remote description, `operation` when it cannot be applied
   */
  addIceCandidate(init: CandidateInit, now: Instant): void {
    void [init, now];
    throw new InternalError("not built");
  }

  /**
   * Makes a data channel, also before there is a transport.
   * @throws PeerError `invalid-state` when closed, `operation` when the id is in use or none is left, `type` when a text is too long
   */
  createChannel(options: ChannelOptions, now: Instant): Channel {
    void [options, now];
    throw new InternalError("not built");
  }

  /** Begins the closing procedure (RFC 8831 §6.7). */
  closeChannel(channel: Channel, now: Instant): void {
    void [channel, now];
    throw new InternalError("not built");
  }

  /**
   * Queues a message. `data` is owned by the peer connection from then on.
   * @throws PeerError `invalid-state` unless open, `type` when larger than the other side takes, `operation` when the queue is full
   */
  send(channel: Channel, data: Uint8Array, kind: "string" | "binary", now: Instant): void {
    void [channel, data, kind, now];
    throw new InternalError("not built");
  }

  /** Removes the oldest message that arrived. */
  takeMessage(): ChannelMessage | undefined {
    throw new InternalError("not built");
  }

  /** The next offer restarts ICE (webrtc-pc §4.4.2). */
  restartIce(): void {
    throw new InternalError("not built");
  }

  /** Takes effect at the next gathering. */
  setConfiguration(configuration: PeerConfiguration, now: Instant): void {
    void [configuration, now];
    throw new InternalError("not built");
  }

  /** Ends everything. Farewells are still to be transmitted; no event comes after it. */
  close(now: Instant): void {
    void now;
    throw new InternalError("not built");
  }

  /** The entries of getStats() with their webrtc-stats members. `wallTime` becomes their timestamp. */
  stats(now: Instant, wallTime: number): readonly StatsEntry[] {
    void [now, wallTime];
    throw new InternalError("not built");
  }

  receive(datagram: Uint8Array, route: Route, now: Instant): void {
    void [datagram, route, now];
    throw new InternalError("not built");
  }

  advance(now: Instant): void {
    void now;
    throw new InternalError("not built");
  }

  deadline(): Instant {
    throw new InternalError("not built");
  }

  transmit(out: Transmit, now: Instant): boolean {
    void [out, now];
    throw new InternalError("not built");
  }

  takeEvent(): PeerEvent | undefined {
    throw new InternalError("not built");
  }

  takeAsk(): Ask | undefined {
    throw new InternalError("not built");
  }

  answer(answer: Answer, now: Instant): void {
    void [answer, now];
    throw new InternalError("not built");
  }
}

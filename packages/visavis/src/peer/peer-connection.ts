/**
 * A peer connection without its clothes: negotiation applied to a transport, channels, statistics. What webrtc-pc calls
 * RTCPeerConnection minus WebIDL, promises and DOM events.
 */
import { Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import type { Instant } from "../base/instant.ts";
import { type Random, randomU64 } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import { type Route, RouteTable } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { fingerprint } from "../crypto/fingerprint.ts";
import { createAnswer } from "../jsep/answer.ts";
import { applyLocal, applyRemote, closed, rollback } from "../jsep/apply.ts";
import { addRemoteCandidate } from "../jsep/candidates.ts";
import {
  type Description,
  type DescriptionType,
  type Effects,
  INITIAL,
  type LocalMaterial,
  type Negotiation,
  type Side,
} from "../jsep/negotiation.ts";
import { createOffer } from "../jsep/offer.ts";
import { isNegotiationNeeded, planOf, structureOf } from "../jsep/plan.ts";
import {
  type Channel,
  type ChannelMessage,
  type ChannelOptions,
  type MessageWriter,
  parseCandidate,
  type TransportCounters,
} from "../transport/parts.ts";
import type { CandidateInit } from "./candidate.ts";
import { NextCredentials } from "./ice-credentials.ts";
import type { SentSource } from "./media-stats.ts";
import { PeerError, peerErrorOf, withPeerErrors } from "./peer-error.ts";
import type { PeerDescription, PeerEvent } from "./peer-events.ts";
import type { PeerMedia } from "./peer-media.ts";
import type { PeerConfiguration, PeerOptions } from "./peer-options.ts";
import { DEFAULT_MAX_MESSAGE_SIZE, type PeerDrop, PeerTransport } from "./peer-transport.ts";
import { ReadDescription, remoteDescription } from "./read-description.ts";
import { statsOf } from "./stats.ts";
import type { StatsEntry } from "./stats-entry.ts";
import { StatsIds } from "./stats-ids.ts";
import type { Transceiver, TransceiverInit } from "./transceiver.ts";
import { type AppliedAs, type AppliedMedia, NO_MEDIA, TransceiverSet } from "./transceiver-set.ts";
import type { TransportInfo } from "./transport-info.ts";

/** The states of offer and answer (webrtc-pc §4.3.1). */
export type SignalingState = Negotiation["signalingState"];

/** The types that set…Description takes. */
export type SetDescriptionType = "offer" | "answer" | "pranswer" | "rollback";

/**
 * One peer connection. After any call the owner drains it: asks; events, messages and frames of `media` until all are empty; `transmit`; `deadline`.
 * An event that ends a channel is kept back until the messages before it are taken, and messages until the event that
 * opens their channel is.
 */
export class PeerConnection implements NetworkEngine<PeerEvent> {
  readonly routes: RouteTable = new RouteTable();
  /** Remote candidates that were too many for their section. */
  readonly drops: Drops<PeerDrop> = new Drops();
  readonly #options: PeerOptions;
  readonly #transport: PeerTransport;
  readonly #credentials: NextCredentials;
  readonly #material: Omit<LocalMaterial, "ice" | "data">;
  readonly #transceivers: TransceiverSet;
  readonly #ids = new StatsIds();
  /** News that cannot come from the transport any more. */
  readonly #last = new Ring<PeerEvent>();
  #negotiation: Negotiation = INITIAL;
  #hasDataChannels = false;

  /** @throws PeerError `type` when there is no certificate */
  constructor(options: PeerOptions) {
    const [certificate] = options.certificates;
    if (certificate === undefined) throw new PeerError("type", "A peer connection needs a certificate.");
    this.#options = options;
    this.#transport = new PeerTransport(options, this.routes, this.drops);
    this.#transceivers = new TransceiverSet(options.random);
    this.#credentials = new NextCredentials(options.random);
    const { lite = false, renomination = false } = options.extensions?.ice?.network ?? {};
    this.#material = {
      iceLite: lite,
      iceRenomination: renomination,
      sessionId: createSessionId(options.random),
      // RFC 9429 §5.2.1: of every certificate, though one is used.
      fingerprints: options.certificates.map(({ der }) => ({ algorithm: "sha-256", value: fingerprint(der, "sha-256") })),
    };
  }

  /** Where offer and answer stand. It changes within the calls; the W3C attribute follows in a task. */
  get signalingState(): SignalingState {
    return this.#negotiation.signalingState;
  }

  /** The descriptions as they stand; local ones contain the candidates gathered so far. */
  get currentLocalDescription(): PeerDescription | null {
    return this.#localDescription(this.#negotiation.currentLocal);
  }

  get pendingLocalDescription(): PeerDescription | null {
    return this.#localDescription(this.#negotiation.pendingLocal);
  }

  get currentRemoteDescription(): PeerDescription | null {
    return remoteDescription(this.#negotiation.currentRemote);
  }

  get pendingRemoteDescription(): PeerDescription | null {
    return remoteDescription(this.#negotiation.pendingRemote);
  }

  /** Whether the other side can take candidates one by one; null before its first description. */
  get canTrickle(): boolean | null {
    return structureOf(this.#negotiation).canTrickle;
  }

  /** The transports that descriptions of ours brought, as they are now; one for all sections that are bundled. */
  get transports(): readonly TransportInfo[] {
    return this.#transport.infos();
  }

  /** The transport of the data section; the first one when there is no such section. */
  get transport(): TransportInfo | undefined {
    const { transports } = this;
    const { main } = this.#transport;
    return transports.find(({ key }) => key === main?.key);
  }

  /** The transceivers, in the order in which they were made. A stopped one is there until offer and answer reject its section. */
  get transceivers(): readonly Transceiver[] {
    return this.#transceivers.list;
  }

  /** Makes a transceiver; the next offer has a section for it. @throws PeerError `invalid-state` when closed */
  addTransceiver(init: TransceiverInit): Transceiver {
    if (this.signalingState === "closed") throw new PeerError("invalid-state", "The peer connection is closed.");
    return this.#transceivers.add(init);
  }

  /** Sends and receives nothing by it any more; the next offer rejects its section (https://w3c.github.io/webrtc-pc/#stop-sending-and-receiving). */
  stopTransceiver(transceiver: Transceiver, now: Instant): void {
    transceiver.isStopping = true;
    transceiver.direction = "inactive";
    this.updateTransceiver(transceiver, now);
  }

  /** Follows what was changed of a transceiver in place: its encodings. */
  updateTransceiver(transceiver: Transceiver, now: Instant): void {
    this.#call(now, () => this.media?.update(transceiver, now));
  }

  /** Frames of audio and video, both ways; undefined before an answer has some. */
  get media(): PeerMedia | undefined {
    return this.#transport.media;
  }

  /** The key of the transport that has the data section, also when it is only proposed. */
  get dataTransport(): number | undefined {
    return this.#transport.carrier?.key;
  }

  /** Whether the descriptions have a data section that is not rejected. */
  get hasDataSection(): boolean {
    return structureOf(this.#negotiation).data !== undefined;
  }

  /** The mid of a section, by its place. */
  midOf(index: number): string | undefined {
    return structureOf(this.#negotiation).sections[index]?.mid;
  }

  /** webrtc-pc §4.7.3 "check if negotiation is needed", without its guard on the signaling state. */
  isNegotiationNeeded(): boolean {
    if (this.signalingState === "closed") return false;
    return isNegotiationNeeded(this.#negotiation, {
      hasDataChannels: this.#hasDataChannels,
      iceRestartNeeded: this.#credentials.restartNeeded,
      transceivers: this.#transceivers.material(),
    });
  }

  /** @throws PeerError `invalid-state` when closed, or in a state that allows no offer */
  createOffer(options: { readonly iceRestart: boolean }, now: Instant): string {
    return this.#call(now, () => {
      const iceRestart = options.iceRestart || this.#credentials.restartDue(this.#negotiation);
      const created = createOffer(this.#negotiation, {
        ...this.#localMaterial(this.#transport.inits.offered, false),
        iceRestart,
      });
      this.#negotiation = created.next;
      return created.sdp;
    });
  }

  /** @throws PeerError `invalid-state` unless a remote offer is there */
  createAnswer(now: Instant): string {
    return this.#call(now, () => {
      const told = this.#transport.inits.answered(planOf(this.#negotiation).data?.remoteSctpInit);
      const created = createAnswer(this.#negotiation, this.#localMaterial(told, true));
      this.#negotiation = created.next;
      return created.sdp;
    });
  }

  /**
   * Applies a description of ours; an empty `sdp` stands for what would be created now.
   * @throws PeerError `invalid-state`, `invalid-modification` (not what was created), `sdp-syntax`, `invalid-access`, `operation`
   */
  setLocalDescription(type: SetDescriptionType, sdp: string, now: Instant): AppliedMedia {
    return this.#call(now, () => {
      if (type === "rollback") return this.#rollBack("local", now);
      if (sdp === "") this.#createMissing(type, now);
      const { next, effects } = applyLocal(this.#negotiation, type, sdp);
      this.#apply(next, effects, now);
      return this.#applied(this.#transceivers.applyLocal(this.#appliedAs(type, effects), effects.assigned), now);
    });
  }

  /**
   * Applies a description of the other side. An offer in `have-local-offer` rolls the local one back first.
   * @throws PeerError `invalid-state`, `sdp-syntax` (with the line), `invalid-access`, `operation`
   */
  setRemoteDescription(type: SetDescriptionType, sdp: string, now: Instant): AppliedMedia {
    return this.#call(now, () => {
      if (type === "rollback") return this.#rollBack("remote", now);
      const { next, effects } = applyRemote(this.#negotiation, type, sdp);
      const { removed } = effects.rolledBack ? this.#rollBack("local", now) : NO_MEDIA;
      this.#apply(next, effects, now);
      const applied = this.#applied(this.#transceivers.applyRemote(this.#appliedAs(type, effects)), now);
      return removed.length === 0 ? applied : { ...applied, removed };
    });
  }

  /**
   * Takes one remote candidate, or the end of them. One too many for its section is dropped and counted.
   * @returns whether it was taken
   * @throws PeerError `type` without mid and index, `invalid-state` before a remote description, `operation` when it cannot be applied
   */
  addIceCandidate(init: CandidateInit, now: Instant): boolean {
    return this.#call(now, () => {
      const { candidate: line } = init;
      if (this.signalingState === "closed") throw new PeerError("invalid-state", "The peer connection is closed.");
      if (line !== "" && init.sdpMid === null && init.sdpMLineIndex === null) {
        throw new PeerError("type", "A candidate needs sdpMid or sdpMLineIndex.");
      }
      const candidate = line === "" ? undefined : parseCandidate(line);
      const added = addRemoteCandidate(this.#negotiation, init);
      if (line !== "" && candidate === undefined) throw new PeerError("operation", `${JSON.stringify(line)} is not a candidate.`);
      if (added.isDropped) {
        this.drops.count("candidate-limit");
        return false;
      }
      this.#negotiation = added.next;
      for (const { mid, usernameFragment } of added.targets) {
        const transport = this.#transport.set.live.find((live) => live.mid === mid)?.transport;
        // A generation that is not in force yet finds its candidates in the description once it is.
        if (transport?.ice.remoteParameters?.usernameFragment !== usernameFragment) continue;
        if (candidate === undefined) transport.addEndOfRemoteCandidates(now);
        else transport.addRemoteCandidate(candidate, now);
      }
      return true;
    });
  }

  /**
   * Makes a data channel, also before there is a transport.
   * @throws PeerError `invalid-state` when closed, `operation` when the id is in use or none is left, `type` when a text is too long
   */
  createChannel(options: ChannelOptions, now: Instant): Channel {
    return this.#call(now, () => {
      if (this.signalingState === "closed") throw new PeerError("invalid-state", "The peer connection is closed.");
      const channel = this.#transport.channels.create(options);
      this.#hasDataChannels = true;
      return channel;
    });
  }

  /** Begins the closing procedure (RFC 8831 §6.7). */
  closeChannel(channel: Channel, now: Instant): void {
    this.#call(now, () => this.#transport.channels.close(channel, now));
  }

  /**
   * Queues a message. `data` is owned by the peer connection from then on.
   * @throws PeerError `invalid-state` unless open, `type` when larger than the other side takes, `operation` when the queue is full
   */
  send(channel: Channel, data: Uint8Array, kind: "string" | "binary", now: Instant): void {
    try {
      this.#transport.channels.send(channel, data, kind, now);
    } catch (error) {
      throw this.#blame(peerErrorOf(error), now);
    }
  }

  /**
   * Begins a message that is written piece by piece; `ChannelTable.beginMessage` says more. Its writer throws ChannelErrors.
   * @throws PeerError `invalid-state` unless open
   */
  beginMessage(channel: Channel, kind: "string" | "binary", now: Instant): MessageWriter {
    return this.#call(now, () => this.#transport.channels.beginMessage(channel, kind, now));
  }

  /** Whether messages of a channel come in parts as they arrive, from now on; otherwise whole. */
  setPartialDelivery(channel: Channel, on: boolean): void {
    this.#transport.channels.setPartialDelivery(channel, on);
  }

  /** Keeps the messages of a channel, and its end behind them, until `resume`. */
  pause(channel: Channel): void {
    this.#transport.channels.pause(channel);
  }

  /** Messages of the channel can be taken again. */
  resume(channel: Channel, now: Instant): void {
    this.#call(now, () => this.#transport.channels.resume(channel, now));
  }

  /** Removes the oldest message that arrived. */
  takeMessage(): ChannelMessage | undefined {
    return this.#transport.takeMessage();
  }

  /** The next offer restarts ICE (webrtc-pc §4.4.2). */
  restartIce(): void {
    this.#credentials.requestRestart(this.#negotiation);
  }

  /** Takes effect at the next gathering. That of the pool begins here, also when the configuration is that of the constructor. */
  setConfiguration(configuration: PeerConfiguration, now: Instant): void {
    this.#call(now, () => this.#transport.configure(configuration, this.#credentials.value, now));
  }

  /** Ends everything. Farewells are still to be transmitted; no event comes after it. */
  close(now: Instant): void {
    if (this.signalingState === "closed") return;
    this.#negotiation = closed(this.#negotiation);
    this.#call(now, () => this.#transport.close(now));
  }

  /** The entries of getStats() with their webrtc-stats members. `wallTime` becomes their timestamp. @param sources the tracks that are sent */
  stats(now: Instant, wallTime: number, sources: readonly SentSource[] = []): readonly StatsEntry[] {
    const { channelCounts: counts, channels, set, media } = this.#transport;
    const [certificate] = this.#options.certificates;
    if (certificate === undefined) return [];
    const common = { ids: this.#ids, counts, channels: channels.channels, transports: set.live };
    return statsOf({ ...common, certificate, media, sources, now, wallTime });
  }

  /** What was counted and dropped on each floor of the transport that has the data section, or the first; undefined before there is one and after the end. */
  counters(): TransportCounters | undefined {
    const counters = this.#transport.main?.transport.counters();
    return counters && { ...counters, drops: { peer: this.drops.toJSON(), ...counters.drops } };
  }

  receive(bytes: Uint8Array, route: Route, now: Instant, start: number = 0, end: number = bytes.length): void {
    try {
      this.#transport.receive(bytes, route, now, start, end);
    } catch (error) {
      this.#break(error, now);
    }
  }

  advance(now: Instant): void {
    try {
      this.#transport.advance(now);
    } catch (error) {
      this.#break(error, now);
    }
  }

  deadline(): Instant {
    return this.#transport.deadline();
  }

  transmit(out: Transmit, now: Instant): boolean {
    try {
      return this.#transport.set.transmit(out, now);
    } catch (error) {
      this.#break(error, now);
      return false;
    }
  }

  takeEvent(): PeerEvent | undefined {
    const news = this.#transport.takeNews();
    if (news === undefined) return this.#last.shift();
    if (news.type !== "candidate") return news;
    const { currentLocalDescription, pendingLocalDescription } = this;
    return { ...news, currentLocalDescription, pendingLocalDescription };
  }

  delimit(bytes: Uint8Array, start: number, end: number): number {
    return this.#transport.set.delimit(bytes, start, end);
  }

  takeAsk(): Ask | undefined {
    return this.#transport.set.takeAsk();
  }

  answer(answer: Answer, now: Instant): void {
    try {
      this.#transport.set.answer(answer, now);
    } catch (error) {
      this.#break(error, now);
    }
  }

  /** Runs a call of the owner's. Its mistakes come out as PeerError; a bug of ours ends this peer connection. */
  #call<T>(now: Instant, act: () => T): T {
    try {
      return withPeerErrors(act);
    } catch (error) {
      throw this.#blame(error, now);
    }
  }

  /** What is no mistake of the owner is ours. */
  #blame(error: unknown, now: Instant): unknown {
    if (!(error instanceof PeerError)) this.#break(error, now);
    return error;
  }

  /** A bug of ours: nothing of this peer connection can be believed any more. */
  #break(error: unknown, now: Instant): void {
    this.#negotiation = closed(this.#negotiation);
    try {
      this.#transport.close(now);
    } catch {
      // It was broken before. The driver closes the sockets.
    }
    this.#last.push({ type: "failure", error: error instanceof Error ? error : new Error(String(error)) });
  }

  #localMaterial(sctpInit: string | undefined, isAnswer: boolean): LocalMaterial {
    return {
      ...this.#material,
      ice: this.#credentials.value,
      data: {
        wanted: this.#hasDataChannels,
        // It means nothing inside DTLS (RFC 8841 §5).
        sctpPort: 5000,
        maxMessageSize: this.#options.extensions?.sctp?.maxMessageSize ?? DEFAULT_MAX_MESSAGE_SIZE,
        sctpInit,
      },
      transceivers: this.#transceivers.material(isAnswer),
      bundlePolicy: this.#options.bundlePolicy,
      gathered: this.#transport.gathered.list,
    };
  }

  /**
   * webrtc-pc setLocalDescription without a text: what was created last may no longer be what the state asks for, so it is
   * always created anew, which gives the same text when nothing changed. An ICE restart that was asked for stays asked for.
   */
  #createMissing(type: "offer" | "answer" | "pranswer", now: Instant): void {
    if (type !== "offer") this.createAnswer(now);
    else this.createOffer({ iceRestart: this.#credentials.areIn(this.#negotiation.lastCreatedOffer) }, now);
  }

  #apply(next: Negotiation, { plan, restartedDtls }: Effects, now: Instant): void {
    this.#negotiation = next;
    this.#credentials.applied(plan);
    const offer = next.signalingState === "have-remote-offer" ? undefined : (next.pendingLocal ?? next.currentLocal);
    this.#transport.follow(
      plan,
      { weOffered: offer?.type === "offer", rolledBack: false, isSettled: next.signalingState === "stable", restartedDtls },
      now,
    );
    this.#credentials.settled(next);
  }

  #applied(media: AppliedMedia, now: Instant): AppliedMedia {
    if (media.sections.length > 0) this.#transport.followMedia(this.transceivers, now);
    return media;
  }

  #appliedAs(type: DescriptionType, { plan }: Effects): AppliedAs {
    return { plan, type, transportOf: (mid) => this.#transport.set.of(mid)?.key };
  }

  #rollBack(side: Side, now: Instant): AppliedMedia {
    this.#negotiation = rollback(this.#negotiation, side);
    const weOffered = this.#negotiation.currentLocal?.type === "offer";
    this.#transport.follow(planOf(this.#negotiation), { weOffered, rolledBack: true, isSettled: true, restartedDtls: [] }, now);
    return this.#transceivers.rollBack();
  }

  #localDescription(description: Description | undefined): PeerDescription | null {
    if (description === undefined) return null;
    return new ReadDescription(description, this.#transport.gathered.snapshot());
  }
}

/** RFC 9429 §5.2.1: 63 random bits. */
function createSessionId(random: Random): string {
  return String(randomU64(random) >> 1n);
}

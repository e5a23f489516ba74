/**
 * What a peer connection stands on: its transports, which come and go with offer and answer, and its channels, which may
 * be there before. Tells what happens in the words of webrtc-pc.
 */
import type { Drops } from "../base/drops.ts";
import type { Instant } from "../base/instant.ts";
import { Ring } from "../base/ring.ts";
import type { Route, RouteTable } from "../base/route.ts";
import type { IceCredentials, Plan, TransportPlan } from "../jsep/negotiation.ts";
import { BundleTransport } from "../transport/bundle-transport.ts";
import {
  type ChannelEvent,
  type ChannelMessage,
  ChannelTable,
  type IceEvent,
  type IceRole,
  printCandidate,
  type RtpEvent,
  type TransportEvent,
} from "../transport/parts.ts";
import { toPeerEvent } from "./channel-events.ts";
import { assignSections, followPlan } from "./follow-plan.ts";
import { GatheredCandidates } from "./gathered-candidates.ts";
import { InitExchange } from "./init-exchange.ts";
import { LiveTransport } from "./live-transport.ts";
import type { CandidateEvent, PeerEvent, SctpState } from "./peer-events.ts";
import { PeerMedia } from "./peer-media.ts";
import type { PeerConfiguration, PeerOptions } from "./peer-options.ts";
import type { Transceiver } from "./transceiver.ts";
import type { SctpInfo, TransportInfo } from "./transport-info.ts";
import { TransportSet } from "./transport-set.ts";

/** Why something that the other side said was dropped: one candidate too many, an `a=sctp-init` that is none. */
export type PeerDrop = "candidate-limit" | "sctp-init";

/** A candidate before it is known which descriptions it is in. */
export type FoundCandidate = Omit<CandidateEvent, "currentLocalDescription" | "pendingLocalDescription">;

/** Everything that happened below, candidates without their descriptions. */
export type PeerNews = Exclude<PeerEvent, CandidateEvent> | FoundCandidate;

type TransportNews = PeerNews | { readonly type: "rtp"; readonly transport: number; readonly event: RtpEvent };

/** The largest message that is accepted when nothing else is asked for, in bytes: what browsers announce. */
export const DEFAULT_MAX_MESSAGE_SIZE = 262_144;

/** Tables of rejected sections whose last events and messages may wait to be taken, beside the newest. */
const MAX_PAST = 3;

/** How a plan came about. */
export interface Follow {
  /** Whether the offer is ours. */
  readonly weOffered: boolean;
  /** Whether it is the plan before a description that was taken back: then channels wait on. */
  readonly rolledBack: boolean;
  /** Whether nothing is pending: transports that were only proposed may go. */
  readonly isSettled: boolean;
  /** The mids of transports whose other side has another identity than before. */
  readonly restartedDtls: readonly string[];
}

/** The transports and the channels of one peer connection. */
export class PeerTransport {
  readonly set: TransportSet = new TransportSet();
  readonly gathered: GatheredCandidates = new GatheredCandidates();
  readonly inits: InitExchange;
  readonly #options: PeerOptions;
  readonly #routes: RouteTable;
  readonly #drops: Drops<PeerDrop>;
  readonly #news = new Ring<TransportNews>();
  #configuration: PeerConfiguration;
  #channels: ChannelTable;
  /** Channels that went with their section, until all that happened to them is taken. */
  #pastChannels: ChannelTable[] = [];
  /** The transport of the data section. */
  #carrier: LiveTransport | undefined = undefined;
  /** Undefined before an answer has audio or video. */
  media: PeerMedia | undefined = undefined;
  #lastKey = 0;
  /** The newest time that came with a datagram or a timer. */
  #now: Instant = 0;
  #sctpState: SctpState | undefined = undefined;
  #maxChannels: number | null = null;
  #maxMessageSize = 65_536;
  #opened = 0;
  #closed = 0;

  constructor(options: PeerOptions, routes: RouteTable, drops: Drops<PeerDrop>) {
    this.#drops = drops;
    this.#options = options;
    this.#configuration = options;
    this.#routes = routes;
    this.#channels = this.#createChannels();
    const { sctpInit = "answer", ...sctp } = options.extensions?.sctp ?? {};
    this.inits = new InitExchange(sctpInit, { random: options.random, ...sctp });
  }

  /** The channels of now. A data section that is rejected takes its table along. */
  get channels(): ChannelTable {
    return this.#channels;
  }

  /** Channels that ever opened, and those of them that closed (webrtc-stats `RTCPeerConnectionStats`). */
  get channelCounts(): { readonly opened: number; readonly closed: number } {
    return { opened: this.#opened, closed: this.#closed };
  }

  /**
   * For the next gathering. While no description of ours was applied the pool gathers ahead: RFC 9429 §3.5.4.
   * @param local the parameters of the first description
   */
  configure(configuration: PeerConfiguration, local: IceCredentials, now: Instant): void {
    const isSame = gathersTheSame(configuration, this.#configuration);
    this.#configuration = configuration;
    const { iceServers, iceTransportPolicy, iceCandidatePoolSize } = configuration;
    for (const { transport } of this.set.live) transport.ice.configure(iceServers, iceTransportPolicy);
    if (this.#lastKey > 0) return;
    this.set.shrinkPool(isSame ? iceCandidatePoolSize : 0, now);
    while (this.set.pooled.length < iceCandidatePoolSize) {
      const transport = this.#make("controlled", local);
      this.set.addToPool(transport);
      transport.gather(now);
    }
  }

  /** The transport of the data section. */
  get carrier(): LiveTransport | undefined {
    return this.#carrier;
  }

  /** The transport of the data section, or of the first one where there is none; undefined before there are transports. */
  get main(): LiveTransport | undefined {
    return this.#carrier ?? this.set.live[0];
  }

  /** Follows what was negotiated. */
  follow(plan: Plan, how: Follow, now: Instant): void {
    // What happened until now happened to transports that may go.
    this.#collect();
    this.#giveUp(plan, how, now);
    const { data } = plan;
    const isAccepted = plan.answered && data?.state === "accepted";
    if (isAccepted && this.inits.settle(data)) this.#drops.count("sctp-init");
    const create = (wanted: TransportPlan, role: IceRole, local: IceCredentials): LiveTransport =>
      this.#create(wanted, role, local);
    followPlan(plan, { transports: this.set, create, inits: this.inits.inits, ...how }, now);
    // What is left in the pool has parameters that no description will have.
    if (this.set.live.length > 0) this.set.shrinkPool(0, now);
    this.#carrier = this.set.of(data?.mid);
    if (isAccepted) {
      this.#maxMessageSize = data.remoteMaxMessageSize === 0 ? Number.POSITIVE_INFINITY : (data.remoteMaxMessageSize ?? 65_536);
      this.#sctpState ??= "connecting";
    }
    this.#collect();
  }

  /** Ends it all without a word upwards; farewells are still to be transmitted. */
  close(now: Instant): void {
    this.#channels.shutdown(now);
    this.media?.close(now);
    this.set.retireAll(now);
    this.#news.clear();
    this.#sctpState = undefined;
  }

  /** What the transport objects of webrtc-pc show, one for each transport in use. */
  infos(): readonly TransportInfo[] {
    return this.set.live.map((live) => live.info(live === this.#carrier ? this.#sctpInfo() : undefined));
  }

  /** Follows what was negotiated of audio and video. @param transceivers all that there are */
  followMedia(transceivers: readonly Transceiver[], now: Instant): void {
    if (this.media === undefined && !transceivers.some(({ negotiated }) => negotiated !== undefined)) return;
    this.media ??= new PeerMedia(this.set);
    this.media.follow(transceivers, now);
  }

  receive(bytes: Uint8Array, route: Route, now: Instant, start: number, end: number): void {
    this.set.receive(bytes, route, now, start, end);
    if (this.media === undefined) return;
    this.#now = now;
    this.media.collect(now);
  }

  advance(now: Instant): void {
    this.set.advance(now);
    if (this.media === undefined) return;
    this.#now = now;
    this.media.advance(now);
  }

  deadline(): Instant {
    const deadline = this.set.deadline();
    return this.media === undefined ? deadline : Math.min(deadline, this.media.deadline());
  }

  /** Removes the oldest piece of news. A candidate is in the descriptions once its news is taken (RFC 9429 §4.1.17). */
  takeNews(): PeerNews | undefined {
    this.#collect();
    for (let news = this.#news.shift(); news !== undefined; news = this.#news.shift()) {
      if (news.type === "rtp") {
        const told = this.media?.note(news.event, news.transport, this.#now);
        if (told !== undefined) return told;
        continue;
      }
      if (news.type === "ice-gathering-state") this.#noteTold(news.transport, news.state);
      if (news.type === "candidate") this.#noteGathered(news);
      return news;
    }
    return this.media?.takeNews();
  }

  #noteGathered({ sdpMid, usernameFragment, candidate, parsed }: FoundCandidate): void {
    if (parsed === undefined) this.gathered.complete(sdpMid, usernameFragment);
    else this.gathered.add(sdpMid, usernameFragment, candidate);
  }

  /** Removes the oldest message that arrived. */
  takeMessage(): ChannelMessage | undefined {
    for (const table of this.#pastChannels) {
      const message = table.takeMessage();
      if (message !== undefined) return message;
    }
    return this.#channels.takeMessage();
  }

  #sctpInfo(): SctpInfo | undefined {
    const state = this.#sctpState;
    return state && { state, maxMessageSize: this.#maxMessageSize, maxChannels: this.#maxChannels };
  }

  #createChannels(): ChannelTable {
    const { random, memory, extensions } = this.#options;
    const { maxMessageSize = DEFAULT_MAX_MESSAGE_SIZE, sctpInit: _, ...sctp } = extensions?.sctp ?? {};
    return new ChannelTable({ random, maxReceiveMessageSize: maxMessageSize, ...(memory && { memory }), ...sctp });
  }

  #create(plan: TransportPlan, role: IceRole, local: IceCredentials): LiveTransport {
    const pooled = this.set.pooled.some(({ ice }) => ice.localParameters.usernameFragment === local.usernameFragment);
    const transport = (pooled ? this.set.takeFromPool() : undefined) ?? this.#make(role, local);
    transport.ice.setRole(role);
    const live = new LiveTransport(++this.#lastKey, transport, plan);
    this.set.adopt(live);
    return live;
  }

  #make(role: IceRole, localParameters: IceCredentials): BundleTransport {
    const { random, certificates, extensions } = this.#options;
    const { iceServers, iceTransportPolicy } = this.#configuration;
    const [certificate] = certificates;
    if (certificate === undefined) throw new TypeError("a peer connection needs a certificate");
    return new BundleTransport({
      random,
      routes: this.#routes,
      ice: { role, parameters: localParameters, servers: iceServers, transportPolicy: iceTransportPolicy, ...extensions?.ice },
      certificate,
      ...(extensions?.dtls && { dtls: extensions.dtls }),
      channels: this.#channels,
      ...(this.#options.epoch !== undefined && { epoch: this.#options.epoch }),
    });
  }

  /** Lets go of transports and channels that the plan has no section for any more. */
  #giveUp(plan: Plan, how: Follow, now: Instant): void {
    const unused = assignSections(plan, this.set);
    const isFinal = how.isSettled || how.rolledBack || plan.transports.length === 0;
    const lost = new Set(isFinal ? unused : []);
    // RFC 8842 §4: another fingerprint or tls-id is another DTLS association, and SCTP does not outlive the old one.
    const replaced = plan.answered ? how.restartedDtls : [];
    for (const live of this.set.live) if (replaced.includes(live.mid)) lost.add(live);
    const carrier = this.#carrier;
    // Before an answer nothing goes by it yet, and the section may join another one.
    const isCarrierLost = carrier !== undefined && lost.has(carrier) && this.#sctpState !== undefined;
    if (carrier !== undefined && (plan.data === undefined || isCarrierLost)) this.#loseChannels(how.rolledBack, now);
    for (const live of lost) this.#lose(live, how.rolledBack, now);
  }

  /** The data section is gone: taken back, or rejected. */
  #loseChannels(rolledBack: boolean, now: Instant): void {
    this.#carrier = undefined;
    this.#sctpState = undefined;
    this.#maxChannels = null;
    if (rolledBack) return;
    this.#channels.shutdown(now);
    this.inits.forget();
    this.#pastChannels = [...this.#pastChannels.slice(-MAX_PAST), this.#channels];
    this.#channels = this.#createChannels();
    for (const { transport } of this.set.live) transport.replaceChannels(this.#channels);
    this.#collect();
  }

  /** No section is left for the transport. */
  #lose(live: LiveTransport, rolledBack: boolean, now: Instant): void {
    const { key, mid, remoteCertificates, transport } = live;
    if (transport.hasRtp) this.media?.evacuate(transport.rtp, now);
    this.gathered.forget(mid);
    this.#dropCandidates(key);
    if (!rolledBack) {
      this.#news.push({ type: "dtls-state", transport: key, state: "closed", error: undefined, remoteCertificates });
      this.#news.push({ type: "ice-state", transport: key, state: "closed" });
    }
    this.set.retire(live, now);
    if (live.toldGatheringState !== "new") this.#news.push({ type: "ice-gathering-state", transport: key, state: "new" });
  }

  /** Candidates that nobody was told of are of no use without their transport. */
  #dropCandidates(key: number): void {
    for (let left = this.#news.size; left > 0; left--) {
      const news = this.#news.shift();
      if (news === undefined) continue;
      const isVoid = (news.type === "candidate" || news.type === "ice-gathering-state") && news.transport === key;
      if (!isVoid) this.#news.push(news);
    }
  }

  #noteTold(key: number, state: LiveTransport["gatheringState"]): void {
    for (const live of this.set.live) if (live.key === key) live.toldGatheringState = state;
  }

  #collect(): void {
    for (const table of this.#pastChannels) {
      for (let event = table.takeEvent(); event !== undefined; event = table.takeEvent()) this.#noteChannels(event, false);
    }
    for (const live of this.set.live) {
      const { transport } = live;
      for (let event = transport.takeEvent(); event !== undefined; event = transport.takeEvent()) this.#note(event, live);
    }
  }

  #note(event: TransportEvent, live: LiveTransport): void {
    if (event.type === "ice") {
      this.#noteIce(event.event, live);
      return;
    }
    if (event.type === "dtls-state") {
      live.dtlsError = event.error;
      live.remoteCertificates = event.remoteCertificates;
      this.#news.push({ transport: live.key, ...event });
      return;
    }
    if (event.type === "rtp") this.#news.push({ type: "rtp", transport: live.key, event: event.event });
    else this.#noteChannels(event.event, true);
  }

  #noteChannels(event: ChannelEvent, isCurrent: boolean): void {
    const news = toPeerEvent(event, this.#carrier?.dtlsError, this.#maxMessageSize);
    if (news.type === "channel" || news.type === "channel-open") this.#opened++;
    else if (news.type === "channel-closed" && news.channel.opened) this.#closed++;
    else if (news.type === "sctp-state" && isCurrent) {
      this.#sctpState = news.state;
      if (news.state === "connected") this.#maxChannels = news.maxChannels;
    }
    this.#news.push(news);
  }

  #noteIce(event: IceEvent, live: LiveTransport): void {
    const { key } = live;
    switch (event.type) {
      case "gathering-state":
        live.gatheringState = event.state;
        // webrtc-pc §5.6.3: the end of candidates is told before the state changes.
        if (event.state === "complete") this.#noteCandidate(undefined, live);
        this.#news.push({ type: "ice-gathering-state", transport: key, state: event.state });
        return;
      case "candidate":
        this.#noteCandidate(event.candidate, live);
        return;
      case "candidate-error":
        this.#news.push({ transport: key, ...event });
        return;
      case "state":
        this.#news.push({ type: "ice-state", transport: key, state: event.state });
        return;
      case "selected-pair":
        this.#news.push({ type: "selected-pair", transport: key, pair: event.pair });
        return;
      case "role":
        this.#news.push({ type: "ice-role", transport: key, role: event.role });
        return;
    }
  }

  /** @param candidate undefined at the end of candidates */
  #noteCandidate(candidate: Extract<IceEvent, { type: "candidate" }>["candidate"] | undefined, live: LiveTransport): void {
    const { localParameters } = live.transport.ice;
    this.#news.push({
      type: "candidate",
      transport: live.key,
      candidate: candidate === undefined ? "" : printCandidate(candidate),
      parsed: candidate,
      sdpMid: live.mid,
      sdpMLineIndex: live.index,
      usernameFragment: candidate?.usernameFragment ?? localParameters.usernameFragment,
      url: candidate?.url,
    });
  }
}

function gathersTheSame(a: PeerConfiguration, b: PeerConfiguration): boolean {
  return JSON.stringify([a.iceServers, a.iceTransportPolicy]) === JSON.stringify([b.iceServers, b.iceTransportPolicy]);
}

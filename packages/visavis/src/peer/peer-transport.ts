/**
 * What a peer connection stands on: its transport, which comes and goes with offer and answer, and its channels, which may
 * be there before. Tells what happens in the words of webrtc-pc.
 */
import type { Drops } from "../base/drops.ts";
import type { Instant } from "../base/instant.ts";
import { Ring } from "../base/ring.ts";
import type { RouteTable } from "../base/route.ts";
import type { IceCredentials, Plan } from "../jsep/negotiation.ts";
import { BundleTransport } from "../transport/bundle-transport.ts";
import {
  type ChannelEvent,
  type ChannelMessage,
  ChannelTable,
  type DtlsError,
  type IceEvent,
  type IceGatheringState,
  type IceRole,
  printCandidate,
  type TransportEvent,
} from "../transport/parts.ts";
import { toPeerEvent } from "./channel-events.ts";
import { dataTransportOf, followPlan } from "./follow-plan.ts";
import { GatheredCandidates } from "./gathered-candidates.ts";
import { InitExchange } from "./init-exchange.ts";
import type { CandidateEvent, PeerEvent, SctpState } from "./peer-events.ts";
import type { PeerConfiguration, PeerOptions } from "./peer-options.ts";
import type { SctpInfo, TransportInfo } from "./transport-info.ts";
import { TransportSet } from "./transport-set.ts";

/** Why something that the other side said was dropped: one candidate too many, an `a=sctp-init` that is none. */
export type PeerDrop = "candidate-limit" | "sctp-init";

/** A candidate before it is known which descriptions it is in. */
export type FoundCandidate = Omit<CandidateEvent, "currentLocalDescription" | "pendingLocalDescription">;

/** Everything that happened below, candidates without their descriptions. */
export type TransportNews = Exclude<PeerEvent, CandidateEvent> | FoundCandidate;

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
  /** The mids of transports whose other side has another identity than before. */
  readonly restartedDtls: readonly string[];
}

/** Where the data section is in the descriptions. */
interface Section {
  readonly mid: string;
  readonly index: number;
}

/** The transport and the channels of one peer connection. */
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
  #section: Section | undefined = undefined;
  #gatheringState: IceGatheringState = "new";
  /** What the last news that was taken said of it. */
  #toldGatheringState: IceGatheringState = "new";
  #dtlsError: DtlsError | undefined = undefined;
  #remoteCertificates: readonly Uint8Array[] = [];
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
    this.inits = new InitExchange(sctpInit, { ...sctp, random: options.random });
  }

  /** The channels of now. A data section that is rejected takes its table along. */
  get channels(): ChannelTable {
    return this.#channels;
  }

  /** Channels that ever opened, and those of them that closed (webrtc-stats `RTCPeerConnectionStats`). */
  get channelCounts(): { readonly opened: number; readonly closed: number } {
    return { opened: this.#opened, closed: this.#closed };
  }

  /** For the next gathering. */
  configure(configuration: PeerConfiguration): void {
    this.#configuration = configuration;
    this.set.live?.ice.configure(configuration.iceServers, configuration.iceTransportPolicy);
  }

  /** Follows what was negotiated. */
  follow(plan: Plan, how: Follow, now: Instant): void {
    // What happened until now happened to the transport that may go.
    this.#collect();
    const section = dataTransportOf(plan);
    // RFC 8842 §4: another fingerprint or tls-id is another DTLS association, and SCTP does not outlive the old one.
    const isReplaced = section !== undefined && plan.answered && how.restartedDtls.includes(section.mid);
    if ((section === undefined || isReplaced) && this.set.live !== undefined) this.#lose(how.rolledBack, now);
    if (section !== undefined) this.#section = { mid: section.mid, index: section.index };
    const create = (role: IceRole, local: IceCredentials): BundleTransport => this.#create(role, local);
    const { data } = plan;
    if (plan.answered && data?.state === "accepted" && this.inits.settle(data)) this.#drops.count("sctp-init");
    followPlan(plan, { transports: this.set, create, inits: this.inits.inits, ...how }, now);
    if (plan.answered && data?.state === "accepted") {
      this.#maxMessageSize = data.remoteMaxMessageSize === 0 ? Number.POSITIVE_INFINITY : (data.remoteMaxMessageSize ?? 65_536);
      this.#sctpState ??= "connecting";
    }
    this.#collect();
  }

  /** Ends it all without a word upwards; farewells are still to be transmitted. */
  close(now: Instant): void {
    this.#channels.shutdown(now);
    this.set.retire(now);
    this.#news.clear();
    this.#sctpState = undefined;
  }

  /** What the transport objects of webrtc-pc show. */
  info(): TransportInfo | undefined {
    const { live } = this.set;
    if (live === undefined) return undefined;
    const { ice } = live;
    return {
      iceRole: ice.role,
      iceState: ice.state,
      gatheringState: this.#gatheringState,
      localCandidates: ice.localCandidates,
      remoteCandidates: ice.remoteCandidates,
      localParameters: ice.localParameters,
      remoteParameters: ice.remoteParameters ?? null,
      selectedPair: ice.selectedPair ?? null,
      dtlsState: live.dtlsState,
      remoteCertificates: this.#remoteCertificates,
      sctp: this.#sctpInfo(),
    };
  }

  /** Removes the oldest piece of news. A candidate is in the descriptions once its news is taken (RFC 9429 §4.1.17). */
  takeNews(): TransportNews | undefined {
    this.#collect();
    const news = this.#news.shift();
    if (news?.type === "ice-gathering-state") this.#toldGatheringState = news.state;
    if (news?.type !== "candidate") return news;
    const { sdpMid, usernameFragment, candidate } = news;
    if (news.parsed === undefined) this.gathered.complete(sdpMid, usernameFragment);
    else this.gathered.add(sdpMid, usernameFragment, candidate);
    return news;
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
    return new ChannelTable({ ...sctp, random, ...(memory && { memory }), maxReceiveMessageSize: maxMessageSize });
  }

  #create(role: IceRole, localParameters: IceCredentials): BundleTransport {
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
    });
  }

  /** The section is gone: taken back, or rejected. */
  #lose(rolledBack: boolean, now: Instant): void {
    this.#gatheringState = "new";
    this.gathered.clear();
    this.#dropCandidates();
    if (!rolledBack) {
      this.#channels.shutdown(now);
      this.inits.forget();
      this.#pastChannels = [...this.#pastChannels.slice(-MAX_PAST), this.#channels];
      this.#channels = this.#createChannels();
      this.#collect();
      this.#news.push({ type: "dtls-state", state: "closed", error: undefined, remoteCertificates: this.#remoteCertificates });
      this.#news.push({ type: "ice-state", state: "closed" });
    }
    this.set.retire(now);
    this.#section = undefined;
    this.#sctpState = undefined;
    this.#maxChannels = null;
    this.#remoteCertificates = [];
    this.#dtlsError = undefined;
    if (this.#toldGatheringState !== "new") this.#news.push({ type: "ice-gathering-state", state: "new" });
  }

  /** Candidates that nobody was told of are of no use without their transport. */
  #dropCandidates(): void {
    for (let left = this.#news.size; left > 0; left--) {
      const news = this.#news.shift();
      if (news !== undefined && news.type !== "candidate" && news.type !== "ice-gathering-state") this.#news.push(news);
    }
  }

  #collect(): void {
    for (const table of this.#pastChannels) {
      for (let event = table.takeEvent(); event !== undefined; event = table.takeEvent()) this.#noteChannels(event, false);
    }
    const { live } = this.set;
    if (live === undefined) return;
    for (let event = live.takeEvent(); event !== undefined; event = live.takeEvent()) this.#note(event, live);
  }

  #note(event: TransportEvent, transport: BundleTransport): void {
    if (event.type === "ice") {
      this.#noteIce(event.event, transport);
      return;
    }
    if (event.type === "dtls-state") {
      this.#dtlsError = event.error;
      this.#remoteCertificates = event.remoteCertificates;
      this.#news.push(event);
      return;
    }
    this.#noteChannels(event.event, true);
  }

  #noteChannels(event: ChannelEvent, isCurrent: boolean): void {
    const news = toPeerEvent(event, this.#dtlsError, this.#maxMessageSize);
    if (news.type === "channel" || news.type === "channel-open") this.#opened++;
    else if (news.type === "channel-closed" && news.channel.opened) this.#closed++;
    else if (news.type === "sctp-state" && isCurrent) {
      this.#sctpState = news.state;
      if (news.state === "connected") this.#maxChannels = news.maxChannels;
    }
    this.#news.push(news);
  }

  #noteIce(event: IceEvent, transport: BundleTransport): void {
    switch (event.type) {
      case "gathering-state":
        this.#gatheringState = event.state;
        // webrtc-pc §5.6.3: the end of candidates is told before the state changes.
        if (event.state === "complete") this.#noteEndOfCandidates(transport);
        this.#news.push({ type: "ice-gathering-state", state: event.state });
        return;
      case "candidate":
        this.#noteCandidate(event.candidate, transport);
        return;
      case "candidate-error":
        this.#news.push(event);
        return;
      case "state":
        this.#news.push({ type: "ice-state", state: event.state });
        return;
      case "selected-pair":
        this.#news.push({ type: "selected-pair", pair: event.pair });
        return;
      case "role":
        this.#news.push({ type: "ice-role", role: event.role });
        return;
    }
  }

  #noteCandidate(candidate: Extract<IceEvent, { type: "candidate" }>["candidate"], transport: BundleTransport): void {
    const section = this.#section;
    if (section === undefined) return;
    const usernameFragment = candidate.usernameFragment ?? transport.ice.localParameters.usernameFragment;
    this.#news.push({
      type: "candidate",
      candidate: printCandidate(candidate),
      parsed: candidate,
      sdpMid: section.mid,
      sdpMLineIndex: section.index,
      usernameFragment,
      url: candidate.url,
    });
  }

  #noteEndOfCandidates(transport: BundleTransport): void {
    const section = this.#section;
    if (section === undefined) return;
    const { usernameFragment } = transport.ice.localParameters;
    this.#news.push({
      type: "candidate",
      candidate: "",
      parsed: undefined,
      sdpMid: section.mid,
      sdpMLineIndex: section.index,
      usernameFragment,
      url: undefined,
    });
  }
}

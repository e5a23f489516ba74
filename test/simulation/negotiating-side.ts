/**
 * One side of a random negotiation: a snapshot, and transceivers as webrtc-pc keeps them.
 */
import {
  applyLocal,
  applyRemote,
  type BundlePolicy,
  type CodecCapability,
  createAnswer,
  createOffer,
  type DescriptionType,
  type Direction,
  INITIAL,
  isNegotiationNeeded,
  type LocalMaterial,
  type LocalRid,
  type MediaKind,
  type MediaPlan,
  type Negotiation,
  needsRollback,
  type Plan,
  planOf,
  rollback,
  type Side,
  type SignalingState,
  type TransceiverMaterial,
  type WantedExtension,
} from "visavis/jsep";
import { CODECS, EXTENSIONS } from "./negotiated-media.ts";

/** A transceiver: https://w3c.github.io/webrtc-pc/#rtcrtptransceiver-interface */
export class ScriptTransceiver {
  readonly key: number;
  readonly kind: MediaKind;
  readonly trackId: string;
  mid: string | undefined = undefined;
  direction: Direction;
  currentDirection: Direction | undefined = undefined;
  isStopping = false;
  isStopped = false;
  hasTrack = false;
  isByAddTrack = false;
  /** Made for an offer that is not answered yet. */
  isByOffer = false;
  codecs: readonly CodecCapability[];
  hasPreferences = false;
  extensions: readonly WantedExtension[];
  streams: readonly string[] = [];
  sendRids: readonly LocalRid[] = [];
  negotiated: MediaPlan | undefined = undefined;

  constructor(key: number, kind: MediaKind, direction: Direction, name: string) {
    this.key = key;
    this.kind = kind;
    this.direction = direction;
    this.trackId = `${name}-${key}`;
    this.codecs = CODECS[kind];
    this.extensions = EXTENSIONS[kind];
  }

  get material(): TransceiverMaterial {
    const { key, kind, mid, direction, codecs, hasPreferences, extensions, streams, trackId, sendRids } = this;
    const isStopped = this.isStopping || this.isStopped;
    const ssrcs = [{ ssrc: 100 + key, ...(kind === "video" ? { rtx: 20_000 + key } : {}) }];
    return {
      key,
      kind,
      mid,
      direction,
      isStopped,
      codecs,
      hasPreferences,
      extensions,
      streams,
      trackId,
      cname: "c",
      ssrcs,
      sendRids,
    };
  }

  /** https://w3c.github.io/webrtc-pc/#dfn-stop-the-rtcrtptransceiver */
  stop(): void {
    this.isStopping = true;
    this.isStopped = true;
    this.direction = "inactive";
    this.currentDirection = undefined;
  }
}

/** What a side returns to when an offer is taken back. */
interface Stable {
  readonly mid: string | undefined;
  readonly sendRids: readonly LocalRid[];
}

/** One side. */
export class NegotiatingSide {
  readonly name: string;
  /** Gives in when both sides offer. */
  readonly isPolite: boolean;
  readonly states: Set<SignalingState> = new Set(["stable"]);
  readonly #bundlePolicy: BundlePolicy;
  n: Negotiation = INITIAL;
  transceivers: ScriptTransceiver[] = [];
  hasChannels = false;
  #stable: Map<ScriptTransceiver, Stable> | undefined = undefined;
  #keys = 0;
  #generation = 0;
  #restart = false;

  constructor(name: string, bundlePolicy: BundlePolicy, isPolite: boolean) {
    this.name = name;
    this.isPolite = isPolite;
    this.#bundlePolicy = bundlePolicy;
  }

  get state(): SignalingState {
    return this.n.signalingState;
  }

  /** The text of its own offer that is not answered for good. */
  get pendingOffer(): string | undefined {
    const { pendingLocal } = this.n;
    return pendingLocal?.type === "offer" ? pendingLocal.sdp : undefined;
  }

  get plan(): Plan {
    return planOf(this.n);
  }

  /** Transceivers that are not stopped. */
  get live(): readonly ScriptTransceiver[] {
    return this.transceivers.filter(({ isStopping }) => !isStopping);
  }

  get isNeeded(): boolean {
    return isNegotiationNeeded(this.n, {
      hasDataChannels: this.hasChannels,
      iceRestartNeeded: this.#restart,
      transceivers: this.transceivers.map(({ material }) => material),
    });
  }

  get #material(): LocalMaterial {
    const usernameFragment = `${this.name}${this.#generation}`;
    return {
      sessionId: this.isPolite ? "2" : "1",
      ice: { usernameFragment, password: usernameFragment.padEnd(22, "x") },
      iceRestart: this.#restart,
      fingerprints: [
        {
          algorithm: "sha-256",
          value: Array<string>(32)
            .fill(this.isPolite ? "0A" : "0B")
            .join(":"),
        },
      ],
      data: { wanted: this.hasChannels, sctpPort: 5000, maxMessageSize: 262144 },
      transceivers: this.transceivers.map(({ material }) => material),
      bundlePolicy: this.#bundlePolicy,
    };
  }

  add(kind: MediaKind, direction: Direction): ScriptTransceiver {
    const transceiver = new ScriptTransceiver(++this.#keys, kind, direction, this.name);
    this.transceivers.push(transceiver);
    return transceiver;
  }

  /** https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-addtrack */
  addTrack(kind: MediaKind, streams: readonly string[]): void {
    const isUsable = ({ currentDirection }: ScriptTransceiver): boolean =>
      currentDirection !== "sendrecv" && currentDirection !== "sendonly";
    const found = this.live.find((each) => each.kind === kind && !each.hasTrack && isUsable(each));
    const transceiver = found ?? this.add(kind, "sendrecv");
    transceiver.hasTrack = true;
    transceiver.isByAddTrack ||= found === undefined;
    transceiver.streams = streams;
    if (transceiver.direction === "recvonly") transceiver.direction = "sendrecv";
    if (transceiver.direction === "inactive") transceiver.direction = "sendonly";
  }

  restartIce(): void {
    if (this.n.currentLocal === undefined) return;
    this.#restart = true;
    this.#generation++;
  }

  offer(): string {
    const { next, sdp } = createOffer(this.n, this.#material);
    this.n = next;
    return sdp;
  }

  answer(): string {
    const { next, sdp } = createAnswer(this.n, this.#material);
    this.n = next;
    return sdp;
  }

  local(type: DescriptionType, sdp: string): void {
    const { next, effects } = applyLocal(this.n, type, sdp);
    this.#remember(type);
    this.n = next;
    for (const { key, mid } of effects.assigned) {
      const transceiver = this.transceivers.find((each) => each.key === key);
      if (transceiver !== undefined) transceiver.mid = mid;
    }
    this.#follow(type, false);
  }

  remote(type: DescriptionType, sdp: string): void {
    if (needsRollback(this.n, type)) this.rollback("local");
    const { next, effects } = applyRemote(this.n, type, sdp);
    this.#remember(type);
    this.n = next;
    for (const media of effects.plan.media) {
      const transceiver = this.transceivers.find(({ mid }) => mid === media.mid) ?? this.#associate(media);
      if (type === "offer") proposeLayers(transceiver, media);
      else if (transceiver.sendRids.length > 1) transceiver.sendRids = layersLeft(transceiver, media);
    }
    this.#follow(type, true);
  }

  rollback(side: Side): void {
    this.n = rollback(this.n, side);
    this.states.add(this.state);
    const stable = this.#stable;
    this.#stable = undefined;
    for (const transceiver of this.transceivers) {
      const before = stable?.get(transceiver);
      transceiver.mid = before?.mid;
      if (before !== undefined) transceiver.sendRids = before.sendRids;
    }
    this.transceivers = this.transceivers.filter(({ isByOffer, hasTrack }) => !isByOffer || hasTrack);
    for (const transceiver of this.transceivers) {
      if (transceiver.isByOffer) transceiver.isByAddTrack = true;
      transceiver.isByOffer = false;
    }
  }

  /** RFC 9429 §5.10 */
  #associate(media: MediaPlan): ScriptTransceiver {
    const wouldReceive = media.remoteDirection === "sendrecv" || media.remoteDirection === "recvonly";
    const found = this.live.find(
      (each) => wouldReceive && each.kind === media.kind && each.mid === undefined && each.isByAddTrack,
    );
    const transceiver = found ?? this.add(media.kind, "recvonly");
    transceiver.isByOffer = found === undefined;
    transceiver.mid = media.mid;
    return transceiver;
  }

  #remember(type: DescriptionType): void {
    if (type === "offer")
      this.#stable ??= new Map(this.transceivers.map((each) => [each, { mid: each.mid, sendRids: each.sendRids }]));
  }

  /** https://w3c.github.io/webrtc-pc/#set-the-rtcsessiondescription, what of it changes slots. */
  #follow(type: DescriptionType, isRemote: boolean): void {
    this.states.add(this.state);
    const { plan } = this;
    for (const section of plan.sections) {
      const transceiver = this.transceivers.find(({ mid }) => mid === section.mid);
      if (transceiver === undefined) continue;
      const media = plan.media.find(({ mid }) => mid === section.mid);
      const isRejected = media === undefined;
      if (isRejected && (isRemote || type === "answer")) transceiver.stop();
      if (type === "offer" || transceiver.isStopped) continue;
      transceiver.currentDirection = media?.direction;
      transceiver.negotiated = media;
    }
    if (type !== "answer") return;
    this.#stable = undefined;
    for (const transceiver of this.transceivers) transceiver.isByOffer = false;
    this.transceivers = this.transceivers.filter(({ isStopped }) => !isStopped);
    // The credentials that were asked for are in force.
    const fragment = `${this.name}${this.#generation}`;
    if (plan.transports.length === 0 || plan.transports.some(({ local }) => local?.ice.usernameFragment === fragment))
      this.#restart = false;
    if (!this.#restart) this.#generation++;
  }
}

/** An offer that asks for layers gives them to a sender that has none. */
function proposeLayers(transceiver: ScriptTransceiver, { remoteReceiveRids }: MediaPlan): void {
  if (transceiver.sendRids.length === 0 && remoteReceiveRids.length > 1) {
    transceiver.sendRids = remoteReceiveRids.map(({ rid }) => ({ rid }));
  }
}

function layersLeft({ sendRids }: ScriptTransceiver, { remoteReceiveRids }: MediaPlan): readonly LocalRid[] {
  const left = sendRids.filter(({ rid }) => remoteReceiveRids.some((each) => each.rid === rid));
  return left.length > 0 ? left : sendRids.slice(0, 1);
}

/**
 * A side of an exchange with transceivers: what a peer connection keeps beside its snapshot, as little of it as possible.
 */
import assert from "node:assert/strict";
import { parseSession } from "../sdp/parse.ts";
import { createAnswer } from "./answer.ts";
import { applyLocal, applyRemote, rollback } from "./apply.ts";
import { receives, sends } from "./directions.ts";
import type {
  CodecCapability,
  Direction,
  LocalRid,
  LocalSources,
  MediaKind,
  TransceiverMaterial,
  WantedExtension,
} from "./media.ts";
import {
  type Applied,
  type BundlePolicy,
  type Created,
  type DescriptionType,
  type Gathered,
  INITIAL,
  type LocalMaterial,
  type Negotiation,
  type Plan,
  type Side,
} from "./negotiation.ts";
import { createOffer } from "./offer.ts";
import { isNegotiationNeeded, planOf } from "./plan.ts";

const VIDEO_FEEDBACK = ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"];

export function audio(name: string, payloadType: number, clockRate = 8000, more: Partial<CodecCapability> = {}): CodecCapability {
  return { mimeType: `audio/${name}`, payloadType, clockRate, channels: 1, fmtp: "", feedback: [], ...more };
}

export function video(
  name: string,
  payloadType: number,
  fmtp = "",
  feedback: readonly string[] = VIDEO_FEEDBACK,
): CodecCapability {
  return { mimeType: `video/${name}`, payloadType, clockRate: 90000, channels: undefined, fmtp, feedback };
}

export const rtx = (payloadType: number, apt: number): CodecCapability => video("rtx", payloadType, `apt=${apt}`, []);

export const h264 = (profile: string, mode: number, payloadType: number): CodecCapability =>
  video("H264", payloadType, `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profile}`);

export const AUDIO: readonly CodecCapability[] = [
  audio("opus", 111, 48000, { channels: 2, fmtp: "minptime=10;useinbandfec=1", feedback: ["transport-cc"] }),
  audio("red", 63, 48000, { channels: 2, fmtp: "111/111" }),
  audio("PCMU", 0),
  audio("PCMA", 8),
  audio("telephone-event", 110, 48000, { fmtp: "0-15" }),
];

export const VIDEO: readonly CodecCapability[] = [
  video("VP8", 96),
  rtx(97, 96),
  h264("42001f", 1, 102),
  rtx(103, 102),
  h264("42e01f", 0, 104),
  video("VP9", 98, "profile-id=0"),
  rtx(99, 98),
  video("VP9", 100, "profile-id=2"),
  video("AV1", 45, "level-idx=5;profile=0;tier=0"),
  video("flexfec-03", 49, "repair-window=10000000", []),
];

const MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid";
export const RID_URI = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const ORIENTATION_URI = "urn:3gpp:video-orientation";

export const EXTENSIONS: Readonly<Record<MediaKind, readonly WantedExtension[]>> = {
  audio: [
    { uri: LEVEL_URI, direction: "sendrecv", preferredId: 1 },
    { uri: MID_URI, direction: "sendrecv", preferredId: 4 },
  ],
  video: [
    { uri: ORIENTATION_URI, direction: "sendrecv", preferredId: 1 },
    { uri: MID_URI, direction: "sendrecv", preferredId: 4 },
    { uri: RID_URI, direction: "sendrecv", preferredId: 10 },
  ],
};

/** A transceiver that can be changed. */
export class TestTransceiver implements TransceiverMaterial {
  readonly key: number;
  readonly kind: MediaKind;
  mid: string | undefined = undefined;
  direction: Direction;
  isStopped = false;
  codecs: readonly CodecCapability[];
  hasPreferences = false;
  extensions: readonly WantedExtension[];
  streams: readonly string[] = [];
  readonly trackId: string;
  readonly cname = "cname";
  readonly ssrcs: readonly LocalSources[];
  sendRids: readonly LocalRid[] = [];
  /** Made by addTrack: may be taken for a section of the other side's offer. */
  isByAddTrack = false;
  /** Made for a section of a remote offer; gone when that is rolled back. */
  isRemote = false;

  constructor(key: number, kind: MediaKind, direction: Direction, name: string) {
    this.key = key;
    this.kind = kind;
    this.direction = direction;
    this.codecs = kind === "audio" ? AUDIO : VIDEO;
    this.extensions = EXTENSIONS[kind];
    this.trackId = `${name}-track-${key}`;
    this.ssrcs = [kind === "audio" ? { ssrc: 1000 + key } : { ssrc: 1000 + key, rtx: 2000 + key, fec: 3000 + key }];
  }
}

/** One side: its snapshot, its transceivers, and what it would give to createOffer. */
export class MediaParty {
  n: Negotiation = INITIAL;
  transceivers: TestTransceiver[] = [];
  wanted = false;
  iceRestart = false;
  bundlePolicy: BundlePolicy = "balanced";
  gathered: Gathered[] = [];
  readonly name: string;
  #generation = 0;
  #keys = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(kind: MediaKind, direction: Direction = "sendrecv", over: Partial<TestTransceiver> = {}): TestTransceiver {
    const transceiver = Object.assign(new TestTransceiver(this.#keys++, kind, direction, this.name), over);
    this.transceivers.push(transceiver);
    return transceiver;
  }

  /** Fresh credentials for the next restart. */
  refresh(): void {
    this.#generation++;
  }

  get material(): LocalMaterial {
    const ufrag = `${this.name}${this.#generation}`;
    return {
      sessionId: "111",
      ice: { usernameFragment: ufrag, password: ufrag.padEnd(24, "x") },
      iceRestart: this.iceRestart,
      fingerprints: [
        {
          algorithm: "sha-256",
          value: Array<string>(32)
            .fill(this.name === "amy" ? "1A" : "2B")
            .join(":"),
        },
      ],
      data: { wanted: this.wanted, sctpPort: 5000, maxMessageSize: 262144 },
      gathered: this.gathered,
      transceivers: this.transceivers,
      bundlePolicy: this.bundlePolicy,
    };
  }

  get plan(): Plan {
    return planOf(this.n);
  }

  get isNeeded(): boolean {
    return isNegotiationNeeded(this.n, {
      hasDataChannels: this.wanted,
      iceRestartNeeded: false,
      transceivers: this.transceivers,
    });
  }

  offer(): string {
    return this.#created(createOffer(this.n, this.material));
  }

  answer(): string {
    return this.#created(createAnswer(this.n, this.material));
  }

  #created({ next, sdp }: Created): string {
    // What is kept in place of the text says the same as the text.
    assert.deepEqual(next.newestSession, parseSession(sdp));
    this.n = next;
    return sdp;
  }

  local(type: DescriptionType, sdp = ""): Applied["effects"] {
    const { next, effects } = applyLocal(this.n, type, sdp);
    this.n = next;
    for (const { key, mid } of effects.assigned) {
      const transceiver = this.transceivers.find((each) => each.key === key);
      if (transceiver) transceiver.mid = mid;
    }
    if (type === "answer") this.#settle(effects.plan);
    return effects;
  }

  remote(type: DescriptionType, sdp: string): Applied["effects"] {
    const { next, effects } = applyRemote(this.n, type, sdp);
    if (effects.rolledBack) this.rollback("local");
    this.n = next;
    if (type === "offer") for (const section of effects.plan.media) this.#associate(section.mid, section.kind);
    if (type === "answer") this.#settle(effects.plan);
    return effects;
  }

  rollback(side: Side): void {
    this.n = rollback(this.n, side);
    this.#dissociate(this.plan);
  }

  /** RFC 9429 §5.10: the transceiver of a section of the other side's offer. */
  #associate(mid: string, kind: MediaKind): void {
    if (this.transceivers.some((each) => each.mid === mid)) return;
    const plan = this.plan.media.find((each) => each.mid === mid);
    const mayTake = sends(plan?.remoteDirection) || receives(plan?.remoteDirection);
    const free = this.transceivers.find(
      (each) => mayTake && each.mid === undefined && each.isByAddTrack && each.kind === kind && !each.isStopped,
    );
    const transceiver = free ?? this.add(kind, "recvonly", { isRemote: true });
    transceiver.mid = mid;
  }

  /** An answer is there: what it rejects is stopped. */
  #settle(plan: Plan): void {
    for (const transceiver of this.transceivers) {
      transceiver.isRemote = false;
      const section = plan.sections.find(({ mid }) => mid === transceiver.mid);
      if (transceiver.mid !== undefined && section?.state !== "accepted") transceiver.isStopped = true;
    }
    this.transceivers = this.transceivers.filter(({ isStopped, mid }) => !isStopped || (mid !== undefined && isLive(plan, mid)));
  }

  #dissociate(plan: Plan): void {
    const known = new Set(plan.sections.map(({ mid }) => mid));
    this.transceivers = this.transceivers.filter(({ isRemote, mid }) => !isRemote || (mid !== undefined && known.has(mid)));
    for (const transceiver of this.transceivers) {
      if (transceiver.mid !== undefined && !known.has(transceiver.mid)) transceiver.mid = undefined;
    }
  }
}

function isLive(plan: Plan, wanted: string): boolean {
  return plan.sections.some(({ mid, state }) => mid === wanted && state !== "rejected");
}

/** A whole exchange. */
export function exchange(offerer: MediaParty, answerer: MediaParty): { readonly offer: string; readonly answer: string } {
  const offer = offerer.offer();
  offerer.local("offer", offer);
  answerer.remote("offer", offer);
  const answer = answerer.answer();
  answerer.local("answer", answer);
  offerer.remote("answer", answer);
  return { offer, answer };
}

export const linesOf = (sdp: string, start: string): string[] => sdp.split("\r\n").filter((line) => line.startsWith(start));

/** The sections of a text, without what stands before them. */
export const sectionsOf = (sdp: string): string[] => sdp.split(/(?=^m=)/m).slice(1);

/** An offer of pictures in layers, with sources, restrictions and everything else that a section may have. */
export const LAYERED_OFFER: string = [
  "v=0",
  "o=- 1 1 IN IP4 0.0.0.0",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0",
  "a=extmap-allow-mixed",
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 45",
  "c=IN IP4 0.0.0.0",
  "b=TIAS:2000000",
  "a=ice-ufrag:abcd",
  "a=ice-pwd:abcdefghijklmnopqrstuv",
  `a=fingerprint:sha-256 ${Array<string>(32).fill("5D").join(":")}`,
  "a=setup:actpass",
  "a=mid:0",
  "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
  "a=extmap:10/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  "a=extmap:11 urn:ietf:params:rtp-hdrext:encrypt urn:x",
  "a=sendrecv",
  "a=msid:stream track",
  "a=rtcp-mux",
  "a=rtcp-rsize",
  "a=rtpmap:96 VP8/90000",
  "a=rtcp-fb:96 nack pli",
  "a=rtcp-fb:* transport-cc",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
  "a=rtpmap:102 H264/90000",
  "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  "a=rtpmap:103 rtx/90000",
  "a=fmtp:103 apt=102",
  "a=rtpmap:45 AV1/90000",
  "a=rid:a send pt=96;max-width=1280",
  "a=rid:b send pt=96,45",
  "a=rid:c recv",
  "a=simulcast:send a;~b recv c",
  "a=ssrc-group:FID 1 2",
  "a=ssrc:1 cname:x",
  "a=ssrc:2 cname:x",
  "a=imageattr:96 send [x=320,y=240]",
  "",
].join("\r\n");

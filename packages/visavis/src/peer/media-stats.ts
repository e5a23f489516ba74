/**
 * The entries of getStats() about audio and video: https://w3c.github.io/webrtc-stats/#rtpstream-dict*
 *
 * Frames are encoded and decoded by whoever makes and takes them: what is handed over counts as encoded, and as decoded and
 * rendered, because it is handed over when it is due.
 */
import type { Instant } from "../base/instant.ts";
import type { MediaCodec } from "../jsep/media.ts";
import type { RtpSession, RtpStats } from "../transport/parts.ts";
import type { PeerMedia } from "./peer-media.ts";
import type { PlayedCounters } from "./played-counters.ts";
import { payloadTypeFor } from "./rtp-parameters.ts";
import { entry, type Members, type StatsEntry } from "./stats-entry.ts";
import type { StatsIds } from "./stats-ids.ts";
import type { Transceiver } from "./transceiver.ts";

/** A track that a transceiver sends. */
export interface SentSource {
  readonly transceiver: Transceiver;
  /** The track: its statistics have one name for as long as it is there. */
  readonly track: object;
  readonly trackIdentifier: string;
  /** Pixels, and frames per second; undefined of audio. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly framesPerSecond: number | undefined;
  /** What was taken of it. */
  readonly taken: PlayedCounters;
  /** The same for each encoding. */
  readonly encodings: readonly PlayedCounters[];
}

/** What is measured. */
export interface MediaSource {
  readonly ids: StatsIds;
  readonly media: PeerMedia | undefined;
  readonly sources: readonly SentSource[];
  readonly now: Instant;
  readonly wallTime: number;
}

/** Milliseconds between 1900 and 1970. */
const EPOCHS_APART = 2_208_988_800_000;

/** All entries of the streams of one transport. */
export function mediaEntries(transportId: string, rtp: RtpSession, source: MediaSource): StatsEntry[] {
  const entries = new MediaEntries(transportId, rtp, source);
  return entries.all();
}

class MediaEntries {
  readonly #transportId: string;
  readonly #rtp: RtpSession;
  readonly #source: MediaSource;
  readonly #stats: RtpStats;
  readonly #codecs = new Map<string, StatsEntry>();

  constructor(transportId: string, rtp: RtpSession, source: MediaSource) {
    this.#transportId = transportId;
    this.#rtp = rtp;
    this.#source = source;
    this.#stats = rtp.stats();
  }

  all(): StatsEntry[] {
    const { inbound, outbound, remoteInbound, remoteOutbound } = this.#stats;
    const { sources } = this.#source;
    const rtp = [
      ...inbound.map((stream) => this.#inbound(stream)),
      ...outbound.filter(({ id }) => this.#hasSent(id)).map((stream) => this.#outbound(stream)),
      ...remoteInbound.map((stream) => this.#remoteInbound(stream)),
      ...remoteOutbound.map((stream) => this.#remoteOutbound(stream)),
    ];
    const own = sources.filter(({ transceiver }) => this.#source.media?.sessionOf(transceiver) === this.#rtp);
    return [...rtp, ...own.map((sent) => this.#mediaSource(sent)), ...this.#codecs.values()];
  }

  #transceiver(id: string): Transceiver | undefined {
    return this.#source.media?.byId(id);
  }

  #hasSent(id: string): boolean {
    return this.#transceiver(id)?.hasSent === true;
  }

  #id(kind: string, ssrc: number): string {
    return `${kind}${this.#transportId}${ssrc}`;
  }

  #inbound(stream: RtpStats["inbound"][number]): StatsEntry {
    const { id, ssrc, kind, payloadType, lastPacketReceivedAt, packetsDiscarded, rid, ...counts } = stream;
    const { now, wallTime, media } = this.#source;
    const transceiver = this.#transceiver(id);
    const counters = media?.received.countersOf(this.#rtp, ssrc);
    const isVideo = kind === "video";
    const { fecPacketsDiscarded, pliCount, firCount, fecPacketsReceived, fecBytesReceived, rtxSsrc, fecSsrc, ...common } = counts;
    return this.#entry(this.#id("I", ssrc), "inbound-rtp", {
      ...common,
      ssrc,
      kind,
      transportId: this.#transportId,
      codecId: this.#codec(transceiver?.negotiated?.receiveCodecs, payloadType, "receive"),
      trackIdentifier: transceiver?.receiver.trackId,
      remoteId: this.#stats.remoteOutbound.some((remote) => remote.ssrc === ssrc) ? this.#id("RO", ssrc) : undefined,
      lastPacketReceivedTimestamp: lastPacketReceivedAt && wallTime + (lastPacketReceivedAt - now),
      packetsDiscarded: packetsDiscarded + (counters?.received.packetsDiscarded ?? 0),
      fecPacketsDiscarded,
      fecPacketsReceived,
      fecBytesReceived,
      rtxSsrc,
      fecSsrc,
      ...(isVideo && { pliCount, firCount }),
      ...(counters && jitterBufferMembers(counters.received, isVideo, this.#clockRate(transceiver, payloadType))),
      ...(counters && (isVideo ? videoMembers(counters, now) : audioMembers(counters.played))),
      ...playoutMembers(counters?.playout.playingWallTime(now)),
    });
  }

  #outbound(stream: RtpStats["outbound"][number]): StatsEntry {
    const { id, ssrc, kind, payloadType, rid, rtxSsrc, pliCount, firCount, framesSent, keyFramesSent, encodingIndex, ...counts } =
      stream;
    const transceiver = this.#transceiver(id);
    const sent = this.#source.sources.find((each) => each.transceiver === transceiver);
    const taken = sent?.encodings[encodingIndex];
    const encoding = transceiver?.sender.encodings[encodingIndex];
    const negotiated = transceiver?.negotiated;
    const isVideo = kind === "video";
    return this.#entry(this.#id("O", ssrc), "outbound-rtp", {
      ...counts,
      ssrc,
      kind,
      rid,
      rtxSsrc,
      transportId: this.#transportId,
      codecId: this.#codec(negotiated?.sendCodecs, payloadType ?? (encoding && payloadTypeFor(negotiated, encoding)), "send"),
      mediaSourceId: sent && this.#source.ids.of("S", sent.track),
      remoteId: this.#stats.remoteInbound.some((remote) => remote.ssrc === ssrc) ? this.#id("RI", ssrc) : undefined,
      ...(isVideo && {
        encodingIndex,
        framesSent,
        framesEncoded: framesSent,
        keyFramesEncoded: keyFramesSent,
        pliCount,
        firCount,
        frameWidth: taken?.width || undefined,
        frameHeight: taken?.height || undefined,
        framesPerSecond: taken?.rate(this.#source.now),
        scalabilityMode: encoding?.scalabilityMode,
        ...limitationMembers(taken, this.#source.now),
        hugeFramesSent: taken?.hugeFrames,
      }),
      // No packet is marked.
      packetsSentWithEct1: 0,
    });
  }

  #remoteInbound(stream: RtpStats["remoteInbound"][number]): StatsEntry {
    const { id, ssrc, kind, encodingIndex: _, reportedAt, ...counts } = stream;
    const outbound = this.#stats.outbound.find((each) => each.ssrc === ssrc);
    const members: Members = {
      ...counts,
      ssrc,
      kind,
      transportId: this.#transportId,
      codecId: this.#codec(this.#transceiver(id)?.negotiated?.sendCodecs, outbound?.payloadType, "send"),
      localId: this.#id("O", ssrc),
    };
    return this.#entry(this.#id("RI", ssrc), "remote-inbound-rtp", members, reportedAt);
  }

  #remoteOutbound(stream: RtpStats["remoteOutbound"][number]): StatsEntry {
    const { id, ssrc, kind, reportedAt, remoteNtpTime, ...counts } = stream;
    const inbound = this.#stats.inbound.find((each) => each.ssrc === ssrc);
    const members: Members = {
      ...counts,
      ssrc,
      kind,
      transportId: this.#transportId,
      codecId: this.#codec(this.#transceiver(id)?.negotiated?.receiveCodecs, inbound?.payloadType, "receive"),
      localId: this.#id("I", ssrc),
      remoteTimestamp: remoteNtpTime - EPOCHS_APART,
    };
    return this.#entry(this.#id("RO", ssrc), "remote-outbound-rtp", members, reportedAt);
  }

  #mediaSource(sent: SentSource): StatsEntry {
    const { transceiver, track, trackIdentifier, width, height, framesPerSecond, taken } = sent;
    const { kind } = transceiver;
    return this.#entry(this.#source.ids.of("S", track), "media-source", {
      kind,
      trackIdentifier,
      ...(kind === "audio"
        ? {
            audioLevel: taken.audioLevel ?? 0,
            totalAudioEnergy: taken.audioEnergy,
            totalSamplesDuration: taken.duration,
          }
        : { width, height, frames: taken.frames, framesPerSecond }),
    });
  }

  /** The name of a codec in use, which gets an entry of its own. */
  #codec(
    codecs: readonly MediaCodec[] | undefined,
    payloadType: number | undefined,
    way: "send" | "receive",
  ): string | undefined {
    const codec = codecs?.find((each) => each.payloadType === payloadType);
    if (codec === undefined) return undefined;
    const { mimeType, clockRate, channels, fmtp } = codec;
    const id = `C${way === "send" ? "O" : "I"}${this.#transportId}_${payloadType}_${fmtp}`;
    if (!this.#codecs.has(id)) {
      const members: Members = {
        payloadType,
        transportId: this.#transportId,
        mimeType,
        clockRate,
        channels,
        sdpFmtpLine: fmtp === "" ? undefined : fmtp,
      };
      this.#codecs.set(id, this.#entry(id, "codec", members));
    }
    return id;
  }

  #clockRate(transceiver: Transceiver | undefined, payloadType: number | undefined): number {
    const codecs = transceiver?.negotiated?.receiveCodecs ?? [];
    return codecs.find((codec) => codec.payloadType === payloadType)?.clockRate ?? 48_000;
  }

  #entry(id: string, type: StatsEntry["type"], members: Members, at: Instant = this.#source.now): StatsEntry {
    const { now, wallTime } = this.#source;
    return entry(id, type, wallTime + (at - now), members);
  }
}

type Counters = NonNullable<ReturnType<PeerMedia["received"]["countersOf"]>>;

function jitterBufferMembers(counters: Counters["received"], isVideo: boolean, clockRate: number): Members {
  const { jitterBufferDelay, jitterBufferTargetDelay, jitterBufferMinimumDelay, jitterBufferEmittedCount } = counters;
  return {
    jitterBufferDelay: jitterBufferDelay / 1000,
    jitterBufferTargetDelay: jitterBufferTargetDelay / 1000,
    jitterBufferMinimumDelay: jitterBufferMinimumDelay / 1000,
    jitterBufferEmittedCount,
    // What is due is handed over; decoding is not ours.
    totalProcessingDelay: jitterBufferDelay / 1000,
    ...(!isVideo && {
      totalSamplesReceived: jitterBufferEmittedCount,
      totalSamplesDuration: jitterBufferEmittedCount / clockRate,
    }),
  };
}

function videoMembers({ received, played }: Counters, now: Instant): Members {
  return {
    framesReceived: received.framesReceived,
    framesDecoded: played.frames,
    keyFramesDecoded: played.keyFrames,
    framesDropped: received.framesDropped,
    framesAssembledFromMultiplePackets: received.framesAssembledFromMultiplePackets,
    totalAssemblyTime: received.totalAssemblyTime / 1000,
    frameWidth: received.frameWidth || undefined,
    frameHeight: received.frameHeight || undefined,
    framesPerSecond: played.rate(now),
    ...paceMembers(played),
  };
}

function paceMembers({ frames, pace }: PlayedCounters): Members {
  return {
    framesRendered: frames,
    totalInterFrameDelay: pace.totalInterFrameDelay / 1000,
    totalSquaredInterFrameDelay: pace.totalSquaredInterFrameDelay / 1_000_000,
    freezeCount: pace.freezeCount,
    totalFreezesDuration: pace.totalFreezesDuration / 1000,
    pauseCount: pace.pauseCount,
    totalPausesDuration: pace.totalPausesDuration / 1000,
  };
}

/** Nothing here limits the quality: whoever encodes decides about it. */
function limitationMembers(taken: PlayedCounters | undefined, now: Instant): Members {
  const none = taken?.begunAt === undefined ? 0 : (now - taken.begunAt) / 1000;
  return {
    qualityLimitationReason: "none",
    qualityLimitationDurations: { none, cpu: 0, bandwidth: 0, other: 0 },
    qualityLimitationResolutionChanges: 0,
  };
}

function audioMembers({ audioLevel, audioEnergy }: PlayedCounters): Members {
  return { audioLevel: audioLevel ?? 0, totalAudioEnergy: audioEnergy };
}

/** @param wallTime of the sender, of what is played now; NaN when it is not known */
function playoutMembers(wallTime: number | undefined): Members {
  return { estimatedPlayoutTimestamp: wallTime === undefined || Number.isNaN(wallTime) ? undefined : wallTime + EPOCHS_APART };
}

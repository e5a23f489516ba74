/**
 * The transceivers of a peer connection, and how descriptions give them sections: RFC 9429 §5.9 to §5.11,
 * https://w3c.github.io/webrtc-pc/#set-the-rtcsessiondescription
 */
import { type Random, randomString, randomUuid } from "../base/random.ts";
import type { Assignment, MediaPlan, TransceiverMaterial } from "../jsep/media.ts";
import type { Plan, SectionPlan } from "../jsep/negotiation.ts";
import { type Direction, receives, reversed, sends } from "./media-types.ts";
import { hasCodec } from "./rtp-parameters.ts";
import { followAnsweredRids, proposedEncodings } from "./simulcast.ts";
import { createEncoding, type Encoding, Transceiver, type TransceiverInit } from "./transceiver.ts";

/** What a description says of one transceiver. */
export interface AppliedSection {
  readonly transceiver: Transceiver;
  /** Made for this description. */
  readonly isNew: boolean;
  /** What the section says, from our view; `inactive` when it is rejected. */
  readonly direction: Direction;
  /** The streams of the remote track; empty unless it is received. */
  readonly streamIds: readonly string[];
  readonly isRejected: boolean;
}

/** What applying a description did to the transceivers, in the order of the sections. */
export interface AppliedMedia {
  readonly sections: readonly AppliedSection[];
  /** Made for an offer that is taken back. */
  readonly removed: readonly Transceiver[];
}

/** A description without audio and video. */
export const NO_MEDIA: AppliedMedia = { sections: [], removed: [] };

/** Where a transceiver stood before the offer that is pending. */
interface StableState {
  readonly mid: string | null;
  readonly transport: number | undefined;
  readonly encodings: Encoding[];
}

const NOTHING: ReadonlyMap<Transceiver, StableState> = new Map();

/** Letters of a CNAME: 96 bits of chance, as RFC 7022 §4.2 wants. */
const CNAME_LENGTH = 16;
const CNAME_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** What a description was applied as. */
export interface AppliedAs {
  readonly plan: Plan;
  readonly type: "offer" | "answer" | "pranswer";
  /** The key of the transport that has a section. */
  readonly transportOf: (mid: string) => number | undefined;
}

/** The transceivers in the order in which they were made. */
export class TransceiverSet {
  readonly #random: Random;
  #list: readonly Transceiver[] = [];
  #stable: ReadonlyMap<Transceiver, StableState> | undefined = undefined;
  #lastKey = 0;
  #cname: string | undefined = undefined;
  /** The stream of remote tracks that no stream is named for. */
  #defaultStream: string | undefined = undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  get list(): readonly Transceiver[] {
    return this.#list;
  }

  /** Makes one and adds it. */
  add(init: TransceiverInit): Transceiver {
    this.#cname ??= randomString(this.#random, CNAME_LENGTH, CNAME_LETTERS);
    // A track that two senders have goes by another name in the second section: no two sections may name one track.
    const isTaken = this.#list.some(({ sender }) => sender.trackId === init.trackId);
    const unique = isTaken ? { ...init, trackId: randomUuid(this.#random) } : init;
    const transceiver = new Transceiver(++this.#lastKey, unique, this.#cname, this.#random);
    this.#list = [...this.#list, transceiver];
    return transceiver;
  }

  /** What the next offer or answer is to say of them. An answer does not reject what is stopping: it says that it is inactive. */
  material(isAnswer: boolean = false): readonly TransceiverMaterial[] {
    return this.#list.map((transceiver) => materialOf(transceiver, isAnswer));
  }

  /** Follows a description of ours. @param assigned the sections of the transceivers in it */
  applyLocal({ plan, type, transportOf }: AppliedAs, assigned: readonly Assignment[]): AppliedMedia {
    if (this.#list.length === 0) return NO_MEDIA;
    if (type === "offer") this.#remember();
    const before = new Set(this.#list.filter(({ isStopping }) => isStopping));
    for (const { key, mid } of assigned) {
      const transceiver = this.#list.find((each) => each.key === key);
      if (transceiver !== undefined) transceiver.mid = mid;
    }
    const sections = plan.sections.flatMap((section): AppliedSection[] => {
      const transceiver = this.#of(section.mid);
      if (transceiver === undefined || transceiver.isStopped) return [];
      const media = mediaOf(plan, section);
      const direction = media?.localDirection ?? "inactive";
      if (media !== undefined) transceiver.transport = transportOf(section.mid);
      if (type !== "offer") {
        settle(transceiver, media, direction);
        if (media !== undefined) followAnsweredRids(transceiver, media.localSendRids);
      }
      return [{ transceiver, isNew: false, direction, streamIds: [], isRejected: media === undefined }];
    });
    // One that our answer itself rejects, as it cannot be bundled, is there to be seen until the next exchange.
    if (type === "answer") this.#settled((transceiver) => before.has(transceiver));
    return { sections, removed: [] };
  }

  /** Follows a description of the other side: finds a transceiver for each section, or makes one. */
  applyRemote({ plan, type, transportOf }: AppliedAs): AppliedMedia {
    if (type === "offer") this.#remember();
    const sections = plan.sections.flatMap((section): AppliedSection[] => {
      if (section.kind === undefined || section.kind === "data") return [];
      const media = mediaOf(plan, section);
      const direction = media?.remoteDirection === undefined ? "inactive" : reversed(media.remoteDirection);
      const before = this.#of(section.mid);
      const transceiver = before ?? (media && this.#associate(media, direction));
      if (transceiver === undefined) return [];
      if (type === "offer" && media !== undefined) proposedEncodings(transceiver, media, this.#random);
      else if (media !== undefined) followAnsweredRids(transceiver, media.remoteReceiveRids);
      if (media === undefined) stop(transceiver);
      else if (type !== "offer") {
        settle(transceiver, media, direction);
        transceiver.transport = transportOf(section.mid);
      }
      const streamIds = media !== undefined && receives(direction) ? this.#streamsOf(media) : [];
      const isNew = before === undefined && transceiver.isByOffer;
      return [{ transceiver, isNew, direction, streamIds, isRejected: media === undefined }];
    });
    if (type === "answer") this.#settled();
    return sections.length === 0 ? NO_MEDIA : { sections, removed: [] };
  }

  /** Takes the pending offer back. */
  rollBack(): AppliedMedia {
    const stable = this.#stable;
    this.#stable = undefined;
    if (this.#list.length === 0) return NO_MEDIA;
    const removed: Transceiver[] = [];
    const sections = this.#list.map((transceiver): AppliedSection => {
      const before = stable?.get(transceiver);
      transceiver.mid = before?.mid ?? null;
      transceiver.transport = before?.transport;
      if (before !== undefined && transceiver.sender.encodings.some(({ rid }) => rid !== undefined)) {
        if (before.encodings.every(({ rid }) => rid === undefined)) transceiver.sender.encodings = before.encodings;
      }
      if (transceiver.isByOffer) {
        transceiver.isByOffer = false;
        const { sender, kind } = transceiver;
        if (sender.encodings.some(({ rid }) => rid !== undefined)) sender.encodings = [createEncoding({}, kind, this.#random)];
        if (transceiver.wasAddTrackUsed) transceiver.isByAddTrack = true;
        else removed.push(transceiver);
      }
      const direction = transceiver.currentDirection ?? "inactive";
      return { transceiver, isNew: false, direction, streamIds: [], isRejected: false };
    });
    if (removed.length > 0) this.#list = this.#list.filter((each) => !removed.includes(each));
    return { sections, removed };
  }

  #of(mid: string): Transceiver | undefined {
    return this.#list.find((each) => each.mid === mid);
  }

  /** RFC 9429 §5.10: one that addTrack made, if the other side would receive; else a new one. */
  #associate(media: MediaPlan, direction: Direction): Transceiver {
    const found = this.#list.find(
      (each) => sends(direction) && each.kind === media.kind && each.mid === null && each.isByAddTrack && !each.isStopping,
    );
    const receiverTrackId = media.remoteMsids?.find(({ track }) => track !== "")?.track;
    const transceiver =
      found ??
      this.add({
        kind: media.kind,
        direction: "recvonly",
        streamIds: [],
        receiverTrackId,
        encodings: [],
        isByAddTrack: false,
        isByOffer: true,
      });
    transceiver.mid = media.mid;
    return transceiver;
  }

  /** The streams that the other side names for its track. */
  #streamsOf({ remoteMsids }: MediaPlan): readonly string[] {
    if (remoteMsids === undefined) {
      this.#defaultStream ??= randomUuid(this.#random);
      return [this.#defaultStream];
    }
    return [...new Set(remoteMsids.map(({ stream }) => stream).filter((stream) => stream !== "-"))];
  }

  /** Notes where all stand, at the first offer of an exchange. */
  #remember(): void {
    if (this.#stable !== undefined) return;
    if (this.#list.length === 0) this.#stable = NOTHING;
    else
      this.#stable = new Map(
        this.#list.map((each) => [each, { mid: each.mid, transport: each.transport, encodings: each.sender.encodings }]),
      );
  }

  #settled(mayGo: (transceiver: Transceiver) => boolean = () => true): void {
    this.#stable = undefined;
    for (const transceiver of this.#list) transceiver.isByOffer = false;
    // Offer and answer agree that their sections are rejected.
    const isOver = (transceiver: Transceiver): boolean => transceiver.isStopped && mayGo(transceiver);
    const over = this.#list.filter(isOver);
    if (over.length === 0) return;
    this.#list = this.#list.filter((transceiver) => !over.includes(transceiver));
    for (const transceiver of over) transceiver.mid = null;
  }
}

function mediaOf(plan: Plan, { mid, state }: SectionPlan): MediaPlan | undefined {
  return state === "rejected" ? undefined : plan.media.find((media) => media.mid === mid);
}

/** An answer says what there is now. */
function settle(transceiver: Transceiver, media: MediaPlan | undefined, direction: Direction): void {
  if (media === undefined) {
    stop(transceiver);
    return;
  }
  transceiver.negotiated = media;
  transceiver.currentDirection = direction;
  // A codec that a script chose and that was negotiated away is chosen no more.
  for (const encoding of transceiver.sender.encodings) {
    if (encoding.codec !== undefined && !hasCodec(media.sendCodecs, encoding.codec)) encoding.codec = undefined;
  }
  if (sends(direction)) transceiver.hasSent = true;
}

/** https://w3c.github.io/webrtc-pc/#dfn-stop-the-rtcrtptransceiver */
function stop(transceiver: Transceiver): void {
  transceiver.isStopping = true;
  transceiver.isStopped = true;
  transceiver.currentDirection = null;
  transceiver.negotiated = undefined;
}

function materialOf(transceiver: Transceiver, isAnswer: boolean): TransceiverMaterial {
  const { key, mid, kind, direction, isStopping, isStopped, sender, codecs, codecPreferences } = transceiver;
  const { streamIds, trackId, cname, encodings } = sender;
  return {
    key,
    mid: mid ?? undefined,
    kind,
    direction,
    isStopped: isStopped || (isStopping && !isAnswer),
    codecs,
    hasPreferences: codecPreferences.length > 0,
    extensions: transceiver.extensionsToNegotiate.flatMap(({ uri, preferredId, direction: wanted }) =>
      wanted === "stopped" ? [] : [{ uri, preferredId, direction: wanted }],
    ),
    streams: streamIds,
    trackId,
    cname,
    ssrcs: encodings.map(({ ssrc, rtxSsrc, fecSsrc }) => ({ ssrc, rtx: rtxSsrc, fec: fecSsrc })),
    sendRids: encodings.flatMap(({ rid }) => (rid === undefined ? [] : [{ rid }])),
  };
}

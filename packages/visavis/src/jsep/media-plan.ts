/**
 * What the descriptions in force say of an audio or video section: RFC 9429 §5.9 to §5.11.
 */
import { find, has } from "../sdp/attribute.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { codecsOf, commonCodecs } from "./codecs.ts";
import { common, directionOfSection, reversed } from "./directions.ts";
import { type Exchange, sidesOf } from "./exchange.ts";
import { commonExtensions, extensionsOf } from "./header-extensions.ts";
import type {
  Direction,
  HeaderExtension,
  MediaCodec,
  MediaKind,
  MediaPlan,
  MediaStreamTrackId,
  RemoteSource,
  StreamRid,
} from "./media.ts";
import type { SectionPlan } from "./negotiation.ts";
import { commonRids, ridsOf } from "./simulcast.ts";
import { msidsOf, sourcesOf } from "./sources.ts";

/** A section of one description. */
interface Part {
  readonly session: SessionDescription;
  readonly media: MediaDescription;
}

function partOf(session: SessionDescription | undefined, index: number): Part | undefined {
  const media = session?.media[index];
  return session === undefined || media === undefined ? undefined : { session, media };
}

/** Reads what is asked for: of most plans little is. */
class ReadMediaPlan implements MediaPlan {
  readonly index: number;
  readonly mid: string;
  readonly kind: MediaKind;
  readonly state: "proposed" | "accepted";
  readonly transportMid: string;
  readonly #local: Part | undefined;
  readonly #remote: Part | undefined;
  readonly #answer: Part | undefined;
  /** What goes on while an offer is not answered. */
  readonly #before: MediaPlan | undefined;
  #codecs: { readonly send: readonly MediaCodec[]; readonly receive: readonly MediaCodec[] } | undefined = undefined;

  constructor(section: SectionPlan, kind: MediaKind, exchange: Exchange, before: MediaPlan | undefined) {
    const sides = sidesOf(exchange);
    this.index = section.index;
    this.mid = section.mid;
    this.kind = kind;
    this.state = section.state === "proposed" ? "proposed" : "accepted";
    this.transportMid = section.transportMid;
    this.#local = partOf(sides.local, section.index);
    this.#remote = partOf(sides.remote, section.index);
    this.#answer = partOf(exchange.answer, section.index);
    this.#before = before;
  }

  get localDirection(): Direction | undefined {
    return this.#local === undefined ? this.#before?.localDirection : directionOf(this.#local);
  }

  get remoteDirection(): Direction | undefined {
    return this.#remote === undefined ? this.#before?.remoteDirection : directionOf(this.#remote);
  }

  get direction(): Direction | undefined {
    const both = this.#both();
    return both === undefined ? this.#before?.direction : common(directionOf(both.local), reversed(directionOf(both.remote)));
  }

  get sendCodecs(): readonly MediaCodec[] {
    return this.#agreed().send;
  }

  get receiveCodecs(): readonly MediaCodec[] {
    return this.#agreed().receive;
  }

  get remoteCodecs(): readonly MediaCodec[] {
    return this.#remote === undefined ? (this.#before?.remoteCodecs ?? []) : codecsOf(this.#remote.media);
  }

  get sendExtensions(): readonly HeaderExtension[] {
    const both = this.#both();
    if (both === undefined) return this.#before?.sendExtensions ?? [];
    const shared = commonExtensions(extensionsOf(both.remote.media), extensionsOf(both.local.media));
    return shared.map((extension) => ({ ...extension, direction: reversed(extension.direction) }));
  }

  get receiveExtensions(): readonly HeaderExtension[] {
    const both = this.#both();
    if (both === undefined) return this.#before?.receiveExtensions ?? [];
    return commonExtensions(extensionsOf(both.local.media), extensionsOf(both.remote.media));
  }

  get remoteMsids(): readonly MediaStreamTrackId[] | undefined {
    return this.#remote === undefined ? this.#before?.remoteMsids : msidsOf(this.#remote.media);
  }

  get remoteSources(): readonly RemoteSource[] {
    return this.#remote === undefined ? (this.#before?.remoteSources ?? []) : sourcesOf(this.#remote.media);
  }

  get remoteSendRids(): readonly StreamRid[] {
    return this.#remote === undefined ? (this.#before?.remoteSendRids ?? []) : ridsOf(this.#remote.media, "send");
  }

  get remoteReceiveRids(): readonly StreamRid[] {
    return this.#remote === undefined ? (this.#before?.remoteReceiveRids ?? []) : ridsOf(this.#remote.media, "recv");
  }

  get localSendRids(): readonly StreamRid[] {
    return this.#layers("send", "recv") ?? this.#before?.localSendRids ?? [];
  }

  get localReceiveRids(): readonly StreamRid[] {
    return this.#layers("recv", "send") ?? this.#before?.localReceiveRids ?? [];
  }

  get rtcpMux(): boolean {
    return this.#has("rtcp-mux") ?? this.#before?.rtcpMux ?? false;
  }

  get reducedSize(): boolean {
    return this.#has("rtcp-rsize") ?? this.#before?.reducedSize ?? false;
  }

  get mixedExtensions(): boolean {
    return this.#has("extmap-allow-mixed") ?? this.#before?.mixedExtensions ?? false;
  }

  get cryptex(): boolean {
    return this.#has("cryptex") ?? this.#before?.cryptex ?? false;
  }

  get remoteBandwidth(): number | undefined {
    return this.#remote === undefined ? this.#before?.remoteBandwidth : bandwidthOf(this.#remote.media);
  }

  get ptime(): number | undefined {
    return this.#remote === undefined ? this.#before?.ptime : find(this.#remote.media.attributes, "ptime");
  }

  get maxptime(): number | undefined {
    return this.#remote === undefined ? this.#before?.maxptime : find(this.#remote.media.attributes, "maxptime");
  }

  /** Both sides' sections of an answered exchange. */
  #both(): { readonly local: Part; readonly remote: Part } | undefined {
    const [local, remote] = [this.#local, this.#remote];
    return local === undefined || remote === undefined ? undefined : { local, remote };
  }

  #agreed(): { readonly send: readonly MediaCodec[]; readonly receive: readonly MediaCodec[] } {
    if (this.#codecs !== undefined) return this.#codecs;
    const both = this.#both();
    if (both === undefined) {
      this.#codecs = { send: this.#before?.sendCodecs ?? [], receive: this.#before?.receiveCodecs ?? [] };
      return this.#codecs;
    }
    const isOurAnswer = this.#answer?.media === both.local.media;
    const [first, second] = isOurAnswer ? [both.local, both.remote] : [both.remote, both.local];
    const pairs = commonCodecs(codecsOf(first.media), codecsOf(second.media)).map((pair) =>
      isOurAnswer ? { local: pair.first, remote: pair.second } : { local: pair.second, remote: pair.first },
    );
    this.#codecs = {
      send: pairs.map(({ local, remote }) => ({ ...remote, mimeType: local.mimeType, feedback: shared(remote, local) })),
      receive: pairs.map(({ local, remote }) => ({ ...local, feedback: shared(local, remote) })),
    };
    return this.#codecs;
  }

  /** What one side sends and the other receives; what is offered while there is no answer to our offer. */
  #layers(ours: "send" | "recv", theirs: "send" | "recv"): readonly StreamRid[] | undefined {
    if (this.#local === undefined) return undefined;
    const own = ridsOf(this.#local.media, ours);
    return this.#remote === undefined ? own : commonRids(own, ridsOf(this.#remote.media, theirs));
  }

  #has(name: string): boolean | undefined {
    const both = this.#both();
    const isThere = ({ session, media }: Part): boolean => has(media.attributes, name) || has(session.attributes, name);
    return both && isThere(both.local) && isThere(both.remote);
  }
}

function directionOf({ session, media }: Part): Direction {
  return directionOfSection(session, media);
}

function shared(codec: MediaCodec, other: MediaCodec): readonly string[] {
  return codec.feedback.filter((each) => other.feedback.includes(each));
}

/** `b=TIAS` in bits per second, else `b=AS` less the room for headers: RFC 9429 §5.9. */
function bandwidthOf({ bandwidths }: MediaDescription): number | undefined {
  const ofType = (type: string): number | undefined => bandwidths.find((each) => each.type === type)?.value;
  const [tias, as] = [ofType("TIAS"), ofType("AS")];
  return tias ?? (as === undefined ? undefined : Math.max(0, as * 1000 * 0.95 - 50 * 40 * 8));
}

/** The plans of the audio and video sections that are not rejected. */
export function mediaPlansOf(
  exchange: Exchange,
  sections: readonly SectionPlan[],
  before: readonly MediaPlan[] | undefined,
): readonly MediaPlan[] {
  const plans: MediaPlan[] = [];
  for (const section of sections) {
    const { kind, state, mid } = section;
    if (kind !== "audio" && kind !== "video") continue;
    if (state === "rejected") continue;
    const running = before?.find((each) => each.mid === mid && each.kind === kind);
    plans.push(new ReadMediaPlan(section, kind, exchange, running));
  }
  return plans;
}

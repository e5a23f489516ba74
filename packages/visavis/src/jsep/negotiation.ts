/**
 * Where an offer/answer exchange stands, as an immutable value: RFC 9429 §3 and §4, webrtc-pc §4.4.1.
 *
 * The functions of this folder take such a snapshot and return the next one; nothing here keeps state. Rollback is going
 * back to the descriptions that were in force before.
 */
import type { Fingerprint, Setup } from "../sdp/attribute-values.ts";
import type { SessionDescription } from "../sdp/description.ts";
import type { Assignment, MediaKind, MediaPlan, TransceiverMaterial } from "./media.ts";
import type { UsedNumbers } from "./payload-types.ts";

/** webrtc-pc §4.3.1 RTCSignalingState. */
export type SignalingState =
  | "stable"
  | "have-local-offer"
  | "have-remote-offer"
  | "have-local-pranswer"
  | "have-remote-pranswer"
  | "closed";

/** The types of description that can be applied; rollback has a function of its own. */
export type DescriptionType = "offer" | "answer" | "pranswer";

/** Whose description it is. */
export type Side = "local" | "remote";

/** A description that was applied. */
export interface Description {
  readonly type: DescriptionType;
  /** The text; of remote descriptions with the candidates added since (`addRemoteCandidate`). */
  readonly sdp: string;
  readonly session: SessionDescription;
}

/** The snapshot. Starts as `INITIAL`. */
export interface Negotiation {
  readonly signalingState: SignalingState;
  readonly currentLocal: Description | undefined;
  readonly pendingLocal: Description | undefined;
  readonly currentRemote: Description | undefined;
  readonly pendingRemote: Description | undefined;
  /** webrtc-pc [[LastCreatedOffer]]; empty when there is none. */
  readonly lastCreatedOffer: string;
  /** webrtc-pc [[LastCreatedAnswer]]; empty when there is none. */
  readonly lastCreatedAnswer: string;
  /** The newest text made by createOffer or createAnswer: RFC 9429 §5.2.2 counts the session version from it. */
  readonly newestCreated: string;
  /** What `newestCreated` was printed from, so that it need not be read again. */
  readonly newestSession: SessionDescription | undefined;
  /** Which transceiver has which section of `lastCreatedOffer`. */
  readonly lastOfferAssigned: readonly Assignment[];
  /** The first number that none of our sections had as mid: RFC 9429 §5.2.2 wants new ones for sections used again. */
  readonly nextMid: number;
  /** Payload types and header extension ids that mean something for good; undefined before there is audio or video. */
  readonly usedNumbers: UsedNumbers | undefined;
  /** The keys of the transports in force that are not called after their own sections any more, by mid. */
  readonly transportKeys: ReadonlyMap<string, string> | undefined;
}

/** Nothing was negotiated yet. */
export const INITIAL: Negotiation = {
  signalingState: "stable",
  currentLocal: undefined,
  pendingLocal: undefined,
  currentRemote: undefined,
  pendingRemote: undefined,
  lastCreatedOffer: "",
  lastCreatedAnswer: "",
  newestCreated: "",
  newestSession: undefined,
  lastOfferAssigned: [],
  nextMid: 0,
  usedNumbers: undefined,
  transportKeys: undefined,
};

/** A username fragment and a password: RFC 8839 §5.4. */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** The candidates that one ICE generation of one section has gathered so far. */
export interface Gathered {
  /** Of the section whose transport gathered them. */
  readonly mid: string;
  /** The generation; sections with other credentials do not get these candidates. */
  readonly usernameFragment: string;
  /** `candidate:…` lines without `a=`. */
  readonly candidates: readonly string[];
  /** Whether gathering has ended, so that `a=end-of-candidates` is due. */
  readonly complete: boolean;
}

/** What the local side wants for data, and would accept. */
export interface DataMaterial {
  /** Whether a data channel was created: then an offer has a data section. An answer accepts one in any case. */
  readonly wanted: boolean;
  readonly sctpPort: number;
  /** The largest message we receive, in bytes; 0 for any size. */
  readonly maxMessageSize: number;
  /** Value of `a=sctp-init`; undefined leaves the line out. */
  readonly sctpInit?: string | undefined;
}

/** webrtc-pc §4.2.5 RTCBundlePolicy. */
export type BundlePolicy = "balanced" | "max-compat" | "max-bundle";

/** What createOffer and createAnswer need to know of the local side. */
export interface LocalMaterial {
  /** `o=` session id: decimal digits, below 2⁶³. Used for the first description only, kept ever after. */
  readonly sessionId: string;
  /**
   * Credentials for a transport that starts or restarts. A transport that goes on keeps the credentials of the descriptions
   * in force, whatever is given here; which ones a description carries, `planOf` tells after it is applied.
   * On a restart they must differ from those in force. Give the same pair until a description that carries it is applied:
   * then creating twice gives the same text.
   */
  readonly ice: IceCredentials;
  /** Offers only: every transport restarts. (An answer restarts what the offer restarts.) */
  readonly iceRestart?: boolean;
  readonly iceLite?: boolean;
  /** Whether `a=ice-options` says `renomination`; in answers when the offer does too. */
  readonly iceRenomination?: boolean;
  /** At least one. */
  readonly fingerprints: readonly Fingerprint[];
  /** The role taken when the offer leaves the choice; `active` unless told otherwise. */
  readonly answerSetup?: "active" | "passive";
  readonly data: DataMaterial;
  /** Audio and video, in order of creation. None unless told. */
  readonly transceivers?: readonly TransceiverMaterial[];
  /** webrtc-pc §4.2.5; `balanced` unless told. */
  readonly bundlePolicy?: BundlePolicy;
  /** Whether RTP header extensions may be encrypted: RFC 9335. */
  readonly cryptex?: boolean;
  /** What was gathered so far. Candidates of sections or generations that the description does not have are left out. */
  readonly gathered?: readonly Gathered[];
}

/** The outcome of createOffer and createAnswer. */
export interface Created {
  /** Differs from the given snapshot only in what was created last. */
  readonly next: Negotiation;
  readonly sdp: string;
  /** The sections of the transceivers that were given; a transceiver that is stopped or that no section is left for has none. */
  readonly assigned: readonly Assignment[];
}

/** An m= section as both sides leave it. */
export interface SectionPlan {
  readonly index: number;
  /** Its identification; made up from the index when the description had none. */
  readonly mid: string;
  /** `application`, `audio`, `video` or what else the m= line says. */
  readonly media: string;
  /** What visavis can do with it; undefined when it can only be rejected. */
  readonly kind: "data" | MediaKind | undefined;
  /** Proposed: no answer yet. Accepted: in use. Rejected: port 0 in offer or answer. */
  readonly state: "proposed" | "accepted" | "rejected";
  /** The mid of the section whose transport it uses: its own, or that of the BUNDLE group's tagged section. */
  readonly transportMid: string;
}

/** One side of a transport, as the newest description of that side has it. */
export interface TransportSide {
  readonly ice: IceCredentials;
  readonly lite: boolean;
  readonly trickle: boolean;
  /** Whether later nominations replace earlier ones (draft-thatcher-ice-renomination). */
  readonly renomination: boolean;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: Setup | undefined;
  /** RFC 8842 `a=tls-id`. */
  readonly tlsId: string | undefined;
  /** `candidate:…` lines of the section, without `a=`. */
  readonly candidates: readonly string[];
  readonly endOfCandidates: boolean;
}

/** One ICE and DTLS transport that the descriptions ask for. */
export interface TransportPlan {
  /**
   * Names the transport as long as it goes on, also when another section comes to give it its parameters. At first it is the
   * mid of that section.
   */
  readonly key: string;
  /** The section that gives it its parameters. */
  readonly mid: string;
  readonly index: number;
  /** The mids of all sections on it, that one included. */
  readonly mids: readonly string[];
  /** Whether both sides agreed to bundle sections on it: new sections join it then. */
  readonly isBundle: boolean;
  /** Undefined until a local description has the section. */
  readonly local: TransportSide | undefined;
  /** Undefined until a remote description has the section. */
  readonly remote: TransportSide | undefined;
  /**
   * Our role in an association that starts now; undefined until an answer or provisional answer settled it. One that goes
   * on keeps the role it started with: an ICE restart answered by Firefox may say otherwise here.
   */
  readonly dtlsRole: "client" | "server" | undefined;
}

/** The data section that is proposed or in use. */
export interface DataPlan {
  readonly mid: string;
  readonly index: number;
  readonly state: "proposed" | "accepted";
  /** The mid of its transport's section. */
  readonly transportMid: string;
  readonly localSctpPort: number | undefined;
  readonly remoteSctpPort: number | undefined;
  /** What the remote side receives, in bytes; 0 for any size. 65536 when its description does not say (RFC 8841 §6). */
  readonly remoteMaxMessageSize: number | undefined;
  /** Values of `a=sctp-init`. */
  readonly localSctpInit: string | undefined;
  readonly remoteSctpInit: string | undefined;
}

/** What the descriptions of a snapshot ask the transports to be. Computed by `planOf`, compared by `peer`. */
export interface Plan {
  /**
   * Whether offer and answer (or provisional answer) are both there. While false, remote parameters are those of an
   * unanswered offer: what is running must not change over to them yet.
   */
  readonly answered: boolean;
  readonly sections: readonly SectionPlan[];
  /** Transports of proposed and accepted sections. */
  readonly transports: readonly TransportPlan[];
  readonly data: DataPlan | undefined;
  /** The audio and video sections that are not rejected, in order. */
  readonly media: readonly MediaPlan[];
  /** webrtc-pc canTrickleIceCandidates. */
  readonly canTrickle: boolean | null;
}

/** What applying a description brings, beside the next snapshot. */
export interface Effects {
  /** The plan of the next snapshot. */
  readonly plan: Plan;
  /** Of a local offer: the sections that its transceivers have from now on. Answers and remote descriptions assign none. */
  readonly assigned: readonly Assignment[];
  /** True when an unanswered local offer was given up first (webrtc-pc: implicit rollback). */
  readonly rolledBack: boolean;
  /**
   * The keys of transports whose local or remote ICE credentials differ from those that were in force when the exchange
   * began: ICE restarts there (RFC 8839 §4.4.1.1.1).
   */
  readonly restartedIce: readonly string[];
  /** The keys of transports whose remote fingerprints or tls-id changed: a new DTLS association (RFC 8842 §4). */
  readonly restartedDtls: readonly string[];
}

/** The outcome of applyLocal and applyRemote. */
export interface Applied {
  readonly next: Negotiation;
  readonly effects: Effects;
}

/** What was wrong. `peer` and `webrtc` turn the codes into DOMException and RTCError names. */
export type JsepErrorCode = "invalid-state" | "invalid-access" | "sdp-syntax" | "invalid-modification" | "operation";

/** A description or call that offer/answer does not allow. The snapshot it was tried on stays in force. */
export class JsepError extends Error {
  override readonly name = "JsepError";
  readonly code: JsepErrorCode;
  /** For `sdp-syntax`: the line, counted from 1. */
  readonly line: number | undefined;

  constructor(code: JsepErrorCode, message: string, line?: number) {
    super(message);
    this.code = code;
    this.line = line;
  }
}

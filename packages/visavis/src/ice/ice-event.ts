/**
 * What an agent says about itself: its states in the words of the W3C specification, and its events.
 * https://www.w3.org/TR/webrtc/#rtcicetransport
 */
import type { Route } from "../base/route.ts";
import type { IceCandidate } from "./candidate.ts";

/** Which side decides about the pair to use: RFC 8445 §6.1.1. */
export type IceRole = "controlling" | "controlled";

/** RTCIceTransportState. */
export type IceState = "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";

/** RTCIceGathererState. */
export type IceGatheringState = "new" | "gathering" | "complete";

/** A local and a remote candidate that work together. */
export interface IceCandidatePair {
  /** Names it in statistics; unique within its agent. */
  readonly id: string;
  readonly local: IceCandidate;
  /** As it was signalled: an mDNS name stays a name. */
  readonly remote: IceCandidate;
  readonly route: Route;
}

/** What happened in an agent. */
export type IceEvent =
  | { readonly type: "gathering-state"; readonly state: IceGatheringState }
  /** A local candidate to be told to the peer. */
  | { readonly type: "candidate"; readonly candidate: IceCandidate }
  /** A STUN server did not help. `address` and `port` are the local ones it was asked from; null when it never came to that. */
  | {
      readonly type: "candidate-error";
      readonly address: string | null;
      readonly port: number | null;
      readonly url: string;
      readonly errorCode: number;
      readonly errorText: string;
    }
  | { readonly type: "state"; readonly state: IceState }
  /** The pair that data goes over; also when it changes. */
  | { readonly type: "selected-pair"; readonly pair: IceCandidatePair }
  /** The role was switched to settle a conflict. */
  | { readonly type: "role"; readonly role: IceRole };

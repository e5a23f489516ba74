/**
 * RTCIceTransport and RTCIceCandidatePair: https://w3c.github.io/webrtc-pc/#rtcicetransport
 */
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import type { RTCIceCandidate, RTCIceComponent } from "./rtc-ice-candidate.ts";
import { isObject } from "./webidl.ts";

/** The states of an ICE transport. */
export type RTCIceTransportState = "closed" | "failed" | "disconnected" | "new" | "checking" | "completed" | "connected";
/** The states of gathering. */
export type RTCIceGathererState = "new" | "gathering" | "complete";
/** Who nominates (RFC 8445 §6.1.1). */
export type RTCIceRole = "unknown" | "controlling" | "controlled";

/** User name fragment and password of one side. */
export interface RTCIceParameters {
  usernameFragment?: string;
  password?: string;
}

/** Two candidates that data can go between. */
export interface RTCIceCandidatePair {
  readonly local: RTCIceCandidate;
  readonly remote: RTCIceCandidate;
}

/** The interface object of RTCIceCandidatePair. */
export interface RTCIceCandidatePairConstructor {
  readonly prototype: RTCIceCandidatePair;
  new (): RTCIceCandidatePair;
}

/** The events of an ICE transport. */
export interface RTCIceTransportEventMap {
  gatheringstatechange: Event;
  selectedcandidatepairchange: Event;
  statechange: Event;
}

/** The ICE transport under a DTLS transport. */
export interface RTCIceTransport extends TypedEventTarget<RTCIceTransportEventMap> {
  readonly component: RTCIceComponent;
  readonly gatheringState: RTCIceGathererState;
  readonly role: RTCIceRole;
  readonly state: RTCIceTransportState;
  ongatheringstatechange: EventHandler;
  onselectedcandidatepairchange: EventHandler;
  onstatechange: EventHandler;
  getLocalCandidates(): RTCIceCandidate[];
  getLocalParameters(): RTCIceParameters | null;
  getRemoteCandidates(): RTCIceCandidate[];
  getRemoteParameters(): RTCIceParameters | null;
  getSelectedCandidatePair(): RTCIceCandidatePair | null;
}

/** The interface object of RTCIceTransport. */
export interface RTCIceTransportConstructor {
  readonly prototype: RTCIceTransport;
  new (): RTCIceTransport;
}

/** The internal slots of an RTCIceTransport. */
export interface IceTransportSlots {
  role: RTCIceRole;
  state: RTCIceTransportState;
  gatheringState: RTCIceGathererState;
  localCandidates: readonly RTCIceCandidate[];
  remoteCandidates: readonly RTCIceCandidate[];
  localParameters: Required<RTCIceParameters> | null;
  remoteParameters: Required<RTCIceParameters> | null;
  selectedPair: RTCIceCandidatePair | null;
}

let create: (slots: IceTransportSlots) => RTCIceTransport;
let createPair: (local: RTCIceCandidate, remote: RTCIceCandidate) => RTCIceCandidatePair;
let hasBrand: (value: object) => boolean;

/** The class RTCIceCandidatePair. Scripts cannot construct it. */
export const RTCIceCandidatePair: RTCIceCandidatePairConstructor = class RTCIceCandidatePair {
  readonly #local: RTCIceCandidate;
  readonly #remote: RTCIceCandidate;

  static {
    createPair = (local, remote) => new RTCIceCandidatePair(CONSTRUCT, local, remote);
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    this.#local = args[1] as RTCIceCandidate;
    this.#remote = args[2] as RTCIceCandidate;
  }

  get local(): RTCIceCandidate {
    return this.#local;
  }

  get remote(): RTCIceCandidate {
    return this.#remote;
  }
};

/** The class RTCIceTransport. Scripts cannot construct it. */
export const RTCIceTransport: RTCIceTransportConstructor = class RTCIceTransport extends EventTarget {
  readonly #slots: IceTransportSlots;
  declare onstatechange: EventHandler;
  declare ongatheringstatechange: EventHandler;
  declare onselectedcandidatepairchange: EventHandler;

  static {
    create = (slots) => new RTCIceTransport(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    super();
    this.#slots = args[1] as IceTransportSlots;
  }

  get role(): RTCIceRole {
    return this.#slots.role;
  }

  get component(): RTCIceComponent {
    // Both are always multiplexed; and then the component is "rtp".
    void this.#slots;
    return "rtp";
  }

  get state(): RTCIceTransportState {
    return this.#slots.state;
  }

  get gatheringState(): RTCIceGathererState {
    return this.#slots.gatheringState;
  }

  getLocalCandidates(): RTCIceCandidate[] {
    return [...this.#slots.localCandidates];
  }

  getRemoteCandidates(): RTCIceCandidate[] {
    return [...this.#slots.remoteCandidates];
  }

  getSelectedCandidatePair(): RTCIceCandidatePair | null {
    return this.#slots.selectedPair;
  }

  getLocalParameters(): RTCIceParameters | null {
    const { localParameters } = this.#slots;
    return localParameters && { ...localParameters };
  }

  getRemoteParameters(): RTCIceParameters | null {
    const { remoteParameters } = this.#slots;
    return remoteParameters && { ...remoteParameters };
  }
};

defineEventHandlers(RTCIceTransport, (value): value is RTCIceTransport => isObject(value) && hasBrand(value), [
  "statechange",
  "gatheringstatechange",
  "selectedcandidatepairchange",
]);
defineInterface(RTCIceTransport, "RTCIceTransport");
defineInterface(RTCIceCandidatePair, "RTCIceCandidatePair");

/** Makes the object for an ICE transport's slots. */
export function createIceTransport(slots: IceTransportSlots): RTCIceTransport {
  return create(slots);
}

/** Makes a pair. */
export function createIceCandidatePair(local: RTCIceCandidate, remote: RTCIceCandidate): RTCIceCandidatePair {
  return createPair(local, remote);
}

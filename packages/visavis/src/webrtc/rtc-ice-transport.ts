/**
 * RTCIceTransport: https://w3c.github.io/webrtc-pc/#rtcicetransport, and what scripts do with one of their own:
 * https://w3c.github.io/webrtc-ice/
 */
import type { Platform } from "../base/platform.ts";
import type { PeerExtensions } from "../peer/peer-options.ts";
import { ICE_SERVERS, ICE_TRANSPORT_POLICY, type RTCIceServer, type RTCIceTransportPolicy } from "./configuration.ts";
import { domError } from "./errors.ts";
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface } from "./interface-object.ts";
import {
  ICE_CANDIDATE_INIT,
  isRTCIceCandidate,
  type RTCIceCandidate,
  type RTCIceCandidateInit,
  type RTCIceComponent,
} from "./rtc-ice-candidate.ts";
import type { RTCIceCandidatePair } from "./rtc-ice-candidate-pair.ts";
import type { RTCPeerConnectionIceErrorEvent } from "./rtc-peer-connection-ice-error-event.ts";
import type { RTCPeerConnectionIceEvent } from "./rtc-peer-connection-ice-event.ts";
import { ScriptedIce } from "./scripted-ice.ts";
import { boolean, dictionary, domString, enumeration, isObject } from "./webidl.ts";

/** The states of an ICE transport. */
export type RTCIceTransportState = "closed" | "failed" | "disconnected" | "new" | "checking" | "completed" | "connected";
/** The states of gathering. */
export type RTCIceGathererState = "new" | "gathering" | "complete";
/** Who nominates (RFC 8445 §6.1.1). */
export type RTCIceRole = "unknown" | "controlling" | "controlled";

/** User name fragment and password of one side. */
export interface RTCIceParameters {
  /** The other side only answers checks (RFC 8445 §2.5). */
  iceLite?: boolean;
  password?: string;
  usernameFragment?: string;
}

/** How an ICE transport that a script made gathers: https://w3c.github.io/webrtc-ice/#dom-rtcicegatheroptions */
export interface RTCIceGatherOptions {
  gatherPolicy?: RTCIceTransportPolicy;
  iceServers?: RTCIceServer[];
}

/** The events of an ICE transport. */
export interface RTCIceTransportEventMap {
  error: RTCPeerConnectionIceErrorEvent;
  gatheringstatechange: Event;
  icecandidate: RTCPeerConnectionIceEvent;
  selectedcandidatepairchange: Event;
  statechange: Event;
}

/** An ICE transport: the one under a DTLS transport, or one that a script made. The latter alone has to be told what to do. */
export interface RTCIceTransport extends TypedEventTarget<RTCIceTransportEventMap> {
  readonly component: RTCIceComponent;
  readonly gatheringState: RTCIceGathererState;
  readonly role: RTCIceRole;
  readonly state: RTCIceTransportState;
  onerror: EventHandler<RTCPeerConnectionIceErrorEvent>;
  ongatheringstatechange: EventHandler;
  onicecandidate: EventHandler<RTCPeerConnectionIceEvent>;
  onselectedcandidatepairchange: EventHandler;
  onstatechange: EventHandler;
  /** Takes a candidate of the other side; without one, or with an empty one, there are no more. */
  addRemoteCandidate(remoteCandidate?: RTCIceCandidateInit): void;
  /** Begins to gather local candidates. Once only. */
  gather(options?: RTCIceGatherOptions): void;
  getLocalCandidates(): RTCIceCandidate[];
  getLocalParameters(): RTCIceParameters | null;
  getRemoteCandidates(): RTCIceCandidate[];
  getRemoteParameters(): RTCIceParameters | null;
  getSelectedCandidatePair(): RTCIceCandidatePair | null;
  /** Begins to look for a path; with other parameters than before it begins anew. */
  start(remoteParameters?: RTCIceParameters, role?: RTCIceRole): void;
  /** Ends it for good. */
  stop(): void;
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
  localParameters: ConvertedIceParameters | null;
  remoteParameters: ConvertedIceParameters | null;
  selectedPair: RTCIceCandidatePair | null;
}

/** Parameters of which nothing that is needed is missing. */
export type ConvertedIceParameters = RTCIceParameters & Required<Pick<RTCIceParameters, "usernameFragment" | "password">>;

const GATHER_OPTIONS = dictionary<RTCIceGatherOptions>("RTCIceGatherOptions", {
  gatherPolicy: { type: ICE_TRANSPORT_POLICY, byDefault: () => "all" },
  iceServers: { type: ICE_SERVERS },
});

const ICE_PARAMETERS = dictionary<RTCIceParameters>("RTCIceParameters", {
  iceLite: { type: boolean },
  password: { type: domString },
  usernameFragment: { type: domString },
});

const ICE_ROLE = enumeration<RTCIceRole>("RTCIceRole", ["unknown", "controlling", "controlled"]);

const failure = (operation: string): string => `Failed to execute '${operation}' on 'RTCIceTransport'`;

/** The class of a platform, for each set of choices. */
const classes = new WeakMap<Platform, WeakMap<object, RTCIceTransportConstructor>>();

/** The slots that an ICE transport begins with. */
export function createIceTransportSlots(): IceTransportSlots {
  return {
    role: "unknown",
    state: "new",
    gatheringState: "new",
    localCandidates: [],
    remoteCandidates: [],
    localParameters: null,
    remoteParameters: null,
    selectedPair: null,
  };
}

/** The class RTCIceTransport of a platform: the same at every call with the same choices. */
export function bindIceTransport(platform: Platform, extensions: PeerExtensions | undefined): RTCIceTransportConstructor {
  const ofPlatform = classes.get(platform) ?? new WeakMap<object, RTCIceTransportConstructor>();
  classes.set(platform, ofPlatform);
  const known = ofPlatform.get(extensions ?? platform);
  if (known !== undefined) return known;
  let hasBrand: (value: object) => boolean = () => false;

  const bound: RTCIceTransportConstructor = class RTCIceTransport extends EventTarget {
    readonly #slots: IceTransportSlots;
    /** Undefined under a DTLS transport: what such a one does is decided by descriptions. */
    readonly #own: ScriptedIce | undefined;
    declare onstatechange: EventHandler;
    declare ongatheringstatechange: EventHandler;
    declare onselectedcandidatepairchange: EventHandler;
    declare onicecandidate: EventHandler<RTCPeerConnectionIceEvent>;
    declare onerror: EventHandler<RTCPeerConnectionIceErrorEvent>;

    static {
      hasBrand = (value) => #slots in value;
    }

    // https://w3c.github.io/webrtc-ice/#dom-rtcicetransport-constructor
    constructor(...args: unknown[]) {
      super();
      const isUnderDtls = args[0] === CONSTRUCT;
      this.#slots = isUnderDtls ? (args[1] as IceTransportSlots) : createIceTransportSlots();
      this.#own = isUnderDtls ? undefined : new ScriptedIce(this, this.#slots, platform, extensions);
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

    gather(...args: [options?: RTCIceGatherOptions]): void {
      const own = this.#scripted("gather");
      const { gatherPolicy = "all", iceServers = [] } = GATHER_OPTIONS(args[0], `${failure("gather")}: parameter 1`);
      own.gather(iceServers, gatherPolicy);
    }

    start(...args: [remoteParameters?: RTCIceParameters, role?: RTCIceRole]): void {
      const own = this.#scripted("start");
      const parameters = ICE_PARAMETERS(args[0], `${failure("start")}: parameter 1`);
      const role = args[1] === undefined ? "controlled" : ICE_ROLE(args[1], `${failure("start")}: parameter 2`);
      own.start(parameters, role);
    }

    stop(): void {
      this.#scripted("stop").stop();
    }

    addRemoteCandidate(...args: [remoteCandidate?: RTCIceCandidateInit]): void {
      const own = this.#scripted("addRemoteCandidate");
      const init = ICE_CANDIDATE_INIT(args[0], `${failure("addRemoteCandidate")}: parameter 1`);
      own.addRemoteCandidate(init, isRTCIceCandidate(args[0]) ? args[0] : undefined);
    }

    #scripted(operation: string): ScriptedIce {
      if (this.#own !== undefined) return this.#own;
      throw domError("InvalidStateError", `${failure(operation)}: an RTCPeerConnection decides about it.`);
    }
  };

  const isIceTransport = (value: unknown): value is RTCIceTransport => isObject(value) && hasBrand(value);
  defineEventHandlers(bound, isIceTransport, [
    "statechange",
    "gatheringstatechange",
    "selectedcandidatepairchange",
    "icecandidate",
    "error",
  ]);
  defineInterface(bound, "RTCIceTransport");
  ofPlatform.set(extensions ?? platform, bound);
  return bound;
}

/** Makes the object for the slots of an ICE transport under a DTLS transport. */
export function createIceTransport(
  platform: Platform,
  extensions: PeerExtensions | undefined,
  slots: IceTransportSlots,
): RTCIceTransport {
  const bound = bindIceTransport(platform, extensions);
  return new (bound as unknown as new (token: symbol, slots: IceTransportSlots) => RTCIceTransport)(CONSTRUCT, slots);
}

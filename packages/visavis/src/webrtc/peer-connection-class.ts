/**
 * The class RTCPeerConnection, bound to a platform: conversions and brand here, the steps in the files of the procedures.
 */
import type { Platform } from "../base/platform.ts";
import type { PeerExtensions } from "../peer/peer-options.ts";
import { addIceCandidate } from "./candidates.ts";
import { createChannel } from "./channels.ts";
import { CONFIGURATION, copyConfiguration, type RTCConfiguration, validateConfiguration } from "./configuration.ts";
import { closeConnection } from "./connection-end.ts";
import { ConnectionSlots, type RTCPeerConnectionState } from "./connection-slots.ts";
import { createAnswer, createOffer, setLocalDescription, setRemoteDescription } from "./descriptions.ts";
import { PROCEDURES } from "./drain.ts";
import { domError } from "./errors.ts";
import { defineEventHandlers, type EventHandler } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { withCallbacks } from "./legacy-callbacks.ts";
import { isMediaStream } from "./media-stream.ts";
import { isMediaStreamTrack } from "./media-stream-track.ts";
import { updateNegotiationNeeded } from "./negotiation-needed.ts";
import { prepareCertificate, type RTCCertificate } from "./rtc-certificate.ts";
import { DATA_CHANNEL_INIT, type RTCDataChannel } from "./rtc-data-channel.ts";
import type { RTCDataChannelEvent } from "./rtc-data-channel-event.ts";
import { ICE_CANDIDATE_INIT } from "./rtc-ice-candidate.ts";
import type { RTCIceGathererState, RTCIceTransportState } from "./rtc-ice-transport.ts";
import type { RTCPeerConnection, RTCPeerConnectionConstructor, RTCSignalingState } from "./rtc-peer-connection.ts";
import type { RTCPeerConnectionIceErrorEvent } from "./rtc-peer-connection-ice-error-event.ts";
import type { RTCPeerConnectionIceEvent } from "./rtc-peer-connection-ice-event.ts";
import type { RTCRtpReceiver } from "./rtc-rtp-receiver.ts";
import { isRtpSender, type RTCRtpSender, slotsOfSender } from "./rtc-rtp-sender.ts";
import type { RTCRtpTransceiver } from "./rtc-rtp-transceiver.ts";
import type { RTCSctpTransport } from "./rtc-sctp-transport.ts";
import {
  LOCAL_SESSION_DESCRIPTION_INIT,
  type RTCSessionDescription,
  SESSION_DESCRIPTION_INIT,
} from "./rtc-session-description.ts";
import type { RTCStatsReport } from "./rtc-stats-report.ts";
import type { RTCTrackEvent } from "./rtc-track-event.ts";
import { ENCODING_PARAMETERS } from "./rtp-encodings.ts";
import { getStats, selectorOf } from "./stats.ts";
import { addTrack, addTransceiver, type ConvertedTransceiverInit, offerToReceive, removeTrack } from "./transceivers.ts";
import {
  boolean,
  dictionary,
  domString,
  enumeration,
  interfaceType,
  isObject,
  nullable,
  promising,
  requireArguments,
  sequence,
  usvString,
} from "./webidl.ts";

const OFFER_OPTIONS = dictionary<{ iceRestart: boolean; offerToReceiveAudio?: boolean; offerToReceiveVideo?: boolean }>(
  "RTCOfferOptions",
  {
    iceRestart: { type: boolean, byDefault: () => false },
    offerToReceiveAudio: { type: boolean },
    offerToReceiveVideo: { type: boolean },
  },
);
const ANSWER_OPTIONS = dictionary<object>("RTCAnswerOptions", {});

const TRACK = interfaceType("MediaStreamTrack", isMediaStreamTrack);
const TRACK_OR_NULL = nullable(TRACK);
const STREAM = interfaceType("MediaStream", isMediaStream);
const SENDER = interfaceType("RTCRtpSender", isRtpSender);
const TRANSCEIVER_INIT = dictionary<ConvertedTransceiverInit>("RTCRtpTransceiverInit", {
  direction: {
    type: enumeration("RTCRtpTransceiverDirection", ["sendrecv", "sendonly", "recvonly", "inactive", "stopped"]),
    byDefault: () => "sendrecv",
  },
  streams: { type: sequence(STREAM), byDefault: () => [] },
  sendEncodings: { type: sequence(ENCODING_PARAMETERS), byDefault: () => [] },
});

/** The beginning of the message of an exception that an operation throws. */
const failure = (operation: string): string => `Failed to execute '${operation}' on 'RTCPeerConnection'`;

/** Makes the class RTCPeerConnection for a platform. */
export function bindPeerConnection(platform: Platform, extensions: PeerExtensions | undefined): RTCPeerConnectionConstructor {
  let hasBrand: (value: object) => boolean = () => false;

  const bound: RTCPeerConnectionConstructor = class RTCPeerConnection extends EventTarget {
    readonly #slots: ConnectionSlots;
    declare onnegotiationneeded: EventHandler;
    declare onicecandidate: EventHandler<RTCPeerConnectionIceEvent>;
    declare onicecandidateerror: EventHandler<RTCPeerConnectionIceErrorEvent>;
    declare onsignalingstatechange: EventHandler;
    declare oniceconnectionstatechange: EventHandler;
    declare onicegatheringstatechange: EventHandler;
    declare onconnectionstatechange: EventHandler;
    declare ondatachannel: EventHandler<RTCDataChannelEvent>;
    declare ontrack: EventHandler<RTCTrackEvent>;

    static {
      hasBrand = (value) => #slots in value;
    }

    // https://w3c.github.io/webrtc-pc/#dom-peerconnection
    constructor(...args: [configuration?: RTCConfiguration]) {
      const configuration = CONFIGURATION(args[0], "Failed to construct 'RTCPeerConnection': parameter 1");
      validateConfiguration(configuration, null, true, platform.clock.wallTime());
      super();
      this.#slots = new ConnectionSlots(this, platform, extensions, configuration, PROCEDURES);
    }

    // https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-generatecertificate
    static generateCertificate(...args: [keygenAlgorithm: unknown]): Promise<RTCCertificate> {
      return promising(() => {
        requireArguments(args.length, 1, failure("generateCertificate"));
        const make = prepareCertificate(args[0], platform, failure("generateCertificate"));
        // 9., 10. In parallel make it; resolve in a queued task.
        return new Promise((resolve, reject) => {
          make().then(
            (certificate) => platform.clock.immediate(() => resolve(certificate)),
            () => reject(domError("NotSupportedError", "No certificate can be made with these parameters.")),
          );
        });
      });
    }

    get localDescription(): RTCSessionDescription | null {
      const { pendingLocal, currentLocal } = this.#slots.descriptions;
      return pendingLocal.object ?? currentLocal.object;
    }

    get currentLocalDescription(): RTCSessionDescription | null {
      return this.#slots.descriptions.currentLocal.object;
    }

    get pendingLocalDescription(): RTCSessionDescription | null {
      return this.#slots.descriptions.pendingLocal.object;
    }

    get remoteDescription(): RTCSessionDescription | null {
      const { pendingRemote, currentRemote } = this.#slots.descriptions;
      return pendingRemote.object ?? currentRemote.object;
    }

    get currentRemoteDescription(): RTCSessionDescription | null {
      return this.#slots.descriptions.currentRemote.object;
    }

    get pendingRemoteDescription(): RTCSessionDescription | null {
      return this.#slots.descriptions.pendingRemote.object;
    }

    get signalingState(): RTCSignalingState {
      return this.#slots.signalingState;
    }

    get iceGatheringState(): RTCIceGathererState {
      return this.#slots.iceGatheringState;
    }

    get iceConnectionState(): RTCIceTransportState {
      return this.#slots.iceConnectionState;
    }

    get connectionState(): RTCPeerConnectionState {
      return this.#slots.connectionState;
    }

    get canTrickleIceCandidates(): boolean | null {
      return this.#slots.canTrickle;
    }

    get sctp(): RTCSctpTransport | null {
      return this.#slots.sctp?.object ?? null;
    }

    createOffer(...args: unknown[]): Promise<never> {
      return promising(() => {
        const slots = this.#slots;
        const callbacks = args.length >= 2;
        const options = OFFER_OPTIONS(args[callbacks ? 2 : 0], `${failure("createOffer")}: options`);
        const { iceRestart, offerToReceiveAudio, offerToReceiveVideo } = options;
        if (!slots.isClosed) {
          if (offerToReceiveAudio !== undefined) offerToReceive(slots, "audio", offerToReceiveAudio);
          if (offerToReceiveVideo !== undefined) offerToReceive(slots, "video", offerToReceiveVideo);
        }
        const offer = (): Promise<unknown> => createOffer(slots, iceRestart);
        return callbacks ? withCallbacks(offer, args[0], args[1], failure("createOffer")) : offer();
      }) as Promise<never>;
    }

    createAnswer(...args: unknown[]): Promise<never> {
      return promising(() => {
        const slots = this.#slots;
        const answer = (): Promise<unknown> => createAnswer(slots);
        if (args.length >= 2) return withCallbacks(answer, args[0], args[1], failure("createAnswer"));
        ANSWER_OPTIONS(args[0], `${failure("createAnswer")}: options`);
        return answer();
      }) as Promise<never>;
    }

    setLocalDescription(...args: unknown[]): Promise<void> {
      return promising(() => {
        const slots = this.#slots;
        const context = failure("setLocalDescription");
        const description = LOCAL_SESSION_DESCRIPTION_INIT(args[0], `${context}: parameter 1`);
        const set = (): Promise<void> => setLocalDescription(slots, description);
        return args.length >= 3 ? withCallbacks(set, args[1], args[2], context) : set();
      });
    }

    setRemoteDescription(...args: unknown[]): Promise<void> {
      return promising(() => {
        const slots = this.#slots;
        const context = failure("setRemoteDescription");
        requireArguments(args.length, 1, context);
        const description = SESSION_DESCRIPTION_INIT(args[0], `${context}: parameter 1`);
        const set = (): Promise<void> => setRemoteDescription(slots, description);
        return args.length >= 3 ? withCallbacks(set, args[1], args[2], context) : set();
      });
    }

    addIceCandidate(...args: unknown[]): Promise<void> {
      return promising(() => {
        const slots = this.#slots;
        const context = failure("addIceCandidate");
        const candidate = ICE_CANDIDATE_INIT(args[0], `${context}: parameter 1`);
        const add = (): Promise<void> => addIceCandidate(slots, candidate);
        return args.length >= 3 ? withCallbacks(add, args[1], args[2], context) : add();
      });
    }

    // https://w3c.github.io/webrtc-pc/#dom-peerconnection-createdatachannel
    createDataChannel(...args: unknown[]): RTCDataChannel {
      const slots = this.#slots;
      const context = failure("createDataChannel");
      requireArguments(args.length, 1, context);
      const label = usvString(args[0], `${context}: parameter 1`);
      return createChannel(slots, label, DATA_CHANNEL_INIT(args[1], `${context}: parameter 2`));
    }

    // https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-addtrack
    addTrack(...args: unknown[]): RTCRtpSender {
      const slots = this.#slots;
      const context = failure("addTrack");
      requireArguments(args.length, 1, context);
      const [track, ...streams] = args;
      return addTrack(
        slots,
        TRACK(track, `${context}: parameter 1`),
        streams.map((stream, index) => STREAM(stream, `${context}: parameter ${index + 2}`)),
      );
    }

    // https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-removetrack
    removeTrack(...args: unknown[]): void {
      const slots = this.#slots;
      const context = failure("removeTrack");
      requireArguments(args.length, 1, context);
      removeTrack(slots, slotsOfSender(SENDER(args[0], `${context}: parameter 1`)));
    }

    // https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-addtransceiver
    addTransceiver(...args: unknown[]): RTCRtpTransceiver {
      const slots = this.#slots;
      const context = failure("addTransceiver");
      requireArguments(args.length, 1, context);
      const trackOrKind = isMediaStreamTrack(args[0]) ? args[0] : domString(args[0], `${context}: parameter 1`);
      return addTransceiver(slots, trackOrKind, TRANSCEIVER_INIT(args[1], `${context}: parameter 2`));
    }

    getSenders(): RTCRtpSender[] {
      return this.#slots.transceivers.map(({ sender }) => sender.object);
    }

    getReceivers(): RTCRtpReceiver[] {
      return this.#slots.transceivers.map(({ receiver }) => receiver.object);
    }

    getTransceivers(): RTCRtpTransceiver[] {
      return this.#slots.transceivers.map(({ object }) => object);
    }

    // https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-restartice
    restartIce(): void {
      const slots = this.#slots;
      // 2. Empty [[LocalIceCredentialsToReplace]] and fill it with the credentials in force; 3. update the flag.
      slots.call(() => slots.peer.restartIce());
      updateNegotiationNeeded(slots);
    }

    // https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-getconfiguration
    getConfiguration(): RTCConfiguration {
      return copyConfiguration(this.#slots.configuration);
    }

    // https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-setconfiguration
    setConfiguration(...args: [configuration?: RTCConfiguration]): void {
      const slots = this.#slots;
      const configuration = CONFIGURATION(args[0], `${failure("setConfiguration")}: parameter 1`);
      // 2. If connection.[[IsClosed]] is true, throw an InvalidStateError.
      if (slots.isClosed) throw domError("InvalidStateError", "The RTCPeerConnection is closed.");
      // 3. Set the configuration.
      validateConfiguration(configuration, slots.configuration, !slots.hasLocalDescription, platform.clock.wallTime());
      slots.configure(configuration);
    }

    getStats(...args: unknown[]): Promise<RTCStatsReport> {
      return promising(() => {
        const slots = this.#slots;
        const selector = TRACK_OR_NULL(args[0], `${failure("getStats")}: parameter 1`);
        return selector === null ? getStats(slots) : getStats(slots, selectorOf(slots, selector));
      });
    }

    // https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-close
    close(): void {
      closeConnection(this.#slots);
    }
  };

  defineEventHandlers(bound, (value): value is RTCPeerConnection => isObject(value) && hasBrand(value), [
    "negotiationneeded",
    "icecandidate",
    "icecandidateerror",
    "signalingstatechange",
    "iceconnectionstatechange",
    "icegatheringstatechange",
    "connectionstatechange",
    "datachannel",
    "track",
  ]);
  defineInterface(bound, "RTCPeerConnection", {
    lengths: {
      setRemoteDescription: 1,
      createDataChannel: 1,
      generateCertificate: 1,
      addTrack: 1,
      removeTrack: 1,
      addTransceiver: 1,
    },
  });
  return bound;
}

/**
 * The internal slots of an RTCPeerConnection: https://w3c.github.io/webrtc-pc/#rtcpeerconnection-interface
 *
 * The steps on them are in a file for each procedure: descriptions, candidates, channels, states, negotiation-needed.
 */
import { Drops } from "../base/drops.ts";
import type { Platform } from "../base/platform.ts";
import { Ring } from "../base/ring.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { Driver } from "../node/driver.ts";
import { PeerConnection, type SignalingState } from "../peer/peer-connection.ts";
import type { PeerExtensions } from "../peer/peer-options.ts";
import type { Transceiver } from "../peer/transceiver.ts";
import type { Channel, ChannelSink } from "./channel-owner.ts";
import { type Configuration, peerConfiguration } from "./configuration.ts";
import { DescriptionSlots } from "./description-slots.ts";
import type { MediaStream } from "./media-stream.ts";
import { OperationsChain } from "./operations-chain.ts";
import { certificateOf, defaultCertificate } from "./rtc-certificate.ts";
import { scriptError } from "./rtc-error.ts";
import type { RTCIceGathererState, RTCIceTransportState } from "./rtc-ice-transport.ts";
import { TaskQueue } from "./tasks.ts";
import type { TransceiverSlots } from "./transceiver-slots.ts";
import type { EarlyCandidate, SctpSlots, TransportSlots } from "./transport-slots.ts";

/** One message that arrived. */
export type ChannelMessage = NonNullable<ReturnType<PeerConnection["takeMessage"]>>;

/** The states of a connection as a whole. */
export type RTCPeerConnectionState = "closed" | "failed" | "disconnected" | "new" | "connecting" | "connected";

/** What a connection needs that its slots do not do themselves. */
export interface ConnectionProcedures {
  /** Takes what the peer connection has to tell and queues tasks. */
  drain(connection: ConnectionSlots): void;
  /** A bug of ours ended it. */
  failed(connection: ConnectionSlots, error: unknown): void;
  /** The operations chain ran empty. */
  chainEmptied(connection: ConnectionSlots): void;
}

/** What can be lost above the peer connection: a thread ended and left its channel open. */
export type FaceDrop = "channel-thread-gone";

/** From the objects that scripts hold to their slots, for what is not a member of the W3C class. */
export const slotsOfConnections: WeakMap<object, ConnectionSlots> = new WeakMap();

/** The slots of one connection. */
export class ConnectionSlots {
  /** The RTCPeerConnection. */
  readonly object: EventTarget;
  readonly platform: Platform;
  readonly extensions: PeerExtensions | undefined;
  /** The connection without its clothes. Every call into it is followed by `wake`. */
  readonly peer: PeerConnection;
  readonly tasks: TaskQueue;
  /** [[Operations]] */
  readonly operations: OperationsChain;
  /** [[IsClosed]] */
  isClosed = false;
  /** [[NegotiationNeeded]] */
  negotiationNeeded = false;
  /** [[UpdateNegotiationNeededFlagOnEmptyChain]] */
  updateNegotiationNeededOnEmptyChain = false;
  /** [[Configuration]] */
  configuration: Configuration;
  /** [[SignalingState]] */
  signalingState: SignalingState = "stable";
  /** [[IceGatheringState]] */
  iceGatheringState: RTCIceGathererState = "new";
  /** [[IceConnectionState]] */
  iceConnectionState: RTCIceTransportState = "new";
  /** [[ConnectionState]] */
  connectionState: RTCPeerConnectionState = "new";
  readonly descriptions: DescriptionSlots = new DescriptionSlots();
  /** How often descriptions were applied: a candidate's event may be older than the newest. */
  descriptionsApplied = 0;
  /** Whether setLocalDescription has been called. */
  hasLocalDescription = false;
  canTrickle: boolean | null = null;
  /** The transports that descriptions ask for. */
  transports: readonly TransportSlots[] = [];
  /** [[SctpTransport]] */
  sctp: SctpSlots | undefined = undefined;
  /** The set of transceivers, in the order in which they were made. */
  transceivers: readonly TransceiverSlots[] = [];
  /** The streams that descriptions of the other side named, by their ids. */
  readonly remoteStreams: SparseMap<string, MediaStream> = new SparseMap();
  /** Remote candidates that came before their transports. */
  earlyCandidates: readonly EarlyCandidate[] = [];
  /** The channels that are not closed. */
  readonly channels: Map<Channel, ChannelSink> = new Map();
  /** To be called when something has left the send buffer. */
  readonly roomWanted: Set<() => void> = new Set();
  /** What was lost above the peer connection. */
  readonly drops: Drops<FaceDrop> = new Drops();
  /** Whether a channel was ever made. */
  hasChannels = false;
  readonly #driver: Driver;
  /** Messages whose tasks are queued, oldest first. */
  readonly #messages = new Ring<ChannelMessage>();
  readonly #deliver: () => void;

  constructor(
    object: EventTarget,
    platform: Platform,
    extensions: PeerExtensions | undefined,
    configuration: Configuration,
    procedures: ConnectionProcedures,
  ) {
    const { clock, random, memory } = platform;
    this.object = object;
    slotsOfConnections.set(object, this);
    this.platform = platform;
    this.extensions = extensions;
    this.configuration = configuration;
    const certificates = configuration.certificates.map(certificateOf);
    if (certificates.length === 0) certificates.push(defaultCertificate(platform));
    this.peer = new PeerConnection({
      random,
      memory,
      certificates,
      bundlePolicy: configuration.bundlePolicy,
      epoch: clock.wallTime() - clock.now(),
      ...peerConfiguration(configuration),
      ...(extensions !== undefined && { extensions }),
    });
    this.tasks = new TaskQueue(clock);
    this.#deliver = () => {
      const message = this.#messages.shift();
      if (message === undefined || this.isClosed) return;
      this.channels.get(message.channel)?.receive(message.kind, message.data, message.part);
    };
    this.operations = new OperationsChain(
      () => this.isClosed,
      () => procedures.chainEmptied(this),
    );
    this.#driver = new Driver(platform, this.peer, {
      drain: () => procedures.drain(this),
      failed: (error) => procedures.failed(this, error),
    });
    if (configuration.iceCandidatePoolSize > 0) this.configure(configuration);
  }

  /** Puts a configuration into force. */
  configure(configuration: Configuration): void {
    this.configuration = configuration;
    this.call(() => this.peer.setConfiguration(peerConfiguration(configuration), this.now()));
  }

  /** The time of the platform. */
  now(): number {
    return this.#driver.now();
  }

  /** Has the peer connection drained soon. */
  wake(): void {
    this.#driver.wake();
  }

  /** Sends the farewells and lets go of sockets and timers. */
  stop(): void {
    this.#driver.stop();
  }

  /**
   * Queues a task whose first step is: if connection.[[IsClosed]] is true, abort these steps. Where the task fires several
   * events each gets a part of its own, and each part an immediate: in a browser promise reactions run after every listener.
   */
  queueTask(...parts: readonly (() => void)[]): void {
    for (const part of parts) {
      this.tasks.queue(() => {
        if (!this.isClosed) part();
      });
    }
  }

  /** Queues the task of a message that arrived. All of them run the same steps, so that nothing is made for each. */
  queueMessage(message: ChannelMessage): void {
    this.#messages.push(message);
    this.tasks.queue(this.#deliver);
  }

  /** Queues a message of the program. */
  send(channel: Channel, data: Uint8Array, kind: "string" | "binary"): void {
    try {
      this.peer.send(channel, data, kind, this.now());
    } catch (error) {
      throw scriptError(error);
    } finally {
      this.wake();
    }
  }

  /** Sends an encoded frame, if it can be sent now. */
  sendFrame(transceiver: Transceiver, encodingIndex: number, frame: EncodedFrame): void {
    if (this.isClosed) return;
    this.peer.media?.sendFrame(transceiver, encodingIndex, frame, this.now());
    this.wake();
  }

  /**
   * A promise for what `steps` give in a queued task; it stays pending when the connection is closed by then. Errors of the
   * layers below become those that scripts see. It settles behind the reactions to the events that `steps` fire.
   * @param steps they may give events to be fired, one part each, that belong to the same task
   */
  taskPromise<T>(steps: (fireLater: (part: () => void) => void) => T): Promise<T> {
    return this.tasks.promise((queue) => {
      if (this.isClosed) return undefined;
      return {
        value: this.call(() =>
          steps((part) =>
            queue(() => {
              if (!this.isClosed) part();
            }),
          ),
        ),
      };
    });
  }

  /** Calls into the peer connection: wakes its driver, and turns its errors into those that scripts see. */
  call<T>(steps: () => T): T {
    try {
      return steps();
    } catch (error) {
      throw scriptError(error);
    } finally {
      this.wake();
    }
  }
}

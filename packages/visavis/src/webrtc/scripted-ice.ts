/**
 * What an RTCIceTransport does that a script made: https://w3c.github.io/webrtc-ice/#dfn-rtcicetransport
 *
 * States that an operation changes are changed at once, without an event; what happens by itself is told in tasks.
 */
import type { Platform } from "../base/platform.ts";
import { Driver } from "../node/driver.ts";
import { parseCandidate, printCandidate } from "../peer/candidate.ts";
import { type IceOnlyEvent, IceOnlyTransport } from "../peer/ice-only-transport.ts";
import type { PeerExtensions } from "../peer/peer-options.ts";
import { type RTCIceServer, type RTCIceTransportPolicy, serversOf, validateServers } from "./configuration.ts";
import { domError } from "./errors.ts";
import { fire } from "./events.ts";
import { type ConvertedCandidate, RTCIceCandidate } from "./rtc-ice-candidate.ts";
import { pairOf } from "./rtc-ice-candidate-pair.ts";
import type { IceTransportSlots, RTCIceParameters, RTCIceRole, RTCIceTransportState } from "./rtc-ice-transport.ts";
import { RTCPeerConnectionIceErrorEvent } from "./rtc-peer-connection-ice-error-event.ts";
import { RTCPeerConnectionIceEvent } from "./rtc-peer-connection-ice-event.ts";

type FoundCandidate = Extract<IceOnlyEvent, { type: "candidate" }>["candidate"];

/** RFC 8839 §5.4. */
const FRAGMENT = /^[A-Za-z0-9+/]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;

/** The engine of one such transport, and the steps of its operations. */
export class ScriptedIce {
  readonly #object: EventTarget;
  readonly #slots: IceTransportSlots;
  readonly #platform: Platform;
  readonly #transport: IceOnlyTransport;
  readonly #driver: Driver;
  /** How often the other side has begun anew: what is told of a path before that is void. */
  #generation = 0;
  /** The role of the first `start`; the slot follows conflicts. */
  #startedAs: RTCIceRole = "unknown";

  constructor(object: EventTarget, slots: IceTransportSlots, platform: Platform, extensions: PeerExtensions | undefined) {
    this.#object = object;
    this.#slots = slots;
    this.#platform = platform;
    this.#transport = new IceOnlyTransport({ random: platform.random, ...(extensions !== undefined && { extensions }) });
    this.#driver = new Driver(platform, this.#transport, {
      drain: () => this.#drain(),
      failed: (error) => this.#failed(error),
    });
    const { usernameFragment, password } = this.#transport.localParameters;
    slots.localParameters = { usernameFragment, password };
  }

  /** https://w3c.github.io/webrtc-ice/#dom-rtcicetransport-gather */
  gather(iceServers: readonly RTCIceServer[], gatherPolicy: RTCIceTransportPolicy): void {
    this.#requireOpen();
    if (this.#slots.gatheringState !== "new") throw domError("InvalidStateError", "Candidates are gathered only once.");
    validateServers(iceServers);
    this.#slots.gatheringState = "gathering";
    this.#transport.gather(serversOf(iceServers), gatherPolicy, this.#driver.now());
    this.#driver.wake();
  }

  /** https://w3c.github.io/webrtc-ice/#dom-rtcicetransport-start */
  start({ usernameFragment, password, iceLite }: RTCIceParameters, role: RTCIceRole): void {
    this.#requireOpen();
    const slots = this.#slots;
    if (usernameFragment === undefined || password === undefined) {
      throw new TypeError("The remote parameters need a usernameFragment and a password.");
    }
    if (role === "unknown") throw new TypeError("The role is to be 'controlling' or 'controlled'.");
    if (!FRAGMENT.test(usernameFragment)) throw domError("SyntaxError", "The usernameFragment is not 4 to 256 ice-chars.");
    if (!PASSWORD.test(password)) throw domError("SyntaxError", "The password is not 22 to 256 ice-chars.");
    const before = slots.remoteParameters;
    if (before !== null && role !== this.#startedAs) throw domError("InvalidStateError", "The role cannot be changed.");
    if (before?.usernameFragment === usernameFragment && before.password === password) return;
    if (before !== null) {
      this.#generation++;
      slots.remoteCandidates = [];
      slots.selectedPair = null;
      slots.state = "new";
    } else {
      this.#startedAs = role;
      slots.role = role;
    }
    slots.remoteParameters = { usernameFragment, password, ...(iceLite !== undefined && { iceLite }) };
    this.#transport.start({ usernameFragment, password, lite: iceLite === true }, role, this.#driver.now());
    this.#driver.wake();
    this.#check();
  }

  /** https://w3c.github.io/webrtc-ice/#dom-rtcicetransport-stop */
  stop(): void {
    const slots = this.#slots;
    if (slots.state === "closed") return;
    slots.state = "closed";
    slots.selectedPair = null;
    this.#transport.close(this.#driver.now());
    this.#driver.stop();
  }

  /**
   * https://w3c.github.io/webrtc-ice/#dom-rtcicetransport-addremotecandidate
   * @param object the candidate itself, if the script had one
   */
  addRemoteCandidate(init: ConvertedCandidate, object: RTCIceCandidate | undefined): void {
    this.#requireOpen();
    const now = this.#driver.now();
    if (init.candidate === "") this.#transport.addEndOfRemoteCandidates(now);
    else {
      const candidate = parseCandidate(init.candidate);
      if (candidate === undefined) throw domError("OperationError", `${JSON.stringify(init.candidate)} is not a candidate.`);
      if (!this.#transport.addRemoteCandidate(candidate, now)) return;
      const shown = object ?? new RTCIceCandidate({ ...init, sdpMid: init.sdpMid ?? "" });
      this.#slots.remoteCandidates = [...this.#slots.remoteCandidates, shown];
      this.#check();
    }
    this.#driver.wake();
  }

  #requireOpen(): void {
    if (this.#slots.state === "closed") throw domError("InvalidStateError", "The ICE transport is closed.");
  }

  /** There is somebody to look for, and a place to begin. */
  #check(): void {
    const slots = this.#slots;
    if (slots.state === "new" && slots.remoteParameters !== null && slots.remoteCandidates.length > 0) slots.state = "checking";
  }

  #drain(): void {
    for (let event = this.#transport.takeEvent(); event !== undefined; event = this.#transport.takeEvent()) this.#tell(event);
  }

  #tell(event: IceOnlyEvent): void {
    const slots = this.#slots;
    switch (event.type) {
      case "gathering-state":
        if (event.state === "complete") this.#gathered();
        return;
      case "candidate":
        this.#queueTask(() => this.#found(event.candidate));
        return;
      case "candidate-error": {
        const { type: _, ...init } = event;
        this.#queueTask(() => this.#object.dispatchEvent(new RTCPeerConnectionIceErrorEvent("error", init)));
        return;
      }
      case "state":
        // "new" comes of what a script did, "closed" too.
        if (event.state !== "new" && event.state !== "closed") this.#pathChanged(event.state);
        return;
      case "selected-pair":
        this.#queuePathTask(() => {
          slots.selectedPair = pairOf(slots, event.pair);
          fire(this.#object, "selectedcandidatepairchange");
        });
        return;
      case "role":
        this.#queueTask(() => {
          slots.role = event.role;
        });
        return;
    }
  }

  #pathChanged(state: RTCIceTransportState): void {
    this.#queuePathTask(() => {
      if (this.#slots.state === state) return;
      this.#slots.state = state;
      fire(this.#object, "statechange");
    });
  }

  #found(candidate: FoundCandidate): void {
    const { usernameFragment, url, relayProtocol } = candidate;
    const object = new RTCIceCandidate({
      candidate: printCandidate(candidate),
      sdpMid: "",
      ...(usernameFragment !== undefined && { usernameFragment }),
      ...(url !== undefined && { url }),
      ...(relayProtocol !== undefined && { relayProtocol }),
    });
    this.#slots.localCandidates = [...this.#slots.localCandidates, object];
    this.#fireCandidate(object);
  }

  #gathered(): void {
    this.#queueTask(() => this.#fireCandidate(null));
    this.#queueTask(() => {
      this.#slots.gatheringState = "complete";
      fire(this.#object, "gatheringstatechange");
    });
  }

  #fireCandidate(candidate: RTCIceCandidate | null): void {
    this.#object.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate, url: candidate?.url ?? null }));
  }

  /** A bug of ours: the transport fails, the process lives. */
  #failed(error: unknown): void {
    process.emitWarning(error instanceof Error ? error : String(error));
    this.#pathChanged("failed");
  }

  /** Nothing is told after the end. */
  #queueTask(steps: () => void): void {
    this.#platform.clock.immediate(() => {
      if (this.#slots.state !== "closed") steps();
    });
  }

  #queuePathTask(steps: () => void): void {
    const generation = this.#generation;
    this.#queueTask(() => {
      if (generation === this.#generation) steps();
    });
  }
}

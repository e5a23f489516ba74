/**
 * The slots of the descriptions: https://w3c.github.io/webrtc-pc/#rtcpeerconnection-interface
 *
 * They change with every candidate, and few of their texts are ever read: the objects for scripts are made when one asks.
 */
import type { PeerDescription } from "../peer/peer-events.ts";
import { RTCSessionDescription } from "./rtc-session-description.ts";

/** One slot. */
export class DescriptionSlot {
  #value: PeerDescription | null = null;
  /** What a script got last. */
  #object: RTCSessionDescription | null = null;
  #isShown = true;

  /** What the slot says, without an object; null when there is none. */
  get value(): PeerDescription | null {
    return this.#value;
  }

  set value(value: PeerDescription | null) {
    this.#value = value;
    this.#isShown = false;
  }

  /** The object for scripts: the one that they got before as long as it says the same. */
  get object(): RTCSessionDescription | null {
    if (this.#isShown) return this.#object;
    this.#isShown = true;
    const value = this.#value;
    const old = this.#object;
    if (value === null) this.#object = null;
    else if (old === null || old.type !== value.type || old.sdp !== value.sdp) {
      this.#object = new RTCSessionDescription({ type: value.type, sdp: value.sdp });
    }
    return this.#object;
  }
}

/** [[CurrentLocalDescription]], [[PendingLocalDescription]], [[CurrentRemoteDescription]] and [[PendingRemoteDescription]]. */
export class DescriptionSlots {
  readonly currentLocal: DescriptionSlot = new DescriptionSlot();
  readonly pendingLocal: DescriptionSlot = new DescriptionSlot();
  readonly currentRemote: DescriptionSlot = new DescriptionSlot();
  readonly pendingRemote: DescriptionSlot = new DescriptionSlot();
}

/** One RTCPeerConnection and its perfect negotiation: both sides may offer at any time, the polite one gives way. */
import type { Negotiation } from "@visavis/server/signalling";

/** What a connection needs and tells. */
export interface ConnectionOptions {
  /** 16 hexadecimal digits that both sides know it by. */
  readonly id: string;
  readonly polite: boolean;
  readonly iceServers: RTCIceServer[];
  readonly signal: (negotiation: Negotiation) => void;
  readonly stateChanged: () => void;
  readonly channelOpened: (channel: RTCDataChannel) => void;
  /** The other side sent something that cannot be used. */
  readonly troubled: (message: string) => void;
}

/** A connection to one peer. */
export class Connection {
  readonly id: string;
  readonly pc: RTCPeerConnection;
  readonly #options: ConnectionOptions;
  #makingOffer = false;
  #ignoringOffer = false;
  #settingAnswer = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.id = options.id;
    this.pc = new RTCPeerConnection({ iceServers: options.iceServers });
    this.pc.onnegotiationneeded = () => void this.#offer();
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate === null) return;
      const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
      options.signal({
        type: "candidate",
        connection: this.id,
        candidate: { candidate: line, sdpMid, sdpMLineIndex, usernameFragment },
      });
    };
    this.pc.onconnectionstatechange = () => options.stateChanged();
    this.pc.ondatachannel = ({ channel }) => options.channelOpened(channel);
  }

  /** Takes what the other side signalled. */
  async receive(negotiation: Negotiation): Promise<void> {
    try {
      if (negotiation.type === "candidate") await this.#addCandidate(negotiation.candidate);
      else await this.#setRemote(negotiation.description);
    } catch (error) {
      if (this.pc.signalingState !== "closed") this.#options.troubled(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    this.pc.onnegotiationneeded = this.pc.onicecandidate = this.pc.onconnectionstatechange = this.pc.ondatachannel = null;
    this.pc.close();
  }

  async #offer(): Promise<void> {
    try {
      this.#makingOffer = true;
      await this.pc.setLocalDescription();
      this.#sendLocal();
    } catch (error) {
      if (this.pc.signalingState !== "closed") this.#options.troubled(error instanceof Error ? error.message : String(error));
    } finally {
      this.#makingOffer = false;
    }
  }

  async #setRemote(description: RTCSessionDescriptionInit): Promise<void> {
    const ready = !this.#makingOffer && (this.pc.signalingState === "stable" || this.#settingAnswer);
    this.#ignoringOffer = description.type === "offer" && !ready && !this.#options.polite;
    if (this.#ignoringOffer) return;
    this.#settingAnswer = description.type === "answer";
    try {
      await this.pc.setRemoteDescription(description);
    } finally {
      this.#settingAnswer = false;
    }
    if (description.type !== "offer") return;
    await this.pc.setLocalDescription();
    this.#sendLocal();
  }

  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.pc.addIceCandidate(candidate);
    } catch (error) {
      // A candidate of an offer that was ignored belongs to nothing here.
      if (!this.#ignoringOffer) throw error;
    }
  }

  #sendLocal(): void {
    const description = this.pc.localDescription;
    if (description === null) return;
    this.#options.signal({
      type: "description",
      connection: this.id,
      description: { type: description.type, sdp: description.sdp },
    });
  }
}

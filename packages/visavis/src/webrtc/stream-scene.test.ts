/**
 * Two connections in virtual time, for the tests of streams.
 */
import assert from "node:assert/strict";
import { Simulation, testSeed } from "@visavis/netsim";
import { createWebRTC } from "./create-webrtc.ts";
import type { RTCDataChannel } from "./rtc-data-channel.ts";
import type { RTCDataChannelEvent } from "./rtc-data-channel-event.ts";
import type { RTCPeerConnection } from "./rtc-peer-connection.ts";

/** Two connections on two hosts, with one channel between them that is about to open. */
export class Scene {
  readonly sim: Simulation = new Simulation({ seed: testSeed() });
  readonly near: RTCPeerConnection;
  readonly far: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  /** What `datachannel` gave, after `meet` was called with it in the event. */
  other: RTCDataChannel | undefined;

  /** @param maxMessageSize bytes that both take; 0 for any */
  constructor(meet: (channel: RTCDataChannel) => void = () => {}, maxMessageSize = 262_144) {
    const [near, far] = ["10.0.0.1", "10.0.0.2"].map((address) => {
      const host = this.sim.host({ name: address, addresses: [address] });
      return new (createWebRTC(host.platform, { sctp: { maxMessageSize } }).RTCPeerConnection)();
    });
    assert.ok(near !== undefined && far !== undefined);
    this.near = near;
    this.far = far;
    near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate);
    far.ondatachannel = ({ channel }: RTCDataChannelEvent) => {
      this.other = channel;
      meet(channel);
    };
    this.channel = near.createDataChannel("stream");
  }

  async negotiate(): Promise<void> {
    await this.until(this.#negotiate());
  }

  async #negotiate(): Promise<void> {
    const { near, far } = this;
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription as { type: "offer"; sdp: string });
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription as { type: "answer"; sdp: string });
  }

  /** Virtual time goes on until `promise` settles. */
  until<T>(promise: Promise<T>): Promise<T> {
    return this.sim.run({ until: promise, within: 600_000 });
  }

  /** Virtual time goes on for so many milliseconds. */
  async pass(duration: number): Promise<void> {
    await this.until(this.sim.sleep(duration));
  }

  close(): void {
    this.near.close();
    this.far.close();
  }
}

/** A promise, and what fulfils it. */
export function promised<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T | Promise<T>) => void } {
  let fulfil: (value: T | Promise<T>) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    fulfil = resolve;
  });
  return { promise, resolve: fulfil };
}

/**
 * Two peer connections on simulated hosts, each run by a driver, with signalling that takes a while. Not a test itself.
 */
import assert from "node:assert/strict";
import { type Host, type Link, type LinkOptions, Simulation, type SimulationOptions, testSeed } from "@visavis/netsim";
import type { Instant } from "../base/instant.ts";
import { createCertificate } from "../crypto/certificate.ts";
import { Driver } from "../node/driver.ts";
import type { Channel, ChannelMessage, ChannelOptions } from "../transport/parts.ts";
import { PeerConnection } from "./peer-connection.ts";
import type { CandidateEvent, PeerEvent } from "./peer-events.ts";
import type { PeerExtensions, PeerOptions } from "./peer-options.ts";
import type { MediaFrame } from "./received-media.ts";
import type { StatsEntry } from "./stats-entry.ts";
import type { TransportInfo } from "./transport-info.ts";

/** How long a description or candidate is on its way, in virtual milliseconds. */
export const SIGNALLING_DELAY = 20;

/** What is not said of a channel. */
export const RELIABLE: ChannelOptions = { label: "chat", protocol: "", ordered: true, negotiated: false };

/** One side of a call. */
export class Party {
  readonly name: string;
  readonly sim: Simulation;
  readonly host: Host;
  readonly peer: PeerConnection;
  readonly driver: Driver;
  readonly events: PeerEvent[] = [];
  readonly messages: ChannelMessage[] = [];
  readonly channels: Channel[] = [];
  readonly frames: MediaFrame[] = [];
  readonly failures: unknown[] = [];
  /** Rejections of candidates by the other side. */
  readonly refused: unknown[] = [];
  /** What becomes of a candidate on its way; undefined keeps it back. */
  onCandidate: (event: CandidateEvent) => string | undefined = (event) => event.candidate;
  other: Party | undefined;

  constructor(sim: Simulation, host: Host, options: Partial<PeerOptions> = {}, extensions: PeerExtensions = {}) {
    this.name = host.name;
    this.sim = sim;
    this.host = host;
    const { clock, random } = host.platform;
    const wallTime = clock.wallTime();
    this.peer = new PeerConnection({
      random,
      certificates: [createCertificate({ random, wallTime })],
      iceServers: [],
      iceTransportPolicy: "all",
      iceCandidatePoolSize: 0,
      bundlePolicy: "balanced",
      extensions,
      ...options,
    });
    this.driver = new Driver(host.platform, this.peer, {
      drain: () => this.#drain(),
      failed: (error) => this.failures.push(error),
    });
  }

  /** Calls into the peer connection as its owner would. */
  act<T>(call: (peer: PeerConnection, now: Instant) => T): T {
    const result = call(this.peer, this.driver.now());
    this.driver.wake();
    return result;
  }

  send(channel: Channel, text: string): void {
    this.act((peer, now) => peer.send(channel, new TextEncoder().encode(text), "string", now));
  }

  close(): void {
    this.act((peer, now) => peer.close(now));
    this.driver.stop();
  }

  /** The texts that arrived. */
  get texts(): string[] {
    return this.messages.map(({ data }) => new TextDecoder().decode(data));
  }

  /** Events in short. */
  get log(): string[] {
    return this.events.map((event) => {
      if ("state" in event) return `${event.type} ${event.state}`;
      if ("channel" in event) return `${event.type} ${event.channel.label}`;
      return event.type === "candidate" && event.candidate === "" ? "end-of-candidates" : event.type;
    });
  }

  /** The transport as it is now. */
  get info(): TransportInfo | undefined {
    return this.peer.transport;
  }

  stats(): readonly StatsEntry[] {
    return this.peer.stats(this.driver.now(), this.host.platform.clock.wallTime());
  }

  has(line: string): boolean {
    return this.log.includes(line);
  }

  #drain(): void {
    const { peer } = this;
    for (let event = peer.takeEvent(); event !== undefined; event = peer.takeEvent()) {
      this.events.push(event);
      if (event.type === "channel") this.channels.push(event.channel);
      if (event.type === "candidate") this.#signal(event);
    }
    for (let message = peer.takeMessage(); message !== undefined; message = peer.takeMessage()) this.messages.push(message);
    const now = this.driver.now();
    for (let frame = peer.media?.takeFrame(now); frame !== undefined; frame = peer.media?.takeFrame(now)) this.frames.push(frame);
  }

  #signal(event: CandidateEvent): void {
    const { sdpMid, sdpMLineIndex, usernameFragment } = event;
    const candidate = this.onCandidate(event);
    if (candidate === undefined) return;
    this.sim.after(SIGNALLING_DELAY, () => {
      try {
        this.other?.act((peer, now) => peer.addIceCandidate({ candidate, sdpMid, sdpMLineIndex, usernameFragment }, now));
      } catch (error) {
        this.refused.push(error);
      }
    });
  }
}

/** What a call is made of. */
export interface CallOptions extends SimulationOptions {
  readonly link?: LinkOptions;
  readonly a?: PeerExtensions;
  readonly b?: PeerExtensions;
  readonly options?: Partial<PeerOptions>;
}

/** Two parties that know how to reach each other. */
export class Call {
  readonly sim: Simulation;
  readonly a: Party;
  b: Party;
  /** The way between the two. */
  readonly link: Link;

  constructor(options: CallOptions = {}) {
    this.sim = new Simulation({ seed: testSeed(1), ...options });
    const hosts = [
      this.sim.host({ name: "a", addresses: ["10.0.0.1"] }),
      this.sim.host({ name: "b", addresses: ["10.0.0.2"] }),
    ] as const;
    this.link = this.sim.link(...hosts, { delay: 10, ...options.link });
    this.a = new Party(this.sim, hosts[0], options.options, options.a);
    this.b = new Party(this.sim, hosts[1], options.options, options.b);
    this.a.other = this.b;
    this.b.other = this.a;
  }

  /** Offer and answer, with `offerer` beginning. */
  async negotiate(
    offerer: Party = this.a,
    options: { iceRestart?: boolean; mangle?: (sdp: string) => string } = {},
  ): Promise<void> {
    const { iceRestart = false, mangle = (sdp) => sdp } = options;
    const answerer = offerer === this.a ? this.b : this.a;
    const offer = offerer.act((peer, now) => {
      const sdp = peer.createOffer({ iceRestart }, now);
      peer.setLocalDescription("offer", sdp, now);
      return sdp;
    });
    await this.wait(SIGNALLING_DELAY - 1);
    const answer = answerer.act((peer, now) => {
      peer.setRemoteDescription("offer", mangle(offer), now);
      const sdp = peer.createAnswer(now);
      peer.setLocalDescription("answer", sdp, now);
      return sdp;
    });
    await this.wait(SIGNALLING_DELAY - 1);
    offerer.act((peer, now) => peer.setRemoteDescription("answer", mangle(answer), now));
  }

  /** Makes a channel at a, negotiates and waits until both sides have it. */
  async connect(options: Partial<ChannelOptions> = {}): Promise<readonly [Channel, Channel]> {
    const channel = this.a.act((peer, now) => peer.createChannel({ ...RELIABLE, ...options }, now));
    await this.negotiate();
    await this.until(() => channel.state === "open" && this.b.channels.length > 0);
    const [theirs] = this.b.channels;
    assert.ok(theirs !== undefined);
    return [channel, theirs];
  }

  until(condition: () => boolean, within: number = 30_000): Promise<void> {
    return this.sim.run({ until: condition, within });
  }

  wait(within: number): Promise<void> {
    return this.sim.run({ within });
  }

  /** Ends both, and sees that nothing is left. */
  async end(): Promise<void> {
    this.a.close();
    this.b.close();
    await this.wait(1000);
    for (const party of [this.a, this.b]) {
      assert.deepEqual(party.failures, []);
      assert.deepEqual(party.refused, []);
      assert.equal(party.host.openSockets, 0);
    }
  }
}

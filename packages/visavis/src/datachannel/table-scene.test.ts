/**
 * Two tables of channels on a simulated link.
 */
import { type Endpoint, type LinkOptions, Simulation, testSeed } from "@visavis/netsim";
import type { Channel, ChannelEvent, ChannelMessage, ChannelOptions } from "./channel.ts";
import { ChannelTable } from "./channel-table.ts";
import type { ChannelTableOptions } from "./table-options.ts";

export const SEED: string = testSeed(1);

export interface Peer extends Endpoint<ChannelTable> {
  readonly events: ChannelEvent[];
  readonly messages: ChannelMessage[];
}

export interface Scene {
  readonly sim: Simulation;
  readonly link: ReturnType<Simulation["link"]>;
  /** The DTLS client. */
  readonly a: Peer;
  /** The DTLS server. */
  readonly z: Peer;
}

export function scene(link: LinkOptions = {}, options: Partial<ChannelTableOptions> = {}): Scene {
  const sim = new Simulation({ seed: SEED });
  const path = sim.link({ delay: 20, ...link });
  const make = (): ChannelTable => new ChannelTable({ random: sim.random, maxReceiveMessageSize: 262_144, ...options });
  const [a, z] = path.connect(make(), make(), { port: 9899 });
  return { sim, link: path, a: a as Peer, z: z as Peer };
}

export function start({ sim, a, z }: Scene, maxMessageSize: number = 262_144): void {
  a.engine.start({ dtlsRole: "client", maxMessageSize, mtu: 1160 }, sim.now);
  z.engine.start({ dtlsRole: "server", maxMessageSize, mtu: 1160 }, sim.now);
}

export function connected(link: LinkOptions = {}, options: Partial<ChannelTableOptions> = {}): Scene {
  const it = scene(link, options);
  start(it);
  it.sim.runUntil(() => it.a.engine.state === "connected" && it.z.engine.state === "connected", { within: 60_000 });
  it.sim.runFor(1);
  return it;
}

export function options(label: string, more: Partial<ChannelOptions> = {}): ChannelOptions {
  return { label, protocol: "", ordered: true, negotiated: false, ...more };
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const read = (message: ChannelMessage): string => new TextDecoder().decode(message.data);

/** The channels that the other side announced. */
export function announced(peer: Peer): Channel[] {
  return peer.events.flatMap((event) => (event.type === "channel" ? [event.channel] : []));
}

export function eventsOf(peer: Peer, channel: Channel): string[] {
  return peer.events.flatMap((event) => ("channel" in event && event.channel === channel ? [event.type] : []));
}

/** A channel of `a`, and the same one at `z`. */
export function pair({ sim, a, z }: Scene, more: Partial<ChannelOptions> = {}): [Channel, Channel] {
  const before = announced(z).length;
  const ours = a.engine.create(options(`channel ${before}`, more));
  sim.runUntil(() => announced(z).length > before, { within: 10_000 });
  return [ours, announced(z)[before] as Channel];
}

/**
 * `@visavis/netsim`: virtual clock, seeded chance and lossy links: network programs tested in virtual time.
 */
export { Counts, type DropReason } from "./counts.ts";
export type { Datagram, Fate } from "./datagram.ts";
export type { Direction } from "./direction.ts";
export type { Endpoint } from "./endpoint.ts";
export { SimulationError, SocketError } from "./errors.ts";
export type { Host, HostOptions, InterfaceOptions } from "./host.ts";
export type { HostRunner } from "./host-runner.ts";
export type { HostStreams } from "./host-streams.ts";
export type { CompleteImpairments, DropRule, GilbertElliott, Impairments, LinkOptions } from "./impairments.ts";
export { Interface, type NetworkNode } from "./interface.ts";
export type { ConnectOptions, Link } from "./link.ts";
export type { Nat, NatDropReason, NatOptions } from "./nat.ts";
export type { NatBehaviour } from "./nat-table.ts";
export type { PacketLog, PacketRecord, TapOptions } from "./packet-log.ts";
export { SeededRandom } from "./random.ts";
export type { EventOf, MessageOf, Runner } from "./runner.ts";
export { type RunLimit, Simulation, type SimulationOptions } from "./simulation.ts";
export type { Stream } from "./stream.ts";
export type { LinkEnd, Subnet, SubnetOptions } from "./subnet.ts";
export { testSeed } from "./test-seed.ts";
export type { UdpSocket } from "./udp-socket.ts";

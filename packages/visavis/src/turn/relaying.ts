/**
 * What a TURN server is for: it passes on datagrams between clients and peers. RFC 8656 §11, §12.
 *
 * A datagram stays where it arrived until it is sent: nothing is copied here, and on channels nothing is made.
 */
import type { Drops } from "../base/drops.ts";
import type { Instant } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import type { Route, RouteTable } from "../base/route.ts";
import { encodeXorAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import {
  createTransactionId,
  encodeAttribute,
  encodeHeader,
  finishMessage,
  StunClass,
  type StunMessage,
  StunMethod,
} from "../stun/message.ts";
import type { Allocation } from "./allocation.ts";
import type { AllocationTable } from "./allocation-table.ts";
import { Bitrate } from "./bitrate.ts";
import { CHANNEL_DATA_HEADER, channelDataEnd, decodeChannelData } from "./channel-data.ts";
import type { OutgoingQueue } from "./outgoing-queue.ts";
import type { PeerRules } from "./peer-rules.ts";
import { decodeXorAddresses, findData } from "./turn-attribute.ts";
import { familyOf } from "./turn-request.ts";
import type { TurnServerDrop, TurnServerOptions } from "./turn-server-options.ts";

/** The way of data through a server. */
export class Relaying {
  readonly #random: Random;
  readonly #allocations: AllocationTable;
  readonly #peers: PeerRules;
  readonly #outgoing: OutgoingQueue;
  readonly #routes: RouteTable;
  readonly #drops: Drops<TurnServerDrop>;
  readonly #totalBitrate: Bitrate | undefined;

  constructor(
    { random, totalBitrate }: Pick<TurnServerOptions, "random" | "totalBitrate">,
    allocations: AllocationTable,
    peers: PeerRules,
    outgoing: OutgoingQueue,
    routes: RouteTable,
    drops: Drops<TurnServerDrop>,
    now: Instant,
  ) {
    this.#random = random;
    this.#allocations = allocations;
    this.#peers = peers;
    this.#outgoing = outgoing;
    this.#routes = routes;
    this.#drops = drops;
    this.#totalBitrate = totalBitrate === undefined ? undefined : new Bitrate(totalBitrate, now);
  }

  /** What came from a peer to the relayed address of an allocation: RFC 8656 §11.3, §12.7. */
  fromPeer(allocation: Allocation, bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    const channel = allocation.channelOf(route, now);
    const permission = channel !== undefined && now < channel.permission.expiresAt ? channel.permission : undefined;
    if (permission === undefined && allocation.permission(route.address, now) === undefined) {
      this.#drops.count("no-permission");
      return;
    }
    const length = end - start;
    if (!this.#affords(allocation, length, now)) return;
    const { client, traffic } = allocation;
    const isQueued =
      channel === undefined
        ? this.#indicate(client, route, bytes, start, end)
        : this.#outgoing.push(bytes, start, end, client, channel.number);
    if (!isQueued) {
      this.#drops.count("queue-full");
      return;
    }
    traffic.packetsToClient++;
    traffic.bytesToClient += length;
  }

  /** A Data indication: RFC 8656 §11.3. */
  #indicate(client: Route, from: Route, bytes: Uint8Array, start: number, end: number): boolean {
    const out = new Uint8Array(end - start + 60);
    let at = encodeHeader(out, 0, StunClass.INDICATION, StunMethod.DATA, createTransactionId(this.#random));
    at = encodeXorAddress(out, 0, at, AttributeType.XOR_PEER_ADDRESS, from.address, from.port);
    at = encodeAttribute(out, at, AttributeType.DATA, bytes.subarray(start, end));
    finishMessage(out, 0, at);
    return this.#outgoing.push(out, 0, at, client);
  }

  /** What came from a client in a channel: RFC 8656 §12.6. */
  channelData(bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    const number = decodeChannelData(bytes, start, end);
    const allocation = this.#allocations.of(route);
    if (allocation === undefined || number < 0) {
      this.#drops.count(number < 0 ? "malformed" : "no-allocation");
      return;
    }
    const channel = allocation.channel(number, now);
    if (channel === undefined) this.#drops.count("no-channel");
    else if (now >= channel.permission.expiresAt && allocation.permission(channel.route.address, now) === undefined) {
      this.#drops.count("no-permission");
    } else this.#relay(allocation, channel.route, bytes, start + CHANNEL_DATA_HEADER, channelDataEnd(bytes, start), now);
  }

  /** What came from a client in a Send indication: RFC 8656 §11.2. */
  sendIndication(message: StunMessage, client: Route, now: Instant): void {
    const allocation = this.#allocations.of(client);
    const [peer] = decodeXorAddresses(message, AttributeType.XOR_PEER_ADDRESS);
    const data = findData(message);
    if (allocation === undefined || peer === undefined || data === undefined) {
      this.#drops.count(allocation === undefined ? "no-allocation" : "malformed");
      return;
    }
    const relayed = allocation.relayedOf(familyOf(peer.address));
    const permission = allocation.permission(peer.address, now);
    if (relayed === undefined || permission === undefined) {
      this.#drops.count(relayed === undefined ? "forbidden-peer" : "no-permission");
      return;
    }
    if (peer.port === 0 || (permission.isOwn && !this.#peers.allowsOwn(peer.address, peer.port))) {
      this.#drops.count("forbidden-peer");
      return;
    }
    const route = this.#routes.intern(relayed.socket, "udp", peer.address, peer.port);
    this.#relay(allocation, route, message.bytes, data.start, data.end, now);
  }

  #relay(allocation: Allocation, route: Route, bytes: Uint8Array, start: number, end: number, now: Instant): void {
    if (!this.#affords(allocation, end - start, now)) return;
    if (!this.#outgoing.push(bytes, start, end, route)) {
      this.#drops.count("queue-full");
      return;
    }
    allocation.traffic.packetsToPeers++;
    allocation.traffic.bytesToPeers += end - start;
  }

  /** Whether an allocation may have these bytes relayed now. */
  #affords({ bitrate, userBitrate }: Allocation, bytes: number, now: Instant): boolean {
    const affords =
      (bitrate === undefined || bitrate.affords(bytes, now)) &&
      (userBitrate === undefined || userBitrate.affords(bytes, now)) &&
      (this.#totalBitrate === undefined || this.#totalBitrate.affords(bytes, now));
    if (!affords) this.#drops.count("bitrate");
    return affords;
  }
}

/**
 * The Binding service beside a TURN server: plain for all (RFC 8489 §12), and for NAT behaviour discovery where it listens at two addresses
 * and two ports (RFC 5780 §6).
 */
import type { Route, RouteProtocol, SocketId } from "../base/route.ts";
import { answerBindingRequest } from "../stun/binding-server.ts";
import type { StunMessage } from "../stun/message.ts";
import { answerDiscoveryRequest, type DiscoveryAddresses } from "../stun/nat-discovery-server.ts";

/** An answer, and the way that it takes where that is not the request's. */
export interface BindingAnswer {
  readonly bytes: Uint8Array;
  readonly way: readonly [SocketId, RouteProtocol, string, number] | undefined;
}

/** Answers Binding requests. */
export class BindingService {
  readonly #discovery: DiscoveryAddresses | undefined;
  /** The sockets of discovery, by port and address, and the other way round. */
  readonly #sockets = new Map<string, SocketId>();
  readonly #places = new Map<SocketId, { readonly address: string; readonly port: number }>();

  constructor(discovery: DiscoveryAddresses | undefined) {
    this.#discovery = discovery;
  }

  /** The server listens here, over UDP. */
  listens(socket: SocketId, address: string, port: number): void {
    const { addresses, ports } = this.#discovery ?? {};
    if (addresses?.includes(address) !== true || ports?.includes(port) !== true) return;
    this.#sockets.set(`${port} ${address}`, socket);
    this.#places.set(socket, { address, port });
  }

  /** The answer to one request; undefined when it deserves none. */
  answer(message: StunMessage, client: Route): BindingAnswer | undefined {
    const place = this.#places.get(client.local);
    // Until all four are there, none says that there are others.
    if (this.#discovery !== undefined && place !== undefined && this.#places.size === 4) {
      const answer = answerDiscoveryRequest(message, client, place, this.#discovery);
      const socket = answer && this.#sockets.get(`${answer.from.port} ${answer.from.address}`);
      if (answer !== undefined && socket !== undefined) {
        return { bytes: answer.bytes, way: [socket, "udp", client.address, answer.toPort] };
      }
    }
    const bytes = answerBindingRequest(message.bytes, client.address, client.port);
    return bytes && { bytes, way: undefined };
  }
}

/**
 * Who is in which room. No sockets and no clock: the doorway (signalling-server.ts) tells it who comes and goes and sends what it says.
 */
import type { Peer } from "./messages.ts";

/** Bounds of the whole. */
export interface RoomLimits {
  readonly rooms: number;
  readonly browsersPerRoom: number;
}

/** A browser in a room. `Socket` is whatever the doorway knows it by. */
export interface Member<Socket> {
  readonly socket: Socket;
  readonly room: string;
  readonly id: string;
  readonly name: string;
}

/** What came of an attempt to join. */
export type JoinOutcome<Socket> =
  | {
      readonly type: "joined";
      readonly member: Member<Socket>;
      readonly others: readonly Member<Socket>[];
      /** The socket of the same page that is no longer a member: it came back before the server noticed that it had gone. */
      readonly replaced: Socket | undefined;
    }
  | { readonly type: "room-full" }
  | { readonly type: "no-room-left" }
  | { readonly type: "already-joined" };

/** All rooms of a server. A room exists while someone is in it. */
export class Rooms<Socket> {
  readonly #limits: RoomLimits;
  readonly #rooms = new Map<string, Map<string, Member<Socket>>>();
  readonly #members = new Map<Socket, Member<Socket>>();

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** How many rooms there are. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Puts a browser into a room. */
  join(socket: Socket, { room: name, id, name: label }: { room: string; id: string; name: string }): JoinOutcome<Socket> {
    if (this.#members.has(socket)) return { type: "already-joined" };
    const room = this.#rooms.get(name) ?? new Map<string, Member<Socket>>();
    const before = room.get(id);
    if (room.size === 0 && this.#rooms.size >= this.#limits.rooms) return { type: "no-room-left" };
    if (before === undefined && room.size >= this.#limits.browsersPerRoom) return { type: "room-full" };
    if (before !== undefined) this.#members.delete(before.socket);
    const member: Member<Socket> = { socket, room: name, id, name: label };
    const others = [...room.values()].filter((other) => other.id !== id);
    room.set(id, member);
    this.#rooms.set(name, room);
    this.#members.set(socket, member);
    return { type: "joined", member, others, replaced: before?.socket };
  }

  /** Takes a browser out of its room. Undefined when it was in none, or when it was replaced. */
  leave(socket: Socket): { member: Member<Socket>; others: readonly Member<Socket>[] } | undefined {
    const member = this.#members.get(socket);
    if (member === undefined) return undefined;
    this.#members.delete(socket);
    const room = this.#rooms.get(member.room);
    room?.delete(member.id);
    if (room?.size === 0) this.#rooms.delete(member.room);
    return { member, others: [...(room?.values() ?? [])] };
  }

  /** The member behind a socket. */
  memberOf(socket: Socket): Member<Socket> | undefined {
    return this.#members.get(socket);
  }

  /** Who has `id` in the room of `member`; never `member` itself. */
  neighbour(member: Member<Socket>, id: string): Member<Socket> | undefined {
    return id === member.id ? undefined : this.#rooms.get(member.room)?.get(id);
  }
}

/** A browser as the others see it. */
export function asPeer(member: Member<unknown>): Peer {
  return { id: member.id, kind: "browser", name: member.name };
}

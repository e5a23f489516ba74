/**
 * A data channel as its owner sees it, and what happens to it.
 */
import type { MessagePart } from "../sctp/association-options.ts";
import type { SctpError } from "../sctp/sctp-error.ts";
import type { ChannelError } from "./channel-error.ts";

/** As in webrtc-pc `RTCDataChannelState`. */
export type ChannelState = "connecting" | "open" | "closing" | "closed";

/** Strings and bytes travel under different identifiers (RFC 8831 §8). */
export type MessageKind = "string" | "binary";

/** A data channel: a live object that only its table writes. It is the key by which events and messages name the channel. */
export interface Channel {
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits: number | undefined;
  /** Milliseconds. */
  readonly maxPacketLifeTime: number | undefined;
  /** Both sides made it; nothing is said on the wire. */
  readonly negotiated: boolean;
  /** RFC 8831 §6.4. */
  readonly priority: number;
  /** The stream in both directions; undefined until the DTLS role says which numbers are ours (RFC 8832 §6). */
  readonly id: number | undefined;
  readonly state: ChannelState;
  /** Whether it was ever open. */
  readonly opened: boolean;
  readonly messagesSent: number;
  /** Bytes of messages, as users count them. */
  readonly bytesSent: number;
  readonly messagesReceived: number;
  /** Bytes of messages, as users count them. */
  readonly bytesReceived: number;
  /** Bytes of messages given to `send` that have not been sent for the first time. It keeps its value when the channel closes. */
  readonly bufferedAmount: number;
}

/** What a new channel is to be. */
export interface ChannelOptions {
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits?: number;
  /** Milliseconds. Not together with `maxRetransmits`. */
  readonly maxPacketLifeTime?: number;
  readonly negotiated: boolean;
  /** For negotiated channels only, which need it: 0 to 65534. */
  readonly id?: number;
  /** Default 256, normal (RFC 8831 §6.4). */
  readonly priority?: number;
  /** Messages come in parts as they arrive; default false, whole. */
  readonly partialDelivery?: boolean;
}

/** One message that arrived. */
export interface ChannelMessage {
  readonly channel: Channel;
  readonly kind: MessageKind;
  /** Owned by whoever takes the message; it may be a view of a larger buffer. */
  readonly data: Uint8Array;
  /**
   * `whole` unless the channel has messages delivered in parts: then `more` is one that others follow, `last` the one that ends the message, and
   * `abandoned`, without data, says that the rest of it will never come. A channel has one message in parts at a time; whole ones that are not
   * in order may come between its parts.
   */
  readonly part: MessagePart;
}

/** Rare happenings; messages have a door of their own. */
export type ChannelEvent =
  /** The other side made a channel; it is open. */
  | { readonly type: "channel"; readonly channel: Channel }
  /** One of ours is open. */
  | { readonly type: "open"; readonly channel: Channel }
  /** The other side began to close it; what was queued is still sent. Not told of our own `close`. */
  | { readonly type: "closing"; readonly channel: Channel }
  /**
   * It is over, and its id may be used again. `error` is there when it ended abruptly: the association's, or a
   * {@link ChannelError} when there was no id for it.
   */
  | { readonly type: "closed"; readonly channel: Channel; readonly error: SctpError | ChannelError | undefined }
  /** So many bytes of messages were sent for the first time, or given up: `bufferedAmount` is lower by them. */
  | { readonly type: "drained"; readonly channel: Channel; readonly bytes: number }
  | { readonly type: "connected"; readonly maxChannels: number }
  /** The end of the association, after the `closed` of all channels. */
  | { readonly type: "association-closed"; readonly error: SctpError | undefined };

/**
 * What the procedures of an association share: its state as a union whose members hold only what exists then (RFC 9260 §4),
 * and the control chunks that wait to go out.
 */
import type { Drops } from "../base/drops.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { type Random, randomU32 } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import { type Serial32, serial } from "../base/serial.ts";
import { SparseSet } from "../base/sparse-set.ts";
import { Timer } from "../base/timer.ts";
import {
  type AssociationCounters,
  type AssociationEvent,
  type AssociationOptions,
  DEFAULT_RECEIVE_BUFFER,
} from "./association-options.ts";
import { COMMON_HEADER } from "./packet/common-header.ts";
import { PathMtuDiscovery } from "./path-mtu-discovery.ts";
import type { DataTracker } from "./rx/data-tracker.ts";
import type { ReassemblyQueue } from "./rx/reassembly-queue.ts";
import { ReceiveWindow } from "./rx/receive-window.ts";
import { SctpError, type SctpErrorCode } from "./sctp-error.ts";
import type { StreamReset } from "./stream-reset.ts";
import type { CongestionControl } from "./tx/congestion-control.ts";
import { Pacer } from "./tx/pacer.ts";
import type { RetransmissionQueue } from "./tx/retransmission-queue.ts";
import type { RetransmissionTimeout } from "./tx/retransmission-timeout.ts";
import type { SendQueue } from "./tx/send-queue.ts";

/** Why a packet or chunk was dropped. */
export type SctpDropReason =
  | "too-short"
  | "wrong-port"
  | "bad-checksum"
  | "wrong-tag"
  | "malformed-chunk"
  | "unexpected-chunk"
  | "out-of-the-blue"
  | "unknown-chunk"
  | "bad-cookie"
  | "stale-cookie"
  | "stale-sack"
  | "window-exceeded"
  | "invalid-stream"
  | "control-queue-full"
  | "control-too-large"
  | "bad-reset";

/** What exists once both sides know each other's tags: RFC 9260 §14 calls it the TCB. */
export interface TransmissionControlBlock {
  readonly localTag: number;
  readonly remoteTag: number;
  readonly localInitialTsn: Serial32;
  readonly remoteInitialTsn: Serial32;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly partialReliability: boolean;
  readonly reconfiguration: boolean;
  readonly interleaving: boolean;
  /** The other side takes packets without a checksum. */
  readonly zeroChecksum: boolean;
  readonly tracker: DataTracker;
  readonly reassembly: ReassemblyQueue;
  readonly streamReset: StreamReset;
}

/** RFC 9260 §4, with `ended` for what is over for good. */
export type State =
  | { readonly name: "closed" }
  | { readonly name: "cookie-wait"; readonly localTag: number; readonly localInitialTsn: Serial32 }
  | { readonly name: "cookie-echoed"; readonly tcb: TransmissionControlBlock; readonly cookie: Uint8Array }
  | {
      readonly name: "established" | "shutdown-pending" | "shutdown-sent" | "shutdown-received" | "shutdown-ack-sent";
      readonly tcb: TransmissionControlBlock;
    }
  | {
      readonly name: "ended";
      /** What arrived before the end may still be taken. */
      readonly reassembly: ReassemblyQueue | undefined;
      /** The other side agreed: it knows. */
      readonly agreed: boolean;
    };

/** A control chunk that waits to be sent. */
export interface ControlChunk {
  readonly bytes: Uint8Array;
  /** The verification tag when it is not the association's: answers to an INIT, reflected ABORTs. */
  readonly tag: number | undefined;
  readonly place: ChunkPlace;
}

/**
 * Where a control chunk may stand in its packet (RFC 9260 §6.10): INIT, INIT ACK and SHUTDOWN COMPLETE travel alone, COOKIE ECHO and
 * COOKIE ACK are the first.
 */
export type ChunkPlace = "anywhere" | "first" | "alone";

/** Control chunks that wait; one more than this is dropped. */
const MAX_CONTROL = 64;
/** RFC 9260 §16 Max.Init.Retransmits. */
const MAX_INIT_RETRANSMITS = 8;
/** The handshake is short and somebody waits for it: its back-off ends early. Milliseconds. */
const T1_MAXIMUM = 4000;
/** RFC 9260 §16 RTO.Max, as T2-shutdown backs off to. Milliseconds. */
const T2_MAXIMUM = 10_000;
/** RFC 9260 §16 Association.Max.Retrans. */
export const MAX_RETRANSMITS = 10;
/** RFC 9260 §16 HB.interval, in milliseconds. */
export const HEARTBEAT_INTERVAL = 30_000;

/** What the procedures share. */
export class Context {
  readonly options: AssociationOptions;
  readonly localPort: number;
  readonly remotePort: number;
  readonly random: Random;
  readonly cookieKey: Uint8Array;
  readonly receiveBufferLimit: number;
  readonly receiveWindow: ReceiveWindow;
  readonly drops: Drops<SctpDropReason>;
  readonly counters: AssociationCounters;
  readonly timeout: RetransmissionTimeout;
  readonly congestion: CongestionControl;
  readonly sendQueue: SendQueue;
  readonly retransmissions: RetransmissionQueue;
  readonly pacer: Pacer = new Pacer();
  /** Incoming streams whose messages are delivered in parts. */
  readonly partialDelivery: SparseSet<number> = new SparseSet();
  /** Outgoing streams that are to be reset as soon as that can be asked for. */
  readonly resetsWanted: Set<number> = new Set();
  readonly events: Ring<AssociationEvent> = new Ring();
  readonly control: Ring<ControlChunk> = new Ring();
  /** T1-init and T1-cookie: never both. */
  readonly t1: Timer = new Timer({
    duration: 0,
    backoff: "exponential",
    maxDuration: T1_MAXIMUM,
    maxRestarts: MAX_INIT_RETRANSMITS,
  });
  /** T2-shutdown. */
  readonly t2: Timer = new Timer({
    duration: 0,
    backoff: "exponential",
    maxDuration: T2_MAXIMUM,
    maxRestarts: MAX_RETRANSMITS,
  });
  /** T3-rtx; the back-off is that of the retransmission timeout. */
  readonly t3: Timer = new Timer({ duration: 0 });
  readonly heartbeat: Timer = new Timer({ duration: HEARTBEAT_INTERVAL });
  /** When the outstanding HEARTBEAT counts as unanswered. */
  heartbeatExpires: Instant = NEVER;
  heartbeatNonce: number = 0;
  /** When the last HEARTBEAT was sent that is not answered, however long ago; `NEVER` when there is none. */
  heartbeatSentAt: Instant = NEVER;
  /** Retransmissions in a row that nothing answered (RFC 9260 §8.1). */
  errors: number = 0;
  /** A packet without checksum was taken (RFC 9653). */
  zeroChecksumReceived: boolean = false;
  /** DATA came while SHUTDOWN is out: another SHUTDOWN is due. */
  shutdownDue: boolean = false;
  /** The largest packet now. */
  mtu: number;
  /** The handshake was skipped, and nothing of the other side has come that is of this association. */
  unproven: boolean = false;
  pathMtu: PathMtuDiscovery;
  /** Tells the probes of this path from those of others. */
  probeNonce: number = 0;
  /** Whether a chunk may be as long as a packet. */
  anySize: boolean = false;
  state: State = { name: "closed" };

  constructor(
    options: AssociationOptions,
    parts: Pick<Context, "cookieKey" | "drops" | "counters" | "timeout" | "congestion" | "sendQueue" | "retransmissions">,
  ) {
    this.options = options;
    this.localPort = options.localPort ?? 5000;
    this.remotePort = options.remotePort ?? 5000;
    this.random = options.random;
    this.receiveBufferLimit = options.receiveBufferLimit ?? DEFAULT_RECEIVE_BUFFER;
    this.receiveWindow = new ReceiveWindow(this.receiveBufferLimit);
    this.mtu = options.mtu ?? 1160;
    this.pathMtu = new PathMtuDiscovery(this.mtu, options.pathMtuDiscovery !== false);
    this.cookieKey = parts.cookieKey;
    this.drops = parts.drops;
    this.counters = parts.counters;
    this.timeout = parts.timeout;
    this.congestion = parts.congestion;
    this.sendQueue = parts.sendQueue;
    this.retransmissions = parts.retransmissions;
  }

  /** The control block, in the states that have one. */
  get tcb(): TransmissionControlBlock | undefined {
    return "tcb" in this.state ? this.state.tcb : undefined;
  }

  /** What has arrived on streams; it outlives the association. */
  get reassembly(): ReassemblyQueue | undefined {
    return this.state.name === "ended" ? this.state.reassembly : this.tcb?.reassembly;
  }

  /** The size of the packet that chunks are cut for. */
  get cutMtu(): number {
    return this.anySize ? this.mtu : Math.min(this.mtu, this.pathMtu.base);
  }

  /** A fresh verification tag, never 0 (RFC 9260 §5.3.1). */
  newTag(): number {
    for (;;) {
      const tag = randomU32(this.random);
      if (tag !== 0) return tag;
    }
  }

  /**
   * A fresh initial TSN. Half of its range would do against strangers, and inside DTLS there are none: a quarter keeps the numbers of the
   * first terabyte small enough not to be boxed on either side.
   */
  newTsn(): Serial32 {
    return serial(this.options.faults?.initialTsn ?? randomU32(this.random) >>> 2);
  }

  /** Queues a control chunk; what is too much is dropped, since all of them are repeated or answered anew. */
  enqueue(bytes: Uint8Array, tag?: number, place: ChunkPlace = "anywhere"): void {
    if (this.control.size >= MAX_CONTROL) this.drops.count("control-queue-full");
    else if (COMMON_HEADER + bytes.length > this.mtu) this.drops.count("control-too-large");
    else this.control.push({ bytes, tag, place });
  }

  /** The end, for good: forgets timers and says so once. `agreed` after a SHUTDOWN that was answered. */
  end(error: SctpError | undefined, agreed: boolean = false): void {
    if (this.state.name === "ended") return;
    this.tcb?.reassembly.end();
    this.state = { name: "ended", reassembly: this.tcb?.reassembly, agreed };
    this.t1.stop();
    this.t2.stop();
    this.t3.stop();
    this.heartbeat.stop();
    this.heartbeatExpires = NEVER;
    this.events.push({ type: "closed", error });
  }

  /** Ends with an error that nobody is told of but our owner. */
  fail(code: SctpErrorCode, message: string, causeCode?: number): void {
    this.end(new SctpError(code, message, causeCode));
  }
}

/** Whether DATA may come and SACKs may go (RFC 9260 §6): the handshake is over, and the other side has not said its last word. */
export function takesData(state: State["name"]): boolean {
  return state === "established" || state === "shutdown-pending" || state === "shutdown-sent";
}

/** The room for data that we tell the other side of. */
export function advertisedWindow(context: Context, { reassembly }: TransmissionControlBlock, now: Instant): number {
  const { receiveWindow, mtu, timeout } = context;
  return receiveWindow.advertise(reassembly.heldBytes, !reassembly.ready, mtu, timeout.smoothed, now);
}

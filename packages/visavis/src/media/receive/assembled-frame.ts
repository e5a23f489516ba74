/**
 * A video frame whose packets are all there, before it is known what it refers to and when it is due.
 */
import type { Instant } from "../../base/instant.ts";
import type { PayloadFormat } from "../../rtp/payload/payload-format.ts";
import type { PayloadInfo } from "../../rtp/payload/payload-info.ts";

/** One frame. */
export interface AssembledFrame {
  readonly format: PayloadFormat;
  readonly payloadType: number;
  readonly ssrc: number;
  readonly data: Uint8Array;
  readonly firstSequenceNumber: number;
  readonly lastSequenceNumber: number;
  /** As in the packets, 32 bits. */
  readonly timestamp: number;
  readonly keyFrame: boolean;
  /** Arrivals of the packet that came first and of the one that came last. */
  readonly firstArrival: Instant;
  readonly lastArrival: Instant;
  readonly packetCount: number;
  /** A packet of it came by way of a retransmission or of redundancy. */
  readonly recovered: boolean;
  /** What its first packet says. */
  readonly info: PayloadInfo;
  /** The dependency descriptor of its first packet; empty without one. */
  readonly descriptor: Uint8Array;
  /** The scalability structure of VP9 in its first packet; empty without one. */
  readonly structure: Uint8Array;
  readonly contributingSources: readonly number[];
  /** Of its last packet. */
  readonly rotation: number;
  readonly captureTime: number;
  readonly playoutDelayMin: number;
  readonly playoutDelayMax: number;
}

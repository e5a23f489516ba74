/**
 * What an RTP session tells whoever owns it. Rare: packets have a door of their own.
 */
import type { CircuitBreak } from "../cc/circuit-breaker.ts";

/** An event of an RTP session. */
export type RtpEvent =
  /** The other side wants a key frame of an encoding. */
  | {
      readonly type: "key-frame-requested";
      readonly id: string;
      readonly encodingIndex: number;
      readonly rid: string | undefined;
    }
  /** What an encoding should send from now on, bit/s; 0: it is to pause. */
  | { readonly type: "target-bitrate"; readonly id: string; readonly encodingIndex: number; readonly bitrate: number }
  /** An encoding ceased to send (RFC 8083), and sends again when its parameters are set anew. */
  | {
      readonly type: "circuit-break";
      readonly id: string;
      readonly encodingIndex: number;
      readonly rid: string | undefined;
      readonly reason: CircuitBreak;
    }
  /** A stream has begun to arrive, or was announced. */
  | { readonly type: "stream"; readonly id: string; readonly ssrc: number; readonly rid: string | undefined }
  /** A source said good-bye. */
  | { readonly type: "bye"; readonly id: string; readonly ssrc: number; readonly rid: string | undefined }
  /** A source has been silent for so long that it is taken for gone; it may come back. */
  | { readonly type: "timeout"; readonly id: string; readonly ssrc: number; readonly rid: string | undefined }
  /** A tone has ended (RFC 4733); `duration` in milliseconds. */
  | {
      readonly type: "dtmf";
      readonly id: string;
      readonly ssrc: number;
      readonly rid: string | undefined;
      readonly tone: string;
      readonly duration: number;
    }
  /** What joins the clock of a stream with the wall clock of its sender: for playing streams of one source in step. */
  | {
      readonly type: "sender-report";
      readonly id: string;
      readonly ssrc: number;
      readonly rid: string | undefined;
      readonly cname: string | undefined;
      /** Milliseconds since 1900 by the clock of the sender. */
      readonly ntpTime: number;
      readonly rtpTimestamp: number;
    };

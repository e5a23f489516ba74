/**
 * A packet that has found its stream.
 */
import { ReceivedPacket } from "../rtp/received-packet.ts";
import type { RtpCodec } from "./rtp-parameters.ts";
import type { RtpReceiveStream } from "./rtp-receive-stream.ts";

/** A packet that arrived, and whose it is. Used again for later ones: it is for looking at until the next is taken. */
export class RoutedPacket extends ReceivedPacket {
  /** The receiver. */
  id = "";
  stream: RtpReceiveStream | undefined = undefined;
  codec: RtpCodec | undefined = undefined;
}

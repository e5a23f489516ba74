/**
 * Frames as RTP packets for elsewhere: for another program, or a file. RFC 3550 §5.
 */
import type { EncodedFrame } from "../rtp/frame.ts";
import { writeRtpHeader } from "../rtp/packet.ts";
import type { Packetizer } from "../rtp/payload/payload-format.ts";
import { payloadFormat } from "../rtp/payload/registry.ts";

/** How packets are written. */
export interface RtpOutputOptions {
  readonly payloadType: number;
  readonly ssrc: number;
  /** Bytes of a packet at most; default 1200. */
  readonly maxPacketSize?: number;
  /** Of frames that do not name their format; frames of other formats are left out. Default that of the first frame. */
  readonly mimeType?: string;
  /** As `a=fmtp` has them: `packetization-mode=1`. */
  readonly parameters?: string;
  /** Of the first packet; it should be random. */
  readonly sequenceNumber?: number;
}

const DEFAULT_SIZE = 1200;
/** Room for a header with all contributing sources, and some payload. */
const LEAST_SIZE = 128;

/** Writes the packets of one stream. */
export class RtpOutput {
  readonly #payloadType: number;
  readonly #ssrc: number;
  readonly #room: number;
  readonly #parameters: string | undefined;
  #mimeType: string | undefined;
  #packetizer: Packetizer | undefined = undefined;
  #sequenceNumber: number;
  /** Frames that could not be written: of another format, or malformed. */
  omitted = 0;

  /** @throws RangeError for a payload type beyond 127, too small a packet, or a format that is not known */
  constructor({ payloadType, ssrc, maxPacketSize = DEFAULT_SIZE, mimeType, parameters, sequenceNumber = 0 }: RtpOutputOptions) {
    if (!(payloadType >= 0 && payloadType <= 127)) throw new RangeError("A payload type is a number from 0 to 127.");
    if (!(maxPacketSize >= LEAST_SIZE)) throw new RangeError(`A packet has ${LEAST_SIZE} bytes or more.`);
    if (mimeType !== undefined && payloadFormat(mimeType) === undefined) throw new RangeError(`${mimeType} is not known.`);
    this.#payloadType = payloadType;
    this.#ssrc = ssrc >>> 0;
    this.#room = maxPacketSize;
    this.#parameters = parameters;
    this.#mimeType = mimeType?.toLowerCase();
    this.#sequenceNumber = sequenceNumber;
  }

  /** The packets of a frame, each in memory of its own. */
  packets(frame: EncodedFrame): Uint8Array<ArrayBuffer>[] {
    const packets: Uint8Array<ArrayBuffer>[] = [];
    const packetizer = this.#packetizerOf(frame);
    if (packetizer?.start(frame.data, frame) !== true) {
      this.omitted++;
      return packets;
    }
    do {
      const bytes = new Uint8Array(this.#room);
      const marker = frame.kind === "audio" && frame.talkSpurt === true && packets.length === 0;
      const { timestamp, contributingSources } = frame;
      const number = this.#sequenceNumber & 0xffff;
      const o = writeRtpHeader(bytes, 0, marker, this.#payloadType, number, timestamp, this.#ssrc, contributingSources);
      const length = packetizer.next(bytes, o, this.#room - o);
      if (length <= 0) break;
      if (packetizer.marker) bytes[1] = (bytes[1] as number) | 0x80;
      this.#sequenceNumber++;
      packets.push(bytes.slice(0, o + length));
    } while (!packetizer.last);
    return packets;
  }

  #packetizerOf({ mimeType }: EncodedFrame): Packetizer | undefined {
    const name = mimeType?.toLowerCase() ?? this.#mimeType;
    this.#mimeType ??= name;
    if (name === undefined || name !== this.#mimeType) return undefined;
    const parameters = this.#parameters === undefined ? {} : { parameters: this.#parameters };
    this.#packetizer ??= payloadFormat(name)?.packetizer({ ...parameters, firstPictureId: this.#sequenceNumber & 0x7fff });
    return this.#packetizer;
  }
}

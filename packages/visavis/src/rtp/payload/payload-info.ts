/**
 * What one payload says of itself and of the frame it belongs to, in one shape for all formats. Reused from packet to packet.
 */

/** How many reference distances a VP9 payload descriptor has room for (RFC 9628 §4.2). */
export const MAX_PICTURE_REFERENCES = 3;

/** What a depacketizer read from a payload. */
export class PayloadInfo {
  /** The media bytes behind the format's own descriptor. */
  dataStart = 0;
  dataEnd = 0;
  /** The payload is the first of its frame; see `Depacketizer.tellsStart`. */
  startsFrame = false;
  /** The payload is the last of its frame. Where formats do not tell, the RTP marker does. */
  endsFrame = false;
  /** The frame is, or the access unit contains, a key frame. Formats that tell it in one packet of the frame alone say it there. */
  keyFrame = false;
  /** 7 or 15 bits that wrap, see {@link pictureIdBits}; -1 when not told. */
  pictureId = -1;
  /** 7, 15, or 0 without a picture id. */
  pictureIdBits = 0;
  /** Running number of the base layer's pictures that this one refers to, 8 bits that wrap; -1 when not told. */
  tl0PicIdx = -1;
  /** -1 when not told. */
  temporalId = -1;
  spatialId = -1;
  /** The frame refers to base-layer frames alone (VP8 Y, VP9 U): one may switch up to its temporal layer here. */
  layerSync = false;
  /** No other frame refers to it (VP8 N). */
  nonReference = false;
  /** It refers to the next lower spatial layer of its picture (VP9 D). */
  interLayer = false;
  /** Pictures of higher spatial layers do not refer to it (VP9 Z). */
  notForInterLayer = false;
  /** VP9: it refers to other pictures at all (P), apart from its own picture's lower layers. */
  interPicture = false;
  /** VP9 flexible mode: the payload lists what the frame refers to. */
  flexible = false;
  /** The listed references, as distances of picture ids; the first {@link referenceCount} count. */
  readonly references: Uint8Array = new Uint8Array(MAX_PICTURE_REFERENCES);
  referenceCount = 0;
  /** VP9: the scalability structure is `[structureStart, structureEnd)`; empty without one. */
  structureStart = 0;
  structureEnd = 0;
  /** Size of the frame in pixels where the payload tells; 0 where not. */
  width = 0;
  height = 0;

  /** All as if nothing was told. */
  reset(dataStart: number, dataEnd: number): void {
    this.dataStart = dataStart;
    this.dataEnd = dataEnd;
    this.startsFrame = false;
    this.endsFrame = false;
    this.keyFrame = false;
    this.pictureId = -1;
    this.pictureIdBits = 0;
    this.tl0PicIdx = -1;
    this.temporalId = -1;
    this.spatialId = -1;
    this.layerSync = false;
    this.nonReference = false;
    this.interLayer = false;
    this.notForInterLayer = false;
    this.interPicture = false;
    this.flexible = false;
    this.referenceCount = 0;
    this.structureStart = 0;
    this.structureEnd = 0;
    this.width = 0;
    this.height = 0;
  }
}

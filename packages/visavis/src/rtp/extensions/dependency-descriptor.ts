/**
 * The dependency descriptor: which frame a packet belongs to, which layer that is in, and which frames it builds on. RTP payload
 * format for AV1, appendix A; other codecs use it, too.
 * https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension
 *
 * ```
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-+-+-----------+-------------------------------+
 * |S|E| template  |          frame number         |
 * +-+-+-+-+-+-----+-------------------------------+
 * |T|A|D|F|C| templates, active targets, and what of the template does not hold for this frame ...
 * +-+-+-+-+-+-------------------------------------+
 * ```
 */
import { u16 } from "../../base/bytes.ts";
import { BitReader, BitWriter } from "../bits.ts";
import {
  type DecodeTargetIndication,
  readTemplateStructure,
  type TemplateStructure,
  writeTemplateStructure,
} from "./template-structure.ts";

/** Its name in `a=extmap`. */
export const DEPENDENCY_DESCRIPTOR_URI =
  "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

/** Bytes of a descriptor that refers to a template and says nothing else. */
export const DEPENDENCY_DESCRIPTOR_SHORT = 3;

/** What a descriptor says of the frame of its packet. */
export interface DependencyDescriptor {
  /** The packet is the first of its frame. */
  readonly startOfFrame: boolean;
  /** The packet is the last of its frame. */
  readonly endOfFrame: boolean;
  readonly templateId: number;
  /** 16 bits; counts frames of all layers. */
  readonly frameNumber: number;
  /** What this descriptor and those after it refer to; only of the first packet of a key frame, as a rule. */
  readonly structure: TemplateStructure | undefined;
  /** One bit for each decode target that is sent; undefined when it is not told here. */
  readonly activeDecodeTargets: number | undefined;
  readonly spatialId: number;
  readonly temporalId: number;
  readonly decodeTargetIndications: readonly DecodeTargetIndication[];
  /** How many frames before it the frames are that it builds on. */
  readonly frameDifferences: readonly number[];
  readonly chainDifferences: readonly number[];
}

/** The frame number of the value at `start`, which has at least three bytes. */
export function dependencyFrameNumber(bytes: Uint8Array, start: number): number {
  return u16(bytes, start + 1);
}

/**
 * Reads the value `bytes[start, end)`. `known` is the structure of an earlier descriptor of the stream; undefined when the value is
 * none, or refers to a structure that is not known.
 */
export function decodeDependencyDescriptor(
  bytes: Uint8Array,
  start: number,
  end: number,
  known?: TemplateStructure,
): DependencyDescriptor | undefined {
  if (end - start < DEPENDENCY_DESCRIPTOR_SHORT) return undefined;
  const reader = new BitReader(bytes, start, end);
  const [startOfFrame, endOfFrame] = [reader.flag(), reader.flag()];
  const [templateId, frameNumber] = [reader.read(6), reader.read(16)];
  const isLong = end - start > DEPENDENCY_DESCRIPTOR_SHORT;
  const flags = isLong ? reader.read(5) : 0;
  const own = (flags & 0x10) !== 0 ? readTemplateStructure(reader) : undefined;
  if ((flags & 0x10) !== 0 && own === undefined) return undefined;
  const structure = own ?? known;
  if (structure === undefined) return undefined;
  const { decodeTargetCount, chainCount } = structure;
  let activeDecodeTargets = own === undefined ? undefined : 2 ** decodeTargetCount - 1;
  if ((flags & 8) !== 0) activeDecodeTargets = reader.read(decodeTargetCount);
  const template = structure.templates[(templateId + 64 - structure.templateIdOffset) % 64];
  if (template === undefined) return undefined;
  const times = (count: number, bits: number): number[] => Array.from({ length: count }, () => reader.read(bits));
  const decodeTargetIndications =
    (flags & 4) !== 0 ? (times(decodeTargetCount, 2) as DecodeTargetIndication[]) : template.decodeTargetIndications;
  const frameDifferences = (flags & 2) !== 0 ? readFrameDifferences(reader) : template.frameDifferences;
  const chainDifferences = (flags & 1) !== 0 ? times(chainCount, 8) : template.chainDifferences;
  if (reader.failed) return undefined;
  const { spatialId, temporalId } = template;
  return {
    startOfFrame,
    endOfFrame,
    templateId,
    frameNumber,
    structure: own,
    activeDecodeTargets,
    spatialId,
    temporalId,
    decodeTargetIndications,
    frameDifferences,
    chainDifferences,
  };
}

function readFrameDifferences(reader: BitReader): number[] {
  const differences: number[] = [];
  for (let size = reader.read(2); size !== 0; size = reader.read(2)) differences.push(reader.read(4 * size) + 1);
  return differences;
}

/** What of a frame is to be written; `custom…` only where it is not as the template has it. */
export interface DependencyDescriptorFields {
  readonly startOfFrame: boolean;
  readonly endOfFrame: boolean;
  readonly templateId: number;
  readonly frameNumber: number;
  /** Given: it is written. */
  readonly structure?: TemplateStructure | undefined;
  readonly activeDecodeTargets?: number | undefined;
  readonly customIndications?: readonly DecodeTargetIndication[] | undefined;
  readonly customFrameDifferences?: readonly number[] | undefined;
  readonly customChainDifferences?: readonly number[] | undefined;
}

/**
 * Writes the value and returns the offset behind it. `decodeTargetCount` is that of the structure in use. With a structure it may be
 * longer than an element with a header of one byte holds.
 */
export function encodeDependencyDescriptor(
  out: Uint8Array,
  offset: number,
  fields: DependencyDescriptorFields,
  decodeTargetCount: number,
): number {
  const { structure, activeDecodeTargets, customIndications, customFrameDifferences, customChainDifferences } = fields;
  const writer = new BitWriter(out, offset);
  writer.flag(fields.startOfFrame);
  writer.flag(fields.endOfFrame);
  writer.write(6, fields.templateId);
  writer.write(16, fields.frameNumber);
  const parts = [structure, activeDecodeTargets, customIndications, customFrameDifferences, customChainDifferences];
  if (parts.every((part) => part === undefined)) return writer.offset;
  for (const part of parts) writer.flag(part !== undefined);
  if (structure !== undefined) writeTemplateStructure(writer, structure);
  if (activeDecodeTargets !== undefined) writer.write(decodeTargetCount, activeDecodeTargets);
  for (const one of customIndications ?? []) writer.write(2, one);
  if (customFrameDifferences !== undefined) {
    for (const difference of customFrameDifferences) {
      const size = difference <= 0x10 ? 1 : difference <= 0x100 ? 2 : 3;
      writer.write(2, size);
      writer.write(4 * size, difference - 1);
    }
    writer.write(2, 0);
  }
  for (const difference of customChainDifferences ?? []) writer.write(8, difference);
  return writer.offset;
}

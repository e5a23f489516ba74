/**
 * The templates of a dependency descriptor: which layers there are, which frames their frames build on, and which chains protect
 * them. RTP payload format for AV1 §A.8.2, §A.8.3.
 * https://aomediacodec.github.io/av1-rtp-spec/#a82-syntax
 *
 * ```
 *  0 1 2 3 4 5 6 7 8 9 0
 * +-----------+---------+
 * | id offset | targets |  6 bits, 5 bits (less one)
 * +-----------+---------+  then per template: what follows (2 bits; 3 ends), and for all of them:
 * | decode target indications: 2 bits per template and target                      |
 * | frame differences: per template (1, 4 bits less one)*, 0                       |
 * | chains: count ns(targets + 1), protector ns(chains) per target, 4 bits per template and chain |
 * | resolutions: flag, 16 + 16 bits (less one) per spatial layer                   |
 * ```
 */
import type { BitReader, BitWriter } from "../bits.ts";

/** What a frame is to a decode target. */
export type DecodeTargetIndication =
  /** Not part of it. */
  | 0
  /** Part of it, and nothing builds on it. */
  | 1
  /** From here on the target can be decoded when it could not before. */
  | 2
  /** Part of it, and something builds on it. */
  | 3;

/** How frames of one kind depend on others. */
export interface FrameTemplate {
  readonly spatialId: number;
  readonly temporalId: number;
  /** One for each decode target. */
  readonly decodeTargetIndications: readonly DecodeTargetIndication[];
  /** How many frames before it the frames are that it builds on. */
  readonly frameDifferences: readonly number[];
  /** One for each chain: how many frames before it the chain's last frame is; 0 when there is none. */
  readonly chainDifferences: readonly number[];
}

/** What descriptors refer to until the next structure comes. */
export interface TemplateStructure {
  /** The id of the first template, 0 to 63. */
  readonly templateIdOffset: number;
  readonly decodeTargetCount: number;
  readonly chainCount: number;
  readonly templates: readonly FrameTemplate[];
  /** The chain that protects each decode target; empty without chains. */
  readonly protectedBy: readonly number[];
  /** The largest size of each spatial layer; undefined when it is not told. */
  readonly resolutions: readonly { readonly width: number; readonly height: number }[] | undefined;
}

/** Ids have 6 bits. */
const MAX_TEMPLATES = 64;
/** The least bits of a template: what follows, an indication, an end of the differences. */
const MIN_TEMPLATE_BITS = 3;

const NEXT = { SAME: 0, TEMPORAL: 1, SPATIAL: 2, END: 3 } as const;

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

function readLayers(reader: BitReader): { spatialId: number; temporalId: number }[] | undefined {
  const layers: { spatialId: number; temporalId: number }[] = [];
  let [spatialId, temporalId] = [0, 0];
  for (let next: number = NEXT.SAME; next !== NEXT.END; ) {
    if (layers.length === MAX_TEMPLATES) return undefined;
    layers.push({ spatialId, temporalId });
    next = reader.read(2);
    if (reader.failed) return undefined;
    if (next === NEXT.TEMPORAL) temporalId++;
    else if (next === NEXT.SPATIAL) [spatialId, temporalId] = [spatialId + 1, 0];
    if (temporalId > 7 || spatialId > 3) return undefined;
  }
  return layers;
}

function readDifferences(reader: BitReader): number[] {
  const differences: number[] = [];
  while (reader.flag()) differences.push(reader.read(4) + 1);
  return differences;
}

/** Reads a structure; undefined when the bits are none. */
export function readTemplateStructure(reader: BitReader): TemplateStructure | undefined {
  const templateIdOffset = reader.read(6);
  const decodeTargetCount = reader.read(5) + 1;
  const layers = readLayers(reader);
  if (layers === undefined || reader.left < layers.length * MIN_TEMPLATE_BITS) return undefined;
  const indications = layers.map(() => times(decodeTargetCount, () => reader.read(2) as DecodeTargetIndication));
  const differences = layers.map(() => readDifferences(reader));
  const chainCount = reader.below(decodeTargetCount + 1);
  const protectedBy = chainCount === 0 ? [] : times(decodeTargetCount, () => reader.below(chainCount));
  const chains = layers.map(() => times(chainCount, () => reader.read(4)));
  const spatialLayers = (layers.at(-1)?.spatialId ?? 0) + 1;
  const resolutions = reader.flag()
    ? times(spatialLayers, () => ({ width: reader.read(16) + 1, height: reader.read(16) + 1 }))
    : undefined;
  if (reader.failed) return undefined;
  const templates = layers.map((layer, index) => ({
    ...layer,
    decodeTargetIndications: indications[index] ?? [],
    frameDifferences: differences[index] ?? [],
    chainDifferences: chains[index] ?? [],
  }));
  return { templateIdOffset, decodeTargetCount, chainCount, templates, protectedBy, resolutions };
}

/** Writes a structure. */
export function writeTemplateStructure(writer: BitWriter, structure: TemplateStructure): void {
  const { templates, decodeTargetCount, chainCount, protectedBy, resolutions } = structure;
  writer.write(6, structure.templateIdOffset);
  writer.write(5, decodeTargetCount - 1);
  templates.forEach((template, index) => {
    const next = templates[index + 1];
    if (next === undefined) writer.write(2, NEXT.END);
    else if (next.spatialId !== template.spatialId) writer.write(2, NEXT.SPATIAL);
    else writer.write(2, next.temporalId !== template.temporalId ? NEXT.TEMPORAL : NEXT.SAME);
  });
  for (const { decodeTargetIndications } of templates) for (const one of decodeTargetIndications) writer.write(2, one);
  for (const { frameDifferences } of templates) {
    for (const difference of frameDifferences) writer.write(5, 0x10 | (difference - 1));
    writer.write(1, 0);
  }
  writer.below(decodeTargetCount + 1, chainCount);
  for (const chain of protectedBy) writer.below(chainCount, chain);
  for (const { chainDifferences } of templates) for (const difference of chainDifferences) writer.write(4, difference);
  writer.flag(resolutions !== undefined);
  for (const { width, height } of resolutions ?? []) {
    writer.write(16, width - 1);
    writer.write(16, height - 1);
  }
}

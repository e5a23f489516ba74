/**
 * What several sinks want of one source, as one wish for each encoding.
 */
import type { EncodingWish } from "./track-source.ts";

/** One wish for each encoding: the largest picture, the highest frame rate and the lowest bitrate that anybody asks for who is not paused. */
export function mergeWishes(all: readonly (readonly EncodingWish[])[]): readonly EncodingWish[] {
  const merged: EncodingWish[] = [];
  for (const wishes of all) {
    for (const [encoding, wish] of wishes.entries()) {
      const before = merged[encoding];
      if (before === undefined || (before.isPaused === true && wish.isPaused !== true)) merged[encoding] = wish;
      else if (wish.isPaused !== true) merged[encoding] = merge(before, wish);
    }
  }
  return merged;
}

function merge(one: EncodingWish, other: EncodingWish): EncodingWish {
  const { scaleResolutionDownTo: to } = one;
  const { scaleResolutionDownTo: otherTo } = other;
  return {
    mimeType: sameFormat(one.mimeType, other.mimeType),
    scaleResolutionDownBy: Math.min(one.scaleResolutionDownBy ?? 1, other.scaleResolutionDownBy ?? 1),
    scaleResolutionDownTo:
      to === undefined || otherTo === undefined
        ? undefined
        : { maxWidth: Math.max(to.maxWidth, otherTo.maxWidth), maxHeight: Math.max(to.maxHeight, otherTo.maxHeight) },
    maxFramerate: of(Math.max, one.maxFramerate, other.maxFramerate, true),
    maxBitrate: of(Math.min, one.maxBitrate, other.maxBitrate, false),
  };
}

/** @param isUnlimited whether nothing said means more than anything said */
function of(
  choose: (one: number, other: number) => number,
  one: number | undefined,
  other: number | undefined,
  isUnlimited: boolean,
): number | undefined {
  if (one !== undefined && other !== undefined) return choose(one, other);
  return isUnlimited ? undefined : (one ?? other);
}

/** The format that both take; undefined where they want different ones: each takes its own of what is written. */
function sameFormat(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.toLowerCase() === other.toLowerCase() ? one : undefined;
}

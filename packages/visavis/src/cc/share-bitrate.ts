/**
 * Shares a bitrate: over streams by their priority (RFC 8835 §4.1 on what a priority means: a share in proportion to its weight), and over
 * the layers of one simulcast stream from the lowest up.
 */

/** What one stream or layer takes, bit/s. */
export interface BitrateClaim {
  /** Below it the stream is of no use. */
  readonly min: number;
  /** More is of no use to it. */
  readonly max: number;
  /** The weight of its priority: 1 very low, 2 low, 4 medium, 8 high (RFC 8831 §6.4 has the same steps). */
  readonly priority: number;
}

/**
 * Shares `target`, bit/s, over streams. Every stream first gets its minimum, those of a higher priority first; a stream whose minimum is
 * not left gets 0. What remains is shared by priority, so that shares are in proportion to the weights as far as minima and maxima let them.
 * @param out takes the share of each stream; nothing else is made
 */
export function shareBitrate(target: number, streams: readonly BitrateClaim[], out: number[]): void {
  out.length = streams.length;
  out.fill(0);
  let left = grantMinima(target, streams, out);
  // Each round fills at least one stream, or is the last.
  for (let round = 0; round < streams.length && left > 0.5; round++) {
    // The level to which all streams below it are lifted, in bit/s per weight.
    const level = levelOf(left, streams, out);
    let used = 0;
    for (let i = 0; i < streams.length; i++) {
      const { max, min, priority } = streams[i] as BitrateClaim;
      const share = out[i] as number;
      if (share === 0 && min > 0) continue;
      const next = Math.min(max, Math.max(share, level * priority));
      used += next - share;
      out[i] = next;
    }
    left -= used;
    if (used < 0.5) break;
  }
}

/** Gives each its minimum, in the order of priority and then of place. @returns what is left */
function grantMinima(target: number, streams: readonly BitrateClaim[], out: number[]): number {
  let left = target;
  let below = Number.POSITIVE_INFINITY;
  for (;;) {
    let weight = 0;
    for (const { priority } of streams) if (priority < below && priority > weight) weight = priority;
    if (weight === 0) return left;
    for (let i = 0; i < streams.length; i++) {
      const { min, priority } = streams[i] as BitrateClaim;
      if (priority !== weight || min > left) continue;
      out[i] = min;
      left -= min;
    }
    below = weight;
  }
}

/** How high all that are not full can be lifted with `left`: streams above the level keep what they have. */
function levelOf(left: number, streams: readonly BitrateClaim[], out: readonly number[]): number {
  let level = Number.POSITIVE_INFINITY;
  // At most one stream leaves the sum in each turn.
  for (let turn = 0; turn <= streams.length; turn++) {
    let sum = left;
    let weights = 0;
    for (let i = 0; i < streams.length; i++) {
      const { max, min, priority } = streams[i] as BitrateClaim;
      const share = out[i] as number;
      if (share >= max || (share === 0 && min > 0) || share > level * priority) continue;
      sum += share;
      weights += priority;
    }
    if (weights === 0) return 0;
    const next = sum / weights;
    if (next >= level) return level;
    level = next;
  }
  return level;
}

/**
 * Shares `target`, bit/s, over the layers of one stream, lowest first: a layer gets something when every layer below it has its maximum, and
 * its own minimum is left.
 * @param out takes the share of each layer
 */
export function shareLayers(target: number, layers: readonly BitrateClaim[], out: number[]): void {
  out.length = layers.length;
  out.fill(0);
  let left = target;
  for (let i = 0; i < layers.length; i++) {
    const { min, max } = layers[i] as BitrateClaim;
    if (left < min) return;
    out[i] = Math.min(left, max);
    left -= out[i] as number;
    if (left <= 0) return;
  }
}

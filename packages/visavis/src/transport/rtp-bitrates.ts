/**
 * How the bitrate that the path allows is shared: over senders by their weights, over the encodings of one from the lowest up.
 */
import type { BitrateDemand } from "../cc/bitrate-options.ts";
import { type BitrateClaim, shareBitrate, shareLayers } from "../cc/share-bitrate.ts";
import type { RtpSendStream } from "./rtp-send-stream.ts";
import type { RtpSender, RtpSenders } from "./rtp-senders.ts";

/** What encodings want without limits of their own, bit/s. */
const AUDIO_LEAST = 16_000;
const AUDIO_MOST = 96_000;
const VIDEO_LEAST = 30_000;
const VIDEO_MOST = 2_500_000;
/** `low`, the default of RTCPriorityType. */
const DEFAULT_WEIGHT = 2;

function claimOf({ kind, encoding }: RtpSendStream): BitrateClaim {
  const max = encoding.maxBitrate ?? (kind === "audio" ? AUDIO_MOST : VIDEO_MOST);
  const min = Math.min(max, kind === "audio" ? AUDIO_LEAST : VIDEO_LEAST);
  return { min, max, priority: encoding.weight ?? DEFAULT_WEIGHT };
}

const activeOf = ({ streams }: RtpSender): RtpSendStream[] => streams.filter(({ maySend }) => maySend);

/** What a sender wants as a whole: the least its lowest encoding does, the most all of them together. */
function senderClaim(sender: RtpSender): BitrateClaim {
  const claims = activeOf(sender).map(claimOf);
  return {
    min: claims.length === 0 ? 0 : Math.min(...claims.map(({ min }) => min)),
    max: claims.reduce((sum, { max }) => sum + max, 0),
    priority: claims.reduce((most, { priority }) => Math.max(most, priority), 0),
  };
}

/** What all senders together can make use of. */
export function demandOf(senders: RtpSenders): BitrateDemand {
  let [min, max] = [0, 0];
  for (const sender of senders.all) {
    const claim = senderClaim(sender);
    min += claim.min;
    max += claim.max;
  }
  return { min, max, padding: 0 };
}

/**
 * Shares `target`, bit/s, and calls `tell` for every encoding whose share has changed. Every sender gets its minimum, however low the target:
 * of a path that carries nothing nobody learns that it could carry more. What does not arrive at all ceases by RFC 8083.
 */
export function shareTarget(
  target: number,
  senders: RtpSenders,
  tell: (sender: RtpSender, encodingIndex: number, bitrate: number) => void,
): void {
  const all = [...senders.all];
  const shares: number[] = [];
  const layers: number[] = [];
  const claims = all.map(senderClaim);
  const least = claims.reduce((sum, { min }) => sum + min, 0);
  shareBitrate(Math.max(target, least), claims, shares);
  for (const [index, sender] of all.entries()) {
    const active = activeOf(sender);
    shareLayers(shares[index] ?? 0, active.map(claimOf), layers);
    for (const [encodingIndex, stream] of sender.streams.entries()) {
      const bitrate = Math.floor(layers[active.indexOf(stream)] ?? 0);
      if (bitrate === stream.targetBitrate) continue;
      stream.targetBitrate = bitrate;
      tell(sender, encodingIndex, bitrate);
    }
  }
}

/**
 * Encodings as offers and answers of the other side shape them: RFC 8853 §5.3,
 * https://w3c.github.io/webrtc-pc/#set-the-rtcsessiondescription
 */
import type { Random } from "../base/random.ts";
import type { MediaPlan, StreamRid } from "../jsep/media.ts";
import { createEncoding, type Transceiver } from "./transceiver.ts";

/** Encodings of one sender at most; more are left out. */
export const MAX_ENCODINGS = 8;

/** An offer that asks for simulcast gives a sender of video without choices its layers. */
export function proposedEncodings({ sender, kind }: Transceiver, { remoteReceiveRids }: MediaPlan, random: Random): void {
  const [only, ...others] = sender.encodings;
  if (kind === "audio" || remoteReceiveRids.length === 0 || only === undefined) return;
  if (others.length > 0 || only.rid !== undefined) return;
  const rids = [...new Set(remoteReceiveRids.map(({ rid }) => rid))].slice(0, MAX_ENCODINGS);
  sender.encodings = rids.map((rid, index) =>
    createEncoding({ rid, scaleResolutionDownBy: 2 ** (rids.length - 1 - index) }, kind, random),
  );
}

/** An answer, ours or theirs, says which of the layers are left: of none the first one goes on alone. */
export function followAnsweredRids({ sender }: Transceiver, left: readonly StreamRid[]): void {
  const { encodings } = sender;
  if (encodings.length <= 1) return;
  const wanted = encodings.filter(({ rid }) => left.some((each) => each.rid === rid));
  if (wanted.length < encodings.length) sender.encodings = wanted.length > 0 ? wanted : encodings.slice(0, 1);
  for (const encoding of wanted) {
    if (left.some(({ rid, paused }) => rid === encoding.rid && paused)) encoding.active = false;
  }
}

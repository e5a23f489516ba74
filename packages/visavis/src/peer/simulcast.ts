/**
 * Encodings as offers and answers of the other side shape them: RFC 8853 §5.3,
 * https://w3c.github.io/webrtc-pc/#set-the-rtcsessiondescription
 */
import type { Random } from "../base/random.ts";
import type { MediaPlan } from "../jsep/media.ts";
import { createEncoding, type Transceiver } from "./transceiver.ts";

/** Encodings of one sender at most; more are left out. */
export const MAX_ENCODINGS = 8;

/** An offer that asks for simulcast gives a sender without choices its layers. */
export function proposedEncodings({ sender, kind }: Transceiver, { remoteReceiveRids }: MediaPlan, random: Random): void {
  const [only, ...others] = sender.encodings;
  if (remoteReceiveRids.length === 0 || only === undefined || others.length > 0 || only.rid !== undefined) return;
  const rids = [...new Set(remoteReceiveRids.map(({ rid }) => rid))].slice(0, MAX_ENCODINGS);
  sender.encodings = rids.map((rid, index) =>
    createEncoding({ rid, ...(kind === "video" && { scaleResolutionDownBy: 2 ** (rids.length - 1 - index) }) }, kind, random),
  );
}

/** An answer says which of the layers that we offered are wanted. */
export function followAnsweredRids({ sender }: Transceiver, { remoteReceiveRids }: MediaPlan): void {
  const { encodings } = sender;
  if (encodings.length <= 1) return;
  const wanted = encodings.filter(({ rid }) => remoteReceiveRids.some((each) => each.rid === rid));
  if (wanted.length === 0) {
    sender.encodings = encodings.slice(0, 1);
    return;
  }
  sender.encodings = wanted;
  for (const encoding of wanted) {
    if (remoteReceiveRids.some(({ rid, paused }) => rid === encoding.rid && paused)) encoding.active = false;
  }
}

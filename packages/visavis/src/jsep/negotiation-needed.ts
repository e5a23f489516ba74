/**
 * Whether what the local side wants needs another offer and answer: webrtc-pc §4.7.3.
 */
import { findAll } from "../sdp/attribute.ts";
import type { MediaDescription } from "../sdp/description.ts";
import { common, directionOfSection, reversed, sends } from "./directions.ts";
import type { TransceiverMaterial } from "./media.ts";
import type { Description, Negotiation } from "./negotiation.ts";
import { kindOf, midsOf } from "./sections.ts";

/** What `isNegotiationNeeded` must know beside the snapshot. */
export interface Wishes {
  /** Whether any data channel was ever created. */
  readonly hasDataChannels: boolean;
  /** Whether restartIce was called and its new credentials are not negotiated yet. */
  readonly iceRestartNeeded: boolean;
  /** None unless told. */
  readonly transceivers?: readonly TransceiverMaterial[];
}

/**
 * webrtc-pc §4.7.3, check if negotiation is needed. To be asked in the stable state.
 * A data section that was answered, even if rejected, is negotiated.
 */
export function isNegotiationNeeded(n: Negotiation, wishes: Wishes): boolean {
  if (wishes.iceRestartNeeded) return true;
  const description = n.currentLocal;
  if (wishes.hasDataChannels && !description?.session.media.some((media) => kindOf(media) === "data")) return true;
  return (wishes.transceivers ?? []).some((transceiver) => needsNegotiation(n, description, transceiver));
}

/** Step 5 of the algorithm, for one transceiver. */
function needsNegotiation(n: Negotiation, description: Description | undefined, transceiver: TransceiverMaterial): boolean {
  const { mid, isStopped } = transceiver;
  // Step 5.1 has no such exception: what the other side never heard of would be asked for again and again.
  if (isStopped && mid === undefined) return false;
  const index = description === undefined || mid === undefined ? -1 : midsOf(description.session).indexOf(mid);
  const local = description?.session.media[index];
  const remote = n.currentRemote?.session.media[index];
  if (description === undefined || local === undefined || remote === undefined) return true;
  if (isStopped) return local.port !== 0 && remote.port !== 0;
  const said = directionOfSection(description.session, local);
  const heard = n.currentRemote === undefined ? "inactive" : reversed(directionOfSection(n.currentRemote.session, remote));
  if (sends(transceiver.direction) && !hasMsids(local, transceiver)) return true;
  if (description.type === "offer") return said !== transceiver.direction && heard !== transceiver.direction;
  return said !== common(heard, transceiver.direction);
}

/** Whether the section names the streams of the transceiver's track, and no others. */
function hasMsids({ attributes }: MediaDescription, { streams }: TransceiverMaterial): boolean {
  const told = new Set(findAll(attributes, "msid").map(({ stream }) => stream));
  const wanted = new Set(streams.length === 0 ? ["-"] : streams);
  return told.size === wanted.size && [...wanted].every((stream) => told.has(stream));
}

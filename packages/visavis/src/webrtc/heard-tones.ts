/**
 * Telephone events (RFC 4733) that arrive: what the other side's RTCDTMFSender, or a gateway to telephones, has sent.
 */
import type { HeardTone } from "../media/track-source.ts";
import { type MediaStreamTrack, slotsOfTrack } from "./media-stream-track.ts";

/**
 * Has `listener` called in a task with every tone that arrives beside the audio of a remote track, once each when it has ended.
 * @returns what ends it
 * @throws TypeError when it is no track of this library
 */
export function onTone(track: MediaStreamTrack, listener: (tone: HeardTone) => void): () => void {
  const { toneListeners } = slotsOfTrack(track).source;
  const own = (tone: HeardTone): void => listener(tone);
  toneListeners.add(own);
  return () => {
    toneListeners.delete(own);
  };
}

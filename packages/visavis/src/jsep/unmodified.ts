/**
 * Whether a local description is what was created: RFC 9429 §5.4, webrtc-pc §4.4.2 setLocalDescription.
 *
 * The standard wants the same text. A few differences change nothing that was negotiated and are common in programs that
 * signal without trickling or give back `localDescription`, so they pass: see `isUnmodified`.
 */
import { without } from "../sdp/attribute.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";
import { parseSession } from "../sdp/parse.ts";
import { printSession } from "../sdp/print.ts";
import { NO_ADDRESS } from "./default-candidate.ts";

function essentialSection(media: MediaDescription): MediaDescription {
  return {
    ...media,
    port: media.port === 0 ? 0 : NO_ADDRESS.port,
    connections: [NO_ADDRESS.connection],
    bandwidths: [],
    attributes: without(media.attributes, "candidate", "end-of-candidates", "ice-options"),
  };
}

function essence(text: string): string | undefined {
  const session: SessionDescription | object = parseSession(text);
  if (!("media" in session)) return undefined;
  return printSession({
    ...session,
    bandwidths: [],
    attributes: without(session.attributes, "ice-options"),
    media: session.media.map(essentialSection),
  });
}

/**
 * Whether `sdp` is the text that was created last, but for line ends, candidates with the default addresses and ports that
 * come with them, `b=` lines, and `a=ice-options`.
 */
export function isUnmodified(created: string, sdp: string): boolean {
  if (created === "") return false;
  return created === sdp || essence(created) === essence(sdp);
}

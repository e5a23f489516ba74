/**
 * The state of an agent in the words of the W3C specification, computed from what is so.
 * https://www.w3.org/TR/webrtc/#rtcicetransportstate
 */
import type { IceState } from "./ice-event.ts";

/** What the state depends on. */
export interface IceSituation {
  /** The pair that data goes over, if there is one: it works, or nothing comes through at the moment. */
  readonly path: "none" | "working" | "lost";
  /** The pair is nominated, and neither side has more candidates. */
  readonly finished: boolean;
  /** Checks are under way, and there is or was something to check. */
  readonly checking: boolean;
}

/** The state of an agent that has neither failed nor been closed. */
export function iceState({ path, finished, checking }: IceSituation): IceState {
  if (path === "lost") return "disconnected";
  if (path === "working") return finished ? "completed" : "connected";
  return checking ? "checking" : "new";
}

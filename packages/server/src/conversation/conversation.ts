/**
 * What is said on the channel labelled {@link CHAT_LABEL}: lines of text and pings. Shared by the page and the Node peer.
 * Each message is one JSON text. A `ping` is answered at once by a `pong` with the same number.
 */
import * as v from "valibot";

/** The label of the channel. */
export const CHAT_LABEL = "chat";
/** The subprotocol of the channel. */
export const CHAT_PROTOCOL = "visavis.chat.1";
/** The longest line, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 4000;

/** A message of the conversation. */
export type ConversationMessage =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "ping"; readonly number: number }
  | { readonly type: "pong"; readonly number: number };

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const schema: v.GenericSchema<unknown, ConversationMessage> = v.variant("type", [
  v.object({ type: v.literal("text"), text: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_TEXT_LENGTH)) }),
  v.object({ type: v.literal("ping"), number }),
  v.object({ type: v.literal("pong"), number }),
]);

/** The message in `data`; undefined when it is not one of this protocol. Never throws. */
export function parseConversationMessage(data: unknown): ConversationMessage | undefined {
  // A quote may take six characters in JSON.
  if (typeof data !== "string" || data.length > 6 * MAX_TEXT_LENGTH + 100) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/** The room is named in the hash of the address, so that a link leads to it. */
import { ROOM_NAME } from "@visavis/server/signalling";

const ADJECTIVES = [
  "amber",
  "brisk",
  "calm",
  "clear",
  "early",
  "gentle",
  "green",
  "kind",
  "light",
  "merry",
  "quiet",
  "swift",
] as const;
const NOUNS = [
  "badger",
  "birch",
  "brook",
  "falcon",
  "harbour",
  "heron",
  "island",
  "meadow",
  "otter",
  "river",
  "sparrow",
  "valley",
] as const;

/** A name that is easy to say. `random` gives a whole number below its argument. */
export function inventRoomName(random: (below: number) => number): string {
  const pick = (words: readonly string[]): string => words[random(words.length)] ?? "";
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${10 + random(90)}`;
}

/** The room that a hash such as "#calm-otter-12" names; undefined when it names none. */
export function roomOfHash(hash: string): string | undefined {
  try {
    return normalizeRoomName(decodeURIComponent(hash.replace(/^#/, "")));
  } catch {
    return undefined;
  }
}

/** A name as typed, made into the name of a room; undefined when it cannot be one. */
export function normalizeRoomName(text: string): string | undefined {
  const name = text.normalize("NFC").trim().replace(/\s+/g, " ");
  return ROOM_NAME.test(name) ? name : undefined;
}

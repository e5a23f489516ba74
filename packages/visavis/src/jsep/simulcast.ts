/**
 * Restriction ids and simulcast: RFC 8851, RFC 8853, RFC 9429 §5.2.1, §5.3.1.
 */
import { attribute, find, findAll } from "../sdp/attribute.ts";
import type { RestrictionId } from "../sdp/attribute-values.ts";
import type { Attribute, MediaDescription } from "../sdp/description.ts";
import type { LocalRid, StreamRid } from "./media.ts";

/** More layers than anybody sends; what is beyond is not looked at. */
const MAX_LAYERS = 32;

function ridOf({ id, parameters = "" }: RestrictionId): StreamRid {
  const restrictions: Record<string, string> = Object.create(null) as Record<string, string>;
  let payloadTypes: number[] | undefined;
  for (const part of parameters.split(";")) {
    const at = part.indexOf("=");
    const name = (at < 0 ? part : part.slice(0, at)).trim();
    const value = at < 0 ? "" : part.slice(at + 1).trim();
    if (name === "pt") payloadTypes = value.split(",").map(Number);
    else if (name !== "") restrictions[name] = value;
  }
  return { rid: id, paused: false, ...(payloadTypes === undefined ? {} : { payloadTypes }), restrictions };
}

/** The layers of one direction of a section, from its writer's view: in the order of `a=simulcast`, else of `a=rid`. */
export function ridsOf(media: MediaDescription, direction: "send" | "recv"): readonly StreamRid[] {
  const lines = findAll(media.attributes, "rid");
  if (lines.length === 0) return [];
  const known = new Map<string, StreamRid>();
  // An id that comes twice is void (RFC 8851 §8), but who only repeats a line means it.
  const isAmbiguous = ({ id, direction: way, parameters }: RestrictionId): boolean =>
    lines.some((line) => line.id === id && (line.direction !== way || line.parameters !== parameters));
  for (const line of lines.slice(0, MAX_LAYERS)) {
    if (line.direction === direction && !isAmbiguous(line) && !known.has(line.id)) known.set(line.id, ridOf(line));
  }
  const list = find(media.attributes, "simulcast")?.lists.find((each) => each.direction === direction);
  if (list === undefined) return [...known.values()];
  const layers = new Map<string, StreamRid>();
  for (const alternatives of list.streams) {
    // RFC 8853 §5.2: the first alternative that is known is the one preferred.
    const chosen = alternatives.find(({ rid }) => known.has(rid) && !layers.has(rid));
    const layer = chosen && known.get(chosen.rid);
    if (chosen && layer) layers.set(chosen.rid, { ...layer, paused: chosen.paused });
  }
  return [...layers.values()];
}

/** `a=rid` and, for more than one, `a=simulcast`. */
export function ridAttributes(send: readonly LocalRid[], receive: readonly LocalRid[]): readonly Attribute[] {
  const line = (direction: "send" | "recv", { rid, restrictions }: LocalRid): Attribute =>
    attribute("rid", { id: rid, direction, ...(restrictions ? { parameters: restrictions } : {}) });
  const lists = ([["send", send] as const, ["recv", receive] as const] as const)
    .filter(([, rids]) => rids.length > 1)
    .map(([direction, rids]) => ({ direction, streams: rids.map(({ rid, paused = false }) => [{ rid, paused }]) }));
  return [
    ...send.map((each) => line("send", each)),
    ...receive.map((each) => line("recv", each)),
    ...(lists.length > 0 ? [attribute("simulcast", { lists })] : []),
  ];
}

/** Those of the first list that the second has, too. */
export function commonRids<T extends { readonly rid: string }>(
  firsts: readonly T[],
  seconds: readonly { readonly rid: string }[],
): readonly T[] {
  return firsts.filter(({ rid }) => seconds.some((second) => second.rid === rid));
}

/** Layers as they are written back: without what the other side restricted. */
export function plainRids(rids: readonly StreamRid[]): readonly LocalRid[] {
  return rids.map(({ rid }) => ({ rid }));
}

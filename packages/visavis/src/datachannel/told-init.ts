/**
 * INITs that descriptions tell ahead of the association (draft-hancke-tsvwg-snap), for the floors above, which may not import `sctp/`.
 */

export type { ToldInits } from "../sctp/association-options.ts";
export { createToldInit, isToldInit } from "../sctp/terms.ts";

/**
 * `visavis/sdp`: session descriptions as data, RFC 8866.
 */
export * from "./attribute-values.ts";
export * from "./description.ts";

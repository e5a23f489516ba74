/**
 * `visavis/sdp`: session descriptions as data, RFC 8866.
 */
export { attribute, find, findAll, generic, has, parseAttribute, printAttribute, without } from "./attribute.ts";
export * from "./attribute-values.ts";
export * from "./description.ts";
export { parseSession, SdpLimit } from "./parse.ts";
export { printSession } from "./print.ts";

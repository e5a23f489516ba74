/**
 * `visavis/ice`: the ICE agent of RFC 8445 as an engine, and the text of candidates.
 */
export { type CandidateExtension, type CandidateType, type IceCandidate, parseCandidate, printCandidate } from "./candidate.ts";
export type { PairCounters, PairState } from "./candidate-pair.ts";
export { IceAgent } from "./ice-agent.ts";
export type { IceAgentOptions } from "./ice-agent-options.ts";
export type { IceCandidatePair, IceEvent, IceGatheringState, IceRole, IceState } from "./ice-event.ts";
export type { IceNetworkOptions, Nat1To1Address } from "./ice-network-options.ts";
export { createIceParameters, type IceParameters } from "./ice-parameters.ts";
export { type IceServerAddress, parseIceServerUrl } from "./ice-server-url.ts";
export type { IceServer } from "./ice-servers.ts";
export type { IceDropReason } from "./output.ts";
export type { PathBound } from "./path-bound.ts";
export type { IceCandidateStats, IcePairStats, IceStats } from "./stats.ts";

/** `@visavis/server/turn`: a STUN and TURN server. */
export { timeLimitedCredentials } from "visavis/turn";
export { parseTurnConfig, type TurnConfig, TurnConfigError, type TurnConfigInput } from "./turn-config.ts";
export { type TurnAddress, TurnStartError } from "./turn-core.ts";
export type { TurnMeter } from "./turn-meter.ts";
export { prometheusText, type TurnMetrics } from "./turn-metrics.ts";
export { createTurnServer, type TurnServerHandle, type TurnServerParts } from "./turn-server-program.ts";

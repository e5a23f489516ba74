/**
 * `visavis/cc`: congestion control for media, over feedback on packets, REMB or receiver reports.
 */
export type { BitrateDemand, BitrateOptions, TargetBitrateEvent } from "./bitrate-options.ts";
export { type CircuitBreak, CircuitBreaker, type StreamReception } from "./circuit-breaker.ts";
export { CongestionFeedbackRecorder } from "./congestion-feedback-recorder.ts";
export { FeedbackRecorder } from "./feedback-recorder.ts";
export { Pacer } from "./pacer.ts";
export type { ProbeCluster } from "./probe-cluster.ts";
export { ReceiveSideEstimate } from "./receive-side-estimate.ts";
export { SendSideController } from "./send-side-controller.ts";
export { type BitrateClaim, shareBitrate, shareLayers } from "./share-bitrate.ts";
export type { PathUse } from "./trendline.ts";

/**
 * Scalability modes: https://w3c.github.io/webrtc-svc/#scalabilitymodes*
 */

/** Temporal layers alone, which every codec with layers has. */
const TEMPORAL: readonly string[] = ["L1T1", "L1T2", "L1T3"];

/** Spatial layers of VP9 and AV1. */
const SPATIAL: readonly string[] = [
  ...["L2T1", "L2T1h", "L2T1_KEY", "L2T2", "L2T2h", "L2T2_KEY", "L2T2_KEY_SHIFT", "L2T3", "L2T3h", "L2T3_KEY"],
  ...["L3T1", "L3T1h", "L3T1_KEY", "L3T2", "L3T2h", "L3T2_KEY", "L3T3", "L3T3h", "L3T3_KEY"],
  ...["S2T1", "S2T1h", "S2T2", "S2T2h", "S2T3", "S2T3h", "S3T1", "S3T1h", "S3T2", "S3T2h", "S3T3", "S3T3h"],
];

const MODES: Readonly<Record<string, readonly string[]>> = {
  "video/vp8": TEMPORAL,
  "video/h264": TEMPORAL,
  "video/h265": TEMPORAL,
  "video/vp9": [...TEMPORAL, ...SPATIAL],
  "video/av1": [...TEMPORAL, ...SPATIAL],
};

/** Whether a codec has this mode; without a codec, whether any has. */
export function isScalabilityMode(mode: string, mimeType: string | undefined): boolean {
  if (mimeType !== undefined) return MODES[mimeType.toLowerCase()]?.includes(mode) === true;
  return Object.values(MODES).some((modes) => modes.includes(mode));
}

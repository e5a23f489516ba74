/**
 * `a=fmtp` values of the form `name=value;name=value`, and what of them must be the same on both sides.
 */

/** The parameters by name, in lower case. */
export function parametersOf(fmtp: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of fmtp.split(";")) {
    const at = part.indexOf("=");
    const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
    if (name !== "") parameters.set(name, at < 0 ? "" : part.slice(at + 1).trim());
  }
  return parameters;
}

/** The text with another value for a parameter that it has. */
export function withParameter(fmtp: string, name: string, value: string): string {
  const parts = fmtp.split(";");
  return parts.map((part) => (part.split("=")[0]?.trim().toLowerCase() === name ? `${name}=${value}` : part)).join(";");
}

/** RFC 6184 §8.1: the profiles by profile_idc and the bits of profile-iop that tell them apart. */
const H264_PROFILES: readonly (readonly [name: string, idc: number, mask: number, bits: number])[] = [
  ["constrained-baseline", 0x42, 0x4f, 0x40],
  ["constrained-baseline", 0x4d, 0x8f, 0x80],
  ["constrained-baseline", 0x58, 0xcf, 0xc0],
  ["baseline", 0x42, 0x4f, 0x00],
  ["baseline", 0x58, 0xcf, 0x80],
  ["main", 0x4d, 0xaf, 0x00],
  ["extended", 0x58, 0xcf, 0x00],
  ["high", 0x64, 0xff, 0x00],
  ["constrained-high", 0x64, 0xff, 0x0c],
  ["high-444", 0xf4, 0xff, 0x00],
];

/** What is meant by H.264 without profile-level-id: constrained baseline, level 3.1, as all browsers take it. */
const DEFAULT_PROFILE_LEVEL_ID = "42e01f";

function profileLevelIdOf(parameters: ReadonlyMap<string, string>): string {
  return (parameters.get("profile-level-id") ?? DEFAULT_PROFILE_LEVEL_ID).toLowerCase();
}

function h264Profile(profileLevelId: string): string {
  const idc = Number.parseInt(profileLevelId.slice(0, 2), 16);
  const iop = Number.parseInt(profileLevelId.slice(2, 4), 16);
  const known = H264_PROFILES.find(([, knownIdc, mask, bits]) => knownIdc === idc && (iop & mask) === bits);
  return known?.[0] ?? profileLevelId.slice(0, 4);
}

/** The level as a number that can be compared: level_idc, and level 1b between 1 and 1.1. */
function h264Level(profileLevelId: string): number {
  const level = Number.parseInt(profileLevelId.slice(4, 6), 16);
  const iop = Number.parseInt(profileLevelId.slice(2, 4), 16);
  const isHigh = profileLevelId.startsWith("64");
  return level === 9 || (level === 11 && (iop & 0x10) !== 0 && !isHigh) ? 10.5 : level;
}

/**
 * What of a codec's parameters makes it another codec: RFC 6184 §8.2.2, RFC 7798 §7.2.2, RFC 9628 §7.2, AV1 RTP §7.2.3.
 * Other parameters may differ from side to side.
 */
export function distinction(encoding: string, fmtp: string): string {
  if (encoding !== "h264" && encoding !== "h265" && encoding !== "vp9" && encoding !== "av1") return "";
  const parameters = parametersOf(fmtp);
  if (encoding === "vp9") return parameters.get("profile-id") ?? "0";
  if (encoding === "av1") return parameters.get("profile") ?? "0";
  if (encoding === "h265") {
    return `${parameters.get("profile-id") ?? "1"} ${parameters.get("tier-flag") ?? "0"} ${parameters.get("tx-mode") ?? "SRST"}`;
  }
  return `${parameters.get("packetization-mode") ?? "0"} ${h264Profile(profileLevelIdOf(parameters))}`;
}

/** Our parameters as an answer to those offered: levels that may not differ come down to the lower one. */
export function answeredParameters(encoding: string, offered: string, ours: string): string {
  const [theirs, own] = [parametersOf(offered), parametersOf(ours)];
  if (encoding === "h265" && own.has("level-id")) {
    const level = Math.min(Number(own.get("level-id")), Number(theirs.get("level-id") ?? "93"));
    return Number.isInteger(level) ? withParameter(ours, "level-id", String(level)) : ours;
  }
  if (encoding !== "h264" || !own.has("profile-level-id")) return ours;
  const [offeredId, ownId] = [profileLevelIdOf(theirs), profileLevelIdOf(own)];
  if (offeredId.length !== 6) return ours;
  const isAsymmetric = theirs.get("level-asymmetry-allowed") === "1" && own.get("level-asymmetry-allowed") === "1";
  const lower = isAsymmetric || h264Level(ownId) <= h264Level(offeredId) ? ownId : offeredId;
  return withParameter(ours, "profile-level-id", offeredId.slice(0, 4) + lower.slice(4));
}

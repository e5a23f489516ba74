/**
 * One entry of getStats().
 */

/** The types of entries that there are. */
export type StatsType =
  | "peer-connection"
  | "transport"
  | "certificate"
  | "local-candidate"
  | "remote-candidate"
  | "candidate-pair"
  | "data-channel"
  | "codec"
  | "inbound-rtp"
  | "outbound-rtp"
  | "remote-inbound-rtp"
  | "remote-outbound-rtp"
  | "media-source";

/** One entry. Its other members are those of its dictionary in webrtc-stats; absent ones are not set. */
export interface StatsEntry {
  readonly id: string;
  readonly type: StatsType;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly [member: string]: string | number | boolean | Readonly<Record<string, number>>;
}

/** The members of an entry before those that are absent are left out. */
export type Members = Readonly<Record<string, StatsEntry[string] | undefined>>;

/** Makes an entry. */
export function entry(id: string, type: StatsType, timestamp: number, members: Members): StatsEntry {
  const known = Object.entries(members).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), id, type, timestamp } as StatsEntry;
}

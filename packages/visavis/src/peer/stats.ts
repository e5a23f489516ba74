/**
 * Entries of getStats() as plain objects, with the member names of webrtc-stats.
 */

/** One entry. Its other members are those of its dictionary in webrtc-stats; absent ones are not set. */
export interface StatsEntry {
  readonly id: string;
  readonly type:
    | "peer-connection"
    | "transport"
    | "certificate"
    | "local-candidate"
    | "remote-candidate"
    | "candidate-pair"
    | "data-channel";
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly [member: string]: string | number | boolean;
}

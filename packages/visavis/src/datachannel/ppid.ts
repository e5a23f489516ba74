/**
 * Payload protocol identifiers of WebRTC: what kind of message an SCTP message is. RFC 8831 §8, §6.6.
 */

/** Names as registered by IANA. The partial ones are deprecated: understood, never sent. */
export const Ppid = {
  /** A message of the Data Channel Establishment Protocol. */
  DCEP: 50,
  STRING: 51,
  /** A piece of a binary message that `BINARY` ends. */
  BINARY_PARTIAL: 52,
  BINARY: 53,
  /** A piece of a string that `STRING` ends. */
  STRING_PARTIAL: 54,
  /** A string of no bytes. SCTP cannot carry nothing, so one byte travels that means nothing. */
  STRING_EMPTY: 56,
  /** A binary message of no bytes, in the same way. */
  BINARY_EMPTY: 57,
} as const;

/** Whether messages of this kind carry what users send. */
export function isUserPpid(ppid: number): boolean {
  return ppid >= Ppid.STRING && ppid <= Ppid.BINARY_EMPTY && ppid !== 55;
}

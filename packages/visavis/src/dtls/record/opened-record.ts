/**
 * One record after its protection was removed. The record layer has one such object and fills it in again and again.
 */

/** The record's contents are `bytes[start, end)`. */
export class OpenedRecord {
  bytes: Uint8Array = new Uint8Array(0);
  type: number = 0;
  epoch: number = 0;
  sequence: number = 0;
  start: number = 0;
  end: number = 0;
}

/** Why a record was not opened. */
export type OpenFailure =
  /** Its tag is wrong, or it is too short to have one. */
  | "bad-tag"
  /** It was received before, or is too old to know. */
  | "replayed"
  /** Its tag is right, its contents make no sense. */
  | "malformed-record";

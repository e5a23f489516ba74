/**
 * ACK records (RFC 9147 §7.2): what the peer has got of our flight.
 */
import type { Instant } from "../base/instant.ts";
import { Alert } from "./alert.ts";
import { fatal } from "./errors.ts";
import { Epoch } from "./flight13/epoch.ts";
import type { HandshakeContext } from "./handshake-context.ts";
import { decodeAck } from "./record/ack.ts";
import type { OpenedRecord } from "./record/opened-record.ts";
import { DtlsVersion } from "./version.ts";

/**
 * Takes an ACK record.
 * @returns false when it has no place here
 * @throws DtlsError when it is encrypted and makes no sense
 */
export function takeAckRecord(context: HandshakeContext, record: OpenedRecord, now: Instant): boolean {
  const { flight, records, version, session } = context;
  // RFC 9147 §7: before 1.3 is settled an ACK means nothing.
  if (version !== DtlsVersion.V1_3) return false;
  if (record.epoch === Epoch.PLAIN) {
    // Anyone can send one in clear, so it acknowledges nothing. But it says that something was lost on the way.
    flight.peerRepeated(now);
    return true;
  }
  const numbers = decodeAck(record.bytes, record.start, record.end);
  if (numbers === undefined) throw fatal(Alert.DECODE_ERROR, "an ACK is malformed");
  if (record.epoch < Epoch.APPLICATION && numbers.some((number) => number.epoch > record.epoch)) {
    throw fatal(Alert.ILLEGAL_PARAMETER, "an ACK is of a later epoch than its own");
  }
  if (flight.handleAck(numbers, now) && session !== undefined) {
    session.keyUpdates?.acknowledged();
    // The handshake is over on both sides. Its keys would be kept for nothing by every connection.
    records.retireWrites(Epoch.APPLICATION);
    records.retireReads(Epoch.APPLICATION);
  }
  return true;
}

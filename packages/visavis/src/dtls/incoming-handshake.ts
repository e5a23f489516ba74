/**
 * Handshake records: cut into fragments, put together, handed to the current step in order, acknowledged.
 */
import type { Instant } from "../base/instant.ts";
import { Alert } from "./alert.ts";
import { fatal } from "./errors.ts";
import { Epoch } from "./flight13/epoch.ts";
import { decodeFragment, FRAGMENT_HEADER_LENGTH, type Fragment } from "./handshake/fragment.ts";
import { HandshakeType } from "./handshake/handshake-type.ts";
import type { FragmentOutcome } from "./handshake/reassembly.ts";
import type { HandshakeContext } from "./handshake-context.ts";
import type { OpenedRecord } from "./record/opened-record.ts";
import { DtlsVersion } from "./version.ts";

/** What a record was, beyond what the handshake's steps have made of it. */
export type HandshakeRecordOutcome = "taken" | "renegotiation";

/**
 * Takes a handshake record.
 * @returns `renegotiation` when the peer asks 1.2 for a second handshake
 * @throws DtlsError when the handshake cannot go on
 */
export function takeHandshakeRecord(context: HandshakeContext, record: OpenedRecord, now: Instant): HandshakeRecordOutcome {
  const { epoch, sequence } = record;
  const completeBefore = context.session !== undefined;
  let [kept, repeated] = [true, false];
  for (let offset = record.start; offset < record.end; ) {
    const fragment = decodeFragment(record.bytes, offset, record.end);
    if (fragment === undefined) {
      context.records.drops.count("malformed-handshake");
      // Anyone can send nonsense in clear; in an encrypted record it is the peer's (RFC 9147 §4.5.2).
      if (epoch > 0) throw fatal(Alert.DECODE_ERROR, "a handshake record is malformed");
      return "taken";
    }
    if (asksForRenegotiation(context, fragment, epoch)) return "renegotiation";
    const outcome = admit(context, fragment, epoch);
    if (outcome === "dropped") context.records.drops.count("malformed-handshake");
    kept &&= outcome !== "dropped";
    repeated ||= outcome === "old" && !(completeBefore && isStale(context, fragment));
    offset += FRAGMENT_HEADER_LENGTH + fragment.body.length;
  }
  const delay = completeBefore ? 0 : context.settings.retransmitAfter / 4;
  // The peer sends its flight again: it has missed ours.
  if (repeated) context.flight.peerRepeated(now);
  // The server's flight once more while ours is on its way: ours says it all.
  const implied = completeBefore && !context.flight.empty && epoch < Epoch.APPLICATION;
  // RFC 9147 §7: what was neither processed nor kept must not be acknowledged.
  if (kept && !implied && context.version !== DtlsVersion.V1_2) context.received.add(epoch, sequence, now + delay);
  deliver(context);
  if (!completeBefore && context.session !== undefined) context.received.hurry(now);
  return "taken";
}

/** Hands all messages whose turn it is to the current step, which may be another one each time. */
function deliver(context: HandshakeContext): void {
  for (let message = context.reassembly.take(); message !== undefined; message = context.reassembly.take()) {
    context.step.handle(message);
  }
}

/** Puts a fragment to its message, if it may come in this epoch. */
function admit(context: HandshakeContext, fragment: Fragment, epoch: number): FragmentOutcome {
  if (fragment.seq < context.reassembly.nextSeq) return "old";
  if (context.version === DtlsVersion.V1_2) {
    // Without renegotiation the Finished is the one message that is encrypted.
    const right = fragment.type === HandshakeType.FINISHED ? 1 : 0;
    if (epoch !== right || context.session !== undefined) return "dropped";
  } else if (epoch < context.minEpoch) {
    // A new message in an old epoch: in clear it can be anyone's, encrypted it is a violation (RFC 9147 §8).
    if (epoch > 0) throw fatal(Alert.UNEXPECTED_MESSAGE, "a handshake message came in an old epoch");
    return "dropped";
  }
  const outcome = context.reassembly.add(fragment, epoch);
  // Whoever answers has got what is answered (RFC 9147 §7.2); in clear that would be too easy to pretend.
  if (outcome === "kept" && epoch > 0 && context.version === DtlsVersion.V1_3 && context.session === undefined) {
    context.flight.clear();
  }
  return outcome;
}

/** A repetition that wants no answer: after 1.2's handshake only the client's Finished does. */
function isStale(context: HandshakeContext, { type }: Fragment): boolean {
  return context.version === DtlsVersion.V1_2 && (type !== HandshakeType.FINISHED || context.settings.role === "client");
}

function asksForRenegotiation(context: HandshakeContext, { type }: Fragment, epoch: number): boolean {
  if (context.version !== DtlsVersion.V1_2 || context.session === undefined || epoch === 0) return false;
  return type === HandshakeType.HELLO_REQUEST || type === HandshakeType.CLIENT_HELLO;
}

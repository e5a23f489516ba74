/**
 * Alert records (RFC 9846 §6, RFC 5246 §7.2): which of them end the connection.
 */
import { Alert, AlertLevel, alertName, decodeAlert } from "./alert.ts";
import { DtlsError } from "./errors.ts";
import type { HandshakeContext } from "./handshake-context.ts";
import type { OpenedRecord } from "./record/opened-record.ts";
import { DtlsVersion } from "./version.ts";

/** What an alert means: nothing that counts, the peer's goodbye, or its reason to give up. */
export type AlertOutcome = "ignored" | "malformed" | "closed" | DtlsError;

/** Judges an alert record. */
export function takeAlertRecord(context: HandshakeContext, record: OpenedRecord): AlertOutcome {
  const alert = decodeAlert(record.bytes, record.start, record.end);
  if (alert === undefined) return "malformed";
  const is13 = context.version === DtlsVersion.V1_3;
  // In 1.2 alerts are in clear until the Finished; in 1.3 only those of a client that could not read the ServerHello.
  const mayBeClear = !is13 || context.settings.role === "server";
  if (record.epoch === 0 && context.records.readEpoch > 0 && !mayBeClear) return "ignored";
  if (alert.description === Alert.CLOSE_NOTIFY) return "closed";
  // RFC 9846 §6.2: in 1.3 the level says nothing, and of what is no closure only user_canceled is no error.
  const isWarning = !is13 && alert.level === AlertLevel.WARNING;
  if (isWarning || alert.description === Alert.USER_CANCELED) return "ignored";
  const name = alertName(alert.description);
  return new DtlsError(name, `the peer sent the alert ${name}`, alert.description, true);
}

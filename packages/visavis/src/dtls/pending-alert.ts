/**
 * The alert that waits to be sent. Alerts are not sent again by themselves (RFC 9147 §5.10), but a peer that goes on sending
 * has not seen ours, so it gets it again, a few times.
 */
import type { Transmit } from "../base/transmit.ts";
import { ALERT_LENGTH, type AlertMessage, encodeAlert } from "./alert.ts";
import { ContentType } from "./record/content-type.ts";
import type { RecordLayer } from "./record/record-layer.ts";

/** How often an alert may be sent in all. */
const MAX_COPIES = 4;

/** At most one alert at a time; a later one replaces it. */
export class PendingAlert {
  #alert: AlertMessage | undefined = undefined;
  #waits = false;
  #copies = 0;

  /** Sends an alert at the next opportunity. */
  set(level: number, description: number): void {
    if (this.#alert?.description !== description) this.#copies = 0;
    this.#alert = { level, description };
    this.repeat();
  }

  /** Sends the last alert once more, if there was one and it was not sent too often. */
  repeat(): void {
    this.#waits = this.#alert !== undefined && this.#copies < MAX_COPIES;
  }

  /** Writes the alert as a datagram of its own, in the highest epoch that can be written; false when none waits. */
  transmit(records: RecordLayer, out: Transmit): boolean {
    const alert = this.#alert;
    if (!this.#waits || alert === undefined) return false;
    this.#waits = false;
    this.#copies++;
    const epoch = records.writeEpoch;
    encodeAlert(alert, out.bytes, out.start + records.headerLength(epoch));
    out.length = records.seal(ContentType.ALERT, epoch, out.bytes, out.start, ALERT_LENGTH) - out.start;
    return true;
  }
}

/**
 * The slots of an RTCDTMFSender and the steps on them: https://w3c.github.io/webrtc-pc/#dom-rtcdtmfsender-insertdtmf
 */
import { sends } from "../peer/media-types.ts";
import { domError } from "./errors.ts";
import { createDtmfSender, type RTCDTMFSender } from "./rtc-dtmf-sender.ts";
import { RTCDTMFToneChangeEvent } from "./rtc-dtmf-tone-change-event.ts";
import type { SenderSlots } from "./transceiver-slots.ts";

/** Milliseconds. */
const MIN_DURATION = 40;
const MAX_DURATION = 6000;
const MIN_GAP = 30;
const MAX_GAP = 6000;
const PAUSE = 2000;

/** The slots of the sender of tones of one sender. */
export class DtmfSlots {
  readonly #sender: SenderSlots;
  readonly object: RTCDTMFSender;
  /** [[ToneBuffer]] */
  toneBuffer = "";
  /** [[Duration]] */
  #duration = 0;
  /** [[InterToneGap]] */
  #gap = 0;
  #isScheduled = false;

  constructor(sender: SenderSlots) {
    this.#sender = sender;
    this.object = createDtmfSender(this);
  }

  /** https://w3c.github.io/webrtc-pc/#dfn-determine-if-dtmf-can-be-sent */
  canInsert(): boolean {
    const { connection, sender } = this.#sender;
    const { transceiver } = this.#sender.transceiver;
    if (connection.isClosed || connection.connectionState !== "connected") return false;
    if (transceiver.isStopping || !sends(transceiver.currentDirection)) return false;
    if (sender.encodings[0]?.active !== true) return false;
    const codecs = transceiver.negotiated?.sendCodecs ?? [];
    return codecs.some(({ mimeType }) => mimeType.toLowerCase() === "audio/telephone-event");
  }

  /** https://w3c.github.io/webrtc-pc/#dom-rtcdtmfsender-insertdtmf */
  insert(given: string, duration: number, gap: number): void {
    // 4. If DTMF cannot be sent, throw an InvalidStateError.
    if (!this.canInsert()) throw domError("InvalidStateError", "DTMF cannot be sent now.");
    // 6. If tones contains any unrecognized characters, throw an InvalidCharacterError.
    const tones = given.toUpperCase();
    if (/[^0-9A-D#*,]/.test(tones)) throw domError("InvalidCharacterError", "Tones are 0 to 9, A to D, #, * and a comma.");
    // 7.-11. The slots, within what is allowed.
    this.toneBuffer = tones;
    this.#duration = Math.min(Math.max(duration, MIN_DURATION), MAX_DURATION);
    this.#gap = Math.min(Math.max(gap, MIN_GAP), MAX_GAP);
    // 12. If [[ToneBuffer]] is an empty string, abort; 13. if a playout task is scheduled, abort; 14. queue one.
    if (tones === "" || this.#isScheduled) return;
    this.#isScheduled = true;
    this.#sender.connection.queueTask(() => this.#play());
  }

  /** https://w3c.github.io/webrtc-pc/#dfn-dtmf-playout-task-steps */
  #play(): void {
    this.#isScheduled = false;
    // 1. If the transceiver does not send, abort.
    const { transceiver } = this.#sender.transceiver;
    if (!sends(transceiver.currentDirection) || transceiver.isStopping) return;
    // 2. If [[ToneBuffer]] is empty, say so and abort.
    const tone = this.toneBuffer.charAt(0);
    this.toneBuffer = this.toneBuffer.slice(1);
    // 4., 5. A comma is a pause; another tone is played. 6. The next comes after it.
    if (tone !== "") {
      const wait = tone === "," ? PAUSE : this.#duration + this.#gap;
      if (tone !== ",") this.#sender.playTone(tone, this.#duration);
      this.#schedule(wait);
    }
    this.object.dispatchEvent(new RTCDTMFToneChangeEvent("tonechange", { tone }));
  }

  #schedule(wait: number): void {
    const { connection } = this.#sender;
    const { clock } = connection.platform;
    this.#isScheduled = true;
    clock.schedule(clock.now() + wait, () => {
      if (!connection.isClosed) this.#play();
    });
  }
}

/**
 * INITs told in the descriptions, which save the SCTP handshake: `a=sctp-init` of draft-hancke-tsvwg-snap.
 *
 * One value serves a peer connection for all its life, whatever is offered again or rolled back: tag and TSN only mean something
 * inside one DTLS association. What was agreed on for an association stays as long as that does; another line in a later
 * description changes nothing. Whatever is not an INIT, or only our own value given back, counts as not being there: then the
 * classic handshake begins the association.
 */
import { decodeBase64, encodeBase64 } from "../base/base64.ts";
import type { DataPlan } from "../jsep/negotiation.ts";
import { createToldInit, isToldInit, type ToldInits } from "../transport/parts.ts";

/** When the line is written: in answers to offers that have it, in offers too, or never. */
export type SctpInitUse = "answer" | "offer" | "never";

/** What one peer connection tells and was told. */
export class InitExchange {
  readonly #use: SctpInitUse;
  readonly #options: Parameters<typeof createToldInit>[0];
  #own: { readonly bytes: Uint8Array; readonly text: string } | undefined = undefined;
  /** Of the association that there is: the value of the other side, or that there was none to be used. */
  #agreed: string | "none" | undefined = undefined;

  /** @param options those that the association will be made with */
  constructor(use: SctpInitUse, options: Parameters<typeof createToldInit>[0]) {
    this.#use = use;
    this.#options = options;
  }

  /** The value for the next offer. */
  get offered(): string | undefined {
    return this.#use === "offer" && this.#agreed !== "none" ? this.#tell().text : undefined;
  }

  /** The value for the answer to an offer with this one. */
  answered(offer: string | undefined): string | undefined {
    if (this.#use === "never" || offer === undefined || !this.#isUsable(offer)) return undefined;
    return this.#agreed === undefined || this.#agreed === offer ? this.#tell().text : undefined;
  }

  /** Follows an answered exchange. @returns whether the other side said what cannot be used */
  settle({ localSctpInit, remoteSctpInit }: DataPlan): boolean {
    const usable = remoteSctpInit !== undefined && this.#isUsable(remoteSctpInit);
    const told = localSctpInit !== undefined && localSctpInit === this.#own?.text;
    this.#agreed ??= usable && told ? remoteSctpInit : "none";
    return remoteSctpInit !== undefined && !usable;
  }

  /** Both INITs, when the association is to begin with them. */
  get inits(): ToldInits | undefined {
    const remote = this.#agreed === undefined ? undefined : decodeBase64(this.#agreed);
    return this.#agreed === "none" || remote === undefined || this.#own === undefined
      ? undefined
      : { local: this.#own.bytes, remote };
  }

  /** The association is gone; the next one is another. */
  forget(): void {
    this.#agreed = undefined;
  }

  #isUsable(text: string): boolean {
    const bytes = text.length > MAX_TEXT || text === this.#own?.text ? undefined : decodeBase64(text);
    return bytes !== undefined && isToldInit(bytes);
  }

  #tell(): { readonly bytes: Uint8Array; readonly text: string } {
    if (this.#own === undefined) {
      const bytes = createToldInit(this.#options);
      this.#own = { bytes, text: encodeBase64(bytes) };
    }
    return this.#own;
  }
}

/** Letters of a value that is looked at. */
const MAX_TEXT = 4096;

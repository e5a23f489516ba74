/**
 * A description of a snapshot whose text is put together when it is read: few of those that events carry are.
 */
import { withLocalCandidates } from "../jsep/candidates.ts";
import type { Description, Gathered } from "../jsep/negotiation.ts";
import type { PeerDescription } from "./peer-events.ts";

/** A local description with the candidates gathered by then, or a remote one. A class: a literal with a getter has a shape of its own each time. */
export class ReadDescription implements PeerDescription {
  readonly type: PeerDescription["type"];
  readonly #description: Description;
  readonly #gathered: readonly Gathered[] | undefined;
  #sdp: string | undefined = undefined;

  /** @param gathered undefined for a remote description, which has its candidates */
  constructor(description: Description, gathered: readonly Gathered[] | undefined) {
    this.type = description.type;
    this.#description = description;
    this.#gathered = gathered;
  }

  /** The text. */
  get sdp(): string {
    const gathered = this.#gathered;
    this.#sdp ??= gathered === undefined ? this.#description.sdp : withLocalCandidates(this.#description, gathered);
    return this.#sdp;
  }
}

/** A remote description as it is shown. */
export function remoteDescription(description: Description | undefined): PeerDescription | null {
  return description === undefined ? null : new ReadDescription(description, undefined);
}

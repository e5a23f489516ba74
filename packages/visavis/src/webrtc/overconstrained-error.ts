/**
 * OverconstrainedError: https://w3c.github.io/mediacapture-main/#overconstrainederror-interface
 */
import { DomException } from "./errors.ts";
import { defineInterface } from "./interface-object.ts";
import { domString, requireArguments } from "./webidl.ts";

/** Says which constraint nothing meets. */
export interface OverconstrainedError extends DOMException {
  readonly constraint: string;
}

/** The interface object of OverconstrainedError. */
export interface OverconstrainedErrorConstructor {
  readonly prototype: OverconstrainedError;
  new (constraint: string, message?: string): OverconstrainedError;
}

/** The class OverconstrainedError. */
export const OverconstrainedError: OverconstrainedErrorConstructor = class OverconstrainedError extends DomException {
  readonly #constraint: string;

  constructor(...args: [constraint: string, message?: string]) {
    const context = "Failed to construct 'OverconstrainedError'";
    requireArguments(args.length, 1, context);
    const constraint = domString(args[0], `${context}: parameter 1`);
    super(args[1] === undefined ? "" : domString(args[1], `${context}: parameter 2`), "OverconstrainedError");
    this.#constraint = constraint;
  }

  get constraint(): string {
    return this.#constraint;
  }
};

defineInterface(OverconstrainedError, "OverconstrainedError", { lengths: { constructor: 1 } });

/**
 * Operations with callbacks: https://w3c.github.io/webrtc-pc/#legacy-interface-extensions
 */
import { callback } from "./webidl.ts";

/**
 * Calls one of two callbacks with the outcome of `operation`.
 * @returns a promise that is resolved at once, as the specification has it
 * @throws TypeError when a callback is none
 */
export function withCallbacks(
  operation: () => Promise<unknown>,
  successCallback: unknown,
  failureCallback: unknown,
  context: string,
): Promise<void> {
  const success = callback(successCallback, `${context}: successCallback`);
  const failure = callback(failureCallback, `${context}: failureCallback`);
  operation().then(
    (value) => invoke(success, value),
    (error: unknown) => invoke(failure, error),
  );
  return Promise.resolve();
}

/** What a callback throws is reported as an uncaught exception, as that of a listener is. */
function invoke(callbackFunction: (...args: readonly unknown[]) => unknown, value: unknown): void {
  try {
    if (value === undefined) callbackFunction();
    else callbackFunction(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

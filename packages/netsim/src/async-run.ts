/**
 * Runs virtual steps one by one and lets promise reactions finish between two of them.
 *
 * Each step is one `setImmediate` of the runtime: all microtasks run between two immediates, so a step is what a
 * macrotask is outside. They are queued in batches, because a turn of the real event loop costs more than a step.
 */

/** What `runSteps` is told by a step. */
export type StepOutcome =
  /** Go on. */
  | "more"
  /** Nothing is planned: real work may still bring something. */
  | "idle"
  | "done";

/** Immediates queued at once. */
const BATCH = 64;

/** Turns of the real event loop in which something may still come, and pauses of 1 ms after them, before idle means idle. */
const IDLE_TURNS = 16;
const IDLE_PAUSES = 20;

/**
 * Calls `step` until it is done; rejects with what it throws.
 * @param held whether virtual time stands still now; then nothing is called until the returned promise settles
 */
export async function runSteps(
  step: () => StepOutcome,
  held: () => Promise<unknown> | undefined,
  idle: () => void,
): Promise<void> {
  for (let pauses = 0; ; ) {
    const hold = held();
    if (hold !== undefined) {
      await hold;
      continue;
    }
    const outcome = await runBatch(step, held);
    if (outcome === "done") return;
    if (outcome === "more") pauses = 0;
    else if (pauses++ < IDLE_TURNS) await new Promise((resolve) => setImmediate(resolve));
    else if (pauses < IDLE_TURNS + IDLE_PAUSES) await new Promise((resolve) => setTimeout(resolve, 1));
    else idle();
  }
}

function runBatch(step: () => StepOutcome, held: () => unknown): Promise<StepOutcome> {
  return new Promise((resolve, reject) => {
    let ended = false;
    let left = BATCH;
    const next = (): void => {
      if (ended) return;
      left--;
      try {
        const outcome = held() === undefined ? step() : "more";
        if (outcome === "more" && left > 0 && held() === undefined) return;
        ended = true;
        resolve(outcome);
      } catch (error) {
        ended = true;
        reject(error);
      }
    };
    for (let i = 0; i < BATCH; i++) setImmediate(next);
  });
}

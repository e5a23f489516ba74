/** A TURN server in a thread of its own, with the face of one in this thread. */
import { Worker } from "node:worker_threads";
import { type TurnAddress, type TurnCoreOptions, type TurnCoreOwner, TurnStartError } from "./turn-core.ts";
import type { TurnMetrics } from "./turn-metrics.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./turn-worker.ts";

/** One running server, wherever it runs. */
export interface TurnProcess {
  readonly addresses: readonly TurnAddress[];
  metrics(): Promise<TurnMetrics>;
  /** See `TurnCore`. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a server in a thread.
 * @throws (rejects) TurnStartError when it cannot listen somewhere
 */
export function startTurnThread(options: TurnCoreOptions, { log, onFailed }: TurnCoreOwner): Promise<TurnProcess> {
  const start: WorkerStart = { options, verbose: log !== undefined };
  const worker = new Worker(new URL("./turn-worker.js", import.meta.url), { workerData: start });
  const tell = (message: ToWorker): void => worker.postMessage(message);
  const questions = new Map<number, (metrics: TurnMetrics) => void>();
  let nextId = 1;
  let isOver = false;
  let last: TurnMetrics | undefined;
  const exited = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      isOver = true;
      for (const answer of questions.values()) if (last !== undefined) answer(last);
      resolve();
    });
  });
  let drained: () => void = () => undefined;
  const drain = new Promise<void>((resolve) => {
    drained = resolve;
  });
  return new Promise((resolve, reject) => {
    worker.once("error", (error) => {
      const failure = error instanceof Error ? error : new Error(String(error));
      reject(failure);
      onFailed(failure);
    });
    const close = (): Promise<void> => {
      if (!isOver) tell({ type: "close" });
      return exited;
    };
    const running = (addresses: readonly TurnAddress[]): TurnProcess => ({
      addresses,
      metrics: () => {
        if (isOver) return last === undefined ? Promise.reject(new Error("the thread has ended")) : Promise.resolve(last);
        const id = nextId++;
        return new Promise((answer) => {
          questions.set(id, answer);
          tell({ type: "metrics", id });
        });
      },
      drain: () => {
        if (!isOver) tell({ type: "drain" });
        return Promise.race([drain, exited]);
      },
      close,
    });
    worker.on("message", (message: FromWorker) => {
      switch (message.type) {
        case "started":
          resolve(running(message.addresses));
          return;
        case "cannot-start":
          reject(message.explained ? new TurnStartError(message.message) : new Error(message.message));
          return;
        case "metrics":
          last = message.metrics;
          questions.get(message.id)?.(message.metrics);
          questions.delete(message.id);
          return;
        case "drained":
          drained();
          return;
        case "log":
          log?.(message.line);
          return;
      }
    });
  });
}

/** The thread of one of several TURN servers: see turn-threads.ts, which it talks to. */
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import { startTurnCore, type TurnAddress, type TurnCoreOptions } from "./turn-core.ts";
import type { TurnMetrics } from "./turn-metrics.ts";

/** What a thread is told. */
export type ToWorker =
  | { readonly type: "metrics"; readonly id: number }
  | { readonly type: "drain" }
  | { readonly type: "close" };

/** What a thread tells. */
export type FromWorker =
  | { readonly type: "started"; readonly addresses: readonly TurnAddress[] }
  | { readonly type: "cannot-start"; readonly message: string; readonly explained: boolean }
  | { readonly type: "metrics"; readonly id: number; readonly metrics: TurnMetrics }
  | { readonly type: "drained" }
  | { readonly type: "log"; readonly line: string };

/** What a thread is made with. */
export interface WorkerStart {
  readonly options: TurnCoreOptions;
  readonly verbose: boolean;
}

async function main(port: NonNullable<typeof parentPort>): Promise<void> {
  const { options, verbose } = workerData as WorkerStart;
  const tell = (message: FromWorker): void => port.postMessage(message);
  try {
    const core = await startTurnCore(options, {
      log: verbose ? (line) => tell({ type: "log", line }) : undefined,
      // Whoever started it hears of the end of the thread.
      onFailed: (error) => {
        process.nextTick(() => {
          throw error;
        });
      },
    });
    port.on("message", (message: ToWorker) => {
      if (message.type === "metrics") tell({ type: "metrics", id: message.id, metrics: core.metrics() });
      else if (message.type === "drain") void core.drain().then(() => tell({ type: "drained" }));
      else {
        core.close();
        port.close();
      }
    });
    tell({ type: "started", addresses: core.addresses });
  } catch (error) {
    const explained = error instanceof Error && error.name === "TurnStartError";
    tell({ type: "cannot-start", message: error instanceof Error ? error.message : String(error), explained });
  }
}

if (parentPort !== null) void main(parentPort);

/**
 * One end of a channel between two threads: `MessagePort` of `node:worker_threads` reduced to what the library uses.
 */
import { MessageChannel, MessagePort } from "node:worker_threads";

/** One end that can be posted to another thread. */
export type TransferablePort = MessagePort;

/** Whoever uses one end. */
export interface MessagePipeOwner {
  /** A value that the other end posted. */
  message(value: unknown): void;
  /** The other end is gone: it was closed, or its thread ended. Everything that it posted before has been handed over. */
  closed(): void;
}

/** Both ends of a new pipe; one of them is to be posted. */
export function createPorts(): readonly [TransferablePort, TransferablePort] {
  const { port1, port2 } = new MessageChannel();
  return [port1, port2];
}

/** Whether a value is an end. */
export function isPort(value: unknown): value is TransferablePort {
  return value instanceof MessagePort;
}

/** One end in use. */
export class MessagePipe {
  readonly #port: TransferablePort;
  #isClosed = false;

  /** @param holdsThread whether the thread lives on for it */
  constructor(port: TransferablePort, owner: MessagePipeOwner, holdsThread: boolean) {
    this.#port = port;
    port.on("message", (value: unknown) => {
      if (!this.#isClosed) owner.message(value);
    });
    port.on("close", () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      owner.closed();
    });
    if (!holdsThread) port.unref();
  }

  /** Posts a value; the memory of `buffers` goes along and is gone here. */
  post(value: unknown, buffers: readonly ArrayBuffer[]): void {
    if (!this.#isClosed) this.#port.postMessage(value, buffers);
  }

  /** Ends it. What was posted still arrives; the owner hears no more of it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#port.close();
  }
}

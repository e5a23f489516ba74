/**
 * The way to a worker thread beside its program's own messages, and from its parent.
 */
import { isMainThread, type MessagePort, parentPort, Worker } from "node:worker_threads";

/** What a thread can be posted to by. */
export interface PostTarget {
  postMessage(value: unknown, transfer: readonly object[]): void;
}

/** Ports that somebody linked to an object of his, which stands for a worker. */
const links = new WeakMap<object, PostTarget>();

/** Has `postToWorker` reach a worker that is an object of another kind than Node's own by a port. */
export function linkWorker(worker: object, port: PostTarget): void {
  links.set(worker, port);
}

/** Whether this thread is not the main one. */
export function isWorkerThread(): boolean {
  return !isMainThread;
}

/** Posts to a worker. @returns false when it is none */
export function postToWorker(worker: object, value: unknown, transfer: readonly object[]): boolean {
  const target = links.get(worker) ?? (worker instanceof Worker ? (worker as PostTarget) : undefined);
  target?.postMessage(value, transfer);
  return target !== undefined;
}

/**
 * Takes messages of this thread's parent that `isOurs` knows, before its program does: those never reach the program's listeners
 * that are added later.
 */
export function interceptParent(isOurs: (value: unknown) => boolean, take: (value: unknown) => void): void {
  if (isMainThread || parentPort === null) return;
  listen(parentPort, isOurs, take);
}

/** The same of any port. */
export function interceptPort(port: object, isOurs: (value: unknown) => boolean, take: (value: unknown) => void): void {
  listen(port as MessagePort, isOurs, take);
}

function listen(port: MessagePort, isOurs: (value: unknown) => boolean, take: (value: unknown) => void): void {
  const target = port as unknown as EventTarget;
  target.addEventListener("message", (event) => {
    const { data } = event as Event & { readonly data: unknown };
    if (!isOurs(data)) return;
    event.stopImmediatePropagation();
    take(data);
  });
  port.start();
}

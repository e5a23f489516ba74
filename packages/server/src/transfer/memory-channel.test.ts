/** A channel in memory, for the tests of this folder and of the Node peer. */
import type { FileChannel } from "./transfer.ts";

/** One end of a channel in memory. Messages arrive in tasks of their own, as in a browser. */
export class MemoryChannel implements FileChannel {
  readyState = "open";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  binaryType: "arraybuffer" | "blob" = "blob";
  other: MemoryChannel | undefined;
  highest = 0;
  readonly #listeners = new Map<string, ((event: { readonly data: unknown }) => void)[]>();

  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.readyState !== "open") throw new Error("not open");
    const message = typeof data === "string" ? data : data.slice().buffer;
    this.bufferedAmount += data.length;
    this.highest = Math.max(this.highest, this.bufferedAmount);
    setImmediate(() => {
      this.bufferedAmount -= data.length;
      if (this.bufferedAmount <= this.bufferedAmountLowThreshold) this.fire("bufferedamountlow");
      this.other?.fire("message", message);
    });
  }

  close(): void {
    if (this.readyState !== "open") return;
    this.readyState = "closing";
    setImmediate(() =>
      setImmediate(() => {
        for (const end of [this, this.other]) end?.finish();
      }),
    );
  }

  finish(): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.fire("close");
  }

  fire(type: string, data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}

/** Both ends of a channel. */
export function channelPair(): [MemoryChannel, MemoryChannel] {
  const [a, z] = [new MemoryChannel(), new MemoryChannel()];
  a.other = z;
  z.other = a;
  return [a, z];
}

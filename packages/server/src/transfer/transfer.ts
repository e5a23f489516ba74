/**
 * The file-transfer protocol, shared by the page and the Node peer.
 *
 * One file travels on one ordered, reliable data channel of its own, which the sender opens with the label {@link TRANSFER_LABEL} and
 * the protocol {@link TRANSFER_PROTOCOL}. Text messages are JSON ({@link TransferMessage}); binary messages are the file, in order,
 * in chunks of at most {@link MAX_CHUNK_SIZE} bytes.
 *
 * ```text
 *  sender                                              receiver
 *    | offer    name, size, mediaType, id [, returnOf]    |
 *    |--------------------------------------------------->|  asks its user or its limits
 *    |                                accept  or  refuse  |
 *    |<---------------------------------------------------|
 *    | chunk, chunk, chunk …                              |  hashes and stores as they come
 *    |===================================================>|
 *    |                     progress    bytes stored so far|
 *    |<---------------------------------------------------|
 *    | done     SHA-256 of what was read                  |
 *    |--------------------------------------------------->|
 *    |                received    SHA-256 of what was kept|
 *    |<---------------------------------------------------|
 *    | closes the channel                                 |
 * ```
 *
 * - A data channel cannot be paused by its receiver, so the sender keeps at most {@link WINDOW} bytes that no `progress` has confirmed:
 *   what a slow disk has not taken yet waits at the sender, on its disk. Who sends more is cut off.
 * - Both compare the two hashes; each shows what it found.
 * - Either side may send `cancel` at any time and then closes the channel. Who receives `cancel` or `refuse` closes it.
 * - A channel that closes before `received` is a failed transfer.
 * - `returnOf` names the `id` of the offer that this file answers: the Node peer sends each file back.
 */
import * as v from "valibot";

/** The label of the channel of a transfer. */
export const TRANSFER_LABEL = "file";
/** The subprotocol of the channel of a transfer. */
export const TRANSFER_PROTOCOL = "visavis.file.1";

/** The size of the chunks that a sender makes, in bytes: what every browser takes in one message. */
export const CHUNK_SIZE: number = 64 * 1024;
/** The largest chunk that a receiver takes, in bytes. */
export const MAX_CHUNK_SIZE: number = 64 * 1024;
/** How many bytes may be on the way without being confirmed by `progress`. */
export const WINDOW: number = 8 * 1024 * 1024;
/** A receiver confirms at least each time it has stored so many bytes. */
export const PROGRESS_STEP: number = 512 * 1024;
/** The longest JSON message of a transfer, in UTF-16 units. */
export const MAX_CONTROL_LENGTH = 4096;

/** What the sender says about its file. */
export interface FileOffer {
  readonly type: "offer";
  /** 32 hexadecimal digits, chosen by the sender. */
  readonly id: string;
  /** The name without its folder. The receiver never uses it as a path. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
  /** The `id` of the offer that this file answers. */
  readonly returnOf?: string;
}

/** Why a file is not taken. */
export type RefuseReason = "declined" | "too-large" | "busy" | "no-space";

/** Why a transfer that had begun is given up: by its user, nothing moved, a rule was broken, the disk refused to write or to read. */
export type CancelReason = "user" | "stalled" | "protocol" | "storage" | "read";

/** A JSON message of a transfer. */
export type TransferMessage =
  | FileOffer
  | { readonly type: "accept" }
  /** With `too-large`, `limit` is the largest size that would be taken, in bytes. */
  | { readonly type: "refuse"; readonly reason: RefuseReason; readonly limit?: number }
  /** Bytes stored so far. */
  | { readonly type: "progress"; readonly received: number }
  | { readonly type: "done"; readonly sha256: string }
  | { readonly type: "received"; readonly sha256: string }
  | { readonly type: "cancel"; readonly reason: CancelReason };

const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const byteCount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const schema: v.GenericSchema<unknown, TransferMessage> = v.variant("type", [
  v.object({
    type: v.literal("offer"),
    id,
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
    size: byteCount,
    mediaType: v.pipe(v.string(), v.maxLength(127)),
    returnOf: v.exactOptional(id),
  }),
  v.object({ type: v.literal("accept") }),
  v.object({
    type: v.literal("refuse"),
    reason: v.picklist(["declined", "too-large", "busy", "no-space"]),
    limit: v.exactOptional(byteCount),
  }),
  v.object({ type: v.literal("progress"), received: byteCount }),
  v.object({ type: v.literal("done"), sha256 }),
  v.object({ type: v.literal("received"), sha256 }),
  v.object({ type: v.literal("cancel"), reason: v.picklist(["user", "stalled", "protocol", "storage", "read"]) }),
]);

/** The message in `text`; undefined when it is not one of this protocol. Never throws. */
export function parseTransferMessage(text: string): TransferMessage | undefined {
  if (text.length > MAX_CONTROL_LENGTH) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/** `message` as the text that goes over the channel. */
export function printTransferMessage(message: TransferMessage): string {
  return JSON.stringify(message);
}

/** The part of RTCDataChannel that a transfer uses. */
export interface FileChannel {
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  binaryType: "arraybuffer" | "blob";
  send(data: string): void;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "open" | "close" | "bufferedamountlow", listener: () => void): void;
}

/** A hash that grows with the file. */
export interface IncrementalHash {
  update(bytes: Uint8Array): unknown;
  /** The digest in hexadecimal digits; ends the hash. */
  digestHex(): string;
}

/** Where a transfer stands. Everything from `done` on is final. */
export type TransferState =
  /** Offered; nobody has answered yet. */
  | { readonly name: "offered" }
  | { readonly name: "moving" }
  /** All bytes are through; the hash of the other side is awaited. */
  | { readonly name: "verifying" }
  | { readonly name: "done"; readonly ours: string; readonly theirs: string; readonly matches: boolean }
  | { readonly name: "refused"; readonly by: "us" | "them"; readonly reason: RefuseReason; readonly limit: number | undefined }
  | { readonly name: "cancelled"; readonly by: "us" | "them"; readonly reason: CancelReason }
  /** The channel closed under way. */
  | { readonly name: "lost" };

/** Whether nothing more will happen. */
export function isFinal(state: TransferState): boolean {
  return state.name !== "offered" && state.name !== "moving" && state.name !== "verifying";
}

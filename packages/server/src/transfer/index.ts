/** File transfer over a data channel, for both ends. */
export { type FileSink, IncomingFile, type IncomingFileOptions } from "./incoming-file.ts";
export { type FileSource, OutgoingFile, type OutgoingFileOptions } from "./outgoing-file.ts";
export {
  type CancelReason,
  CHUNK_SIZE,
  type FileChannel,
  type FileOffer,
  type IncrementalHash,
  isFinal,
  MAX_CHUNK_SIZE,
  PROGRESS_STEP,
  parseTransferMessage,
  printTransferMessage,
  type RefuseReason,
  TRANSFER_LABEL,
  TRANSFER_PROTOCOL,
  type TransferMessage,
  type TransferState,
  WINDOW,
} from "./transfer.ts";

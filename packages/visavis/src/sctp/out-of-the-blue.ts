/**
 * Packets for an association that is over: RFC 9260 §8.4.
 */
import type { Context } from "./context.ts";
import { abortChunkLength, encodeAbortChunk } from "./packet/abort-chunk.ts";
import { ChunkType, chunkType, nextChunk } from "./packet/chunk.ts";
import { COMMON_HEADER, verificationTag } from "./packet/common-header.ts";
import { decodeInitChunk } from "./packet/init-chunk.ts";
import { encodeShutdownCompleteChunk, SHUTDOWN_COMPLETE_LENGTH } from "./packet/shutdown-chunk.ts";

/** Tells the sender of a packet with a right checksum that there is nobody any more. */
export function answerOutOfTheBlue(context: Context, packet: Uint8Array): void {
  context.drops.count("out-of-the-blue");
  for (let o = COMMON_HEADER; o < packet.length; ) {
    const next = nextChunk(packet, o, packet.length);
    if (next < 0 || isLastWord(chunkType(packet, o))) return;
    o = next;
  }
  const tag = verificationTag(packet);
  // Behind an end that both agreed on the other side lacks our last word at the most: all else is late, and an ABORT would spoil it.
  const { state } = context;
  if (state.name === "ended" && state.agreed && chunkType(packet, COMMON_HEADER) !== ChunkType.SHUTDOWN_ACK) return;
  switch (chunkType(packet, COMMON_HEADER)) {
    case ChunkType.INIT: {
      const init = decodeInitChunk(packet, COMMON_HEADER, packet.length);
      if (init !== undefined && tag === 0) refuse(context, init.initiateTag);
      break;
    }
    case ChunkType.SHUTDOWN_ACK: {
      // Our SHUTDOWN COMPLETE was lost.
      const bytes = new Uint8Array(SHUTDOWN_COMPLETE_LENGTH);
      encodeShutdownCompleteChunk({ tagReflected: true }, bytes, 0);
      context.enqueue(bytes, tag, "alone");
      break;
    }
    default:
      sendAbort(context, tag, true);
  }
}

/** Answers an INIT or INIT ACK with an ABORT under the tag that it wants to see. */
export function refuse(context: Context, initiateTag: number): void {
  sendAbort(context, initiateTag, false);
}

/** Chunks that are not answered, lest two sides that both have ended go on for ever. */
function isLastWord(type: number): boolean {
  return (
    type === ChunkType.ABORT || type === ChunkType.SHUTDOWN_COMPLETE || type === ChunkType.COOKIE_ACK || type === ChunkType.ERROR
  );
}

function sendAbort(context: Context, tag: number, tagReflected: boolean): void {
  const chunk = { tagReflected, causes: [] };
  const bytes = new Uint8Array(abortChunkLength(chunk));
  encodeAbortChunk(chunk, bytes, 0);
  context.enqueue(bytes, tag, "alone");
}

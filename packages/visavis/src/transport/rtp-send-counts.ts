/**
 * What is counted of one encoding that is sent. Times in milliseconds.
 */

/** Counts of one encoding. */
export interface SendCounts {
  packets: number;
  /** Bytes of payload, and of headers and padding. */
  bytes: number;
  headerBytes: number;
  repeatedPackets: number;
  repeatedBytes: number;
  repeatedHeaderBytes: number;
  /** Packets that fill up what probes want, all of whose bytes count as padding. */
  paddingPackets: number;
  paddingBytes: number;
  /** Packets of FEC, and their bytes with headers. */
  parityPackets: number;
  parityBytes: number;
  frames: number;
  keyFrames: number;
  /** From being handed over to being sent, of all packets together. */
  sendDelay: number;
  nacks: number;
  pictureLosses: number;
  intraRequests: number;
  /** Frames that were not sent: the encoding is not active, the codec is not negotiated, or too much waits. */
  droppedFrames: number;
  /** Packets made elsewhere that were not sent, as they are larger than what the path carries. */
  oversizePackets: number;
}

/** All zero. */
export function createSendCounts(): SendCounts {
  return {
    packets: 0,
    bytes: 0,
    headerBytes: 0,
    repeatedPackets: 0,
    repeatedBytes: 0,
    repeatedHeaderBytes: 0,
    paddingPackets: 0,
    paddingBytes: 0,
    parityPackets: 0,
    parityBytes: 0,
    frames: 0,
    keyFrames: 0,
    sendDelay: 0,
    nacks: 0,
    pictureLosses: 0,
    intraRequests: 0,
    droppedFrames: 0,
    oversizePackets: 0,
  };
}

// RTP through node-datachannel: tracks that take and give whole packets.
import datachannel from "node-datachannel";

const PAYLOAD_TYPE = 96;
const SSRC = 1234;
const HEADER = 12;

/** @param {(signal: any) => void} onSignal @param {"send" | "receive"} way @returns {import("./w3c-peer.mjs").Media} */
export function dataChannelMedia(onSignal, way) {
  const connection = new datachannel.PeerConnection(`bench-${way}`, { iceServers: [] });
  connection.onLocalDescription((sdp, type) => onSignal({ description: { type, sdp } }));
  connection.onLocalCandidate((candidate, sdpMid) => onSignal({ candidate: { candidate, sdpMid } }));
  // What it holds of a track ends with the object of JavaScript.
  let track;
  let take = () => {};
  let open = () => {};
  const ready = new Promise((resolve) => {
    open = () => resolve(undefined);
  });
  connection.onTrack((incoming) => {
    track = incoming;
    // It sends receiver reports; of NACK and transport-wide feedback it asks for neither.
    track.setMediaHandler(new datachannel.RtcpReceivingSession());
    track.onMessage((packet) => {
      const extension = (packet[0] & 0x10) === 0 ? 0 : 4 + 4 * packet.readUInt16BE(HEADER + 2);
      take(packet.subarray(HEADER + extension));
    });
    track.onOpen(open);
  });
  const packet = Buffer.alloc(2048);
  packet[0] = 0x80;
  packet[1] = PAYLOAD_TYPE;
  packet.writeUInt32BE(SSRC, 8);
  /** Candidates that came before the description; undefined once that is there. */
  let early = [];
  const apply = (signal) => {
    if ("candidate" in signal) return connection.addRemoteCandidate(signal.candidate.candidate, signal.candidate.sdpMid ?? "0");
    connection.setRemoteDescription(signal.description.sdp, signal.description.type);
    const waiting = early ?? [];
    early = undefined;
    for (const each of waiting) apply(each);
  };
  let sequenceNumber = 100;
  let timestamp = 0;
  return {
    ready,
    offer() {
      const video = new datachannel.Video("0", "SendOnly");
      video.addVP8Codec(PAYLOAD_TYPE);
      video.addSSRC(SSRC, "bench");
      track = connection.addTrack(video);
      track.setMediaHandler(new datachannel.RtcpNackResponder());
      track.onOpen(open);
      connection.setLocalDescription();
    },
    receiveSignal(signal) {
      // Its candidates may come before its description, and it does not take them so.
      if (early === undefined || "description" in signal) apply(signal);
      else early.push(signal);
    },
    send(payload) {
      sequenceNumber = (sequenceNumber + 1) & 0xffff;
      timestamp = (timestamp + 90) >>> 0;
      packet.writeUInt16BE(sequenceNumber, 2);
      packet.writeUInt32BE(timestamp, 4);
      packet.set(payload, HEADER);
      track.sendMessageBinary(packet.subarray(0, HEADER + payload.length));
    },
    onPayload(callback) {
      take = callback;
    },
    agreement: async () => "",
    close() {
      track?.close();
      connection.close();
    },
  };
}

// RTP through werift: a track that is fed with packets, and one that gives them out.
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  useNACK,
  usePLI,
  useSdesMid,
  useTransportWideCC,
  useTWCC,
} from "werift";

const PAYLOAD_TYPE = 96;
const PROFILES = { 1: "AES128_CM_SHA1_80", 7: "AEAD_AES_128_GCM" };

/** @param {(signal: any) => void} onSignal @param {"send" | "receive"} way @returns {import("./w3c-peer.mjs").Media} */
export function weriftMedia(onSignal, way) {
  const connection = new RTCPeerConnection({
    iceServers: [],
    codecs: {
      video: [
        new RTCRtpCodecParameters({
          mimeType: "video/VP8",
          clockRate: 90_000,
          payloadType: PAYLOAD_TYPE,
          rtcpFeedback: [useNACK(), usePLI(), useTWCC()],
        }),
      ],
    },
    headerExtensions: { video: [useSdesMid(), useTransportWideCC()] },
  });
  const track = new MediaStreamTrack({ kind: "video" });
  if (way === "send") connection.addTransceiver(track, { direction: "sendonly" });
  let take = () => {};
  connection.onTrack.subscribe((incoming) => incoming.onReceiveRtp.subscribe((packet) => take(packet.payload)));
  connection.onIceCandidate.subscribe((candidate) => candidate && onSignal({ candidate: candidate.toJSON() }));
  const ready = new Promise((resolve) => {
    connection.connectionStateChange.subscribe((state) => state === "connected" && resolve(undefined));
  });
  let chain = Promise.resolve();
  const tell = async (description) => {
    await connection.setLocalDescription(description);
    onSignal({ description });
  };
  const receive = async (signal) => {
    if ("candidate" in signal) return await connection.addIceCandidate(signal.candidate);
    await connection.setRemoteDescription(signal.description);
    if (signal.description.type === "offer") await tell(await connection.createAnswer());
  };
  let sequenceNumber = 100;
  let timestamp = 0;
  return {
    ready,
    offer() {
      chain = chain.then(async () => tell(await connection.createOffer()));
    },
    receiveSignal(signal) {
      chain = chain.then(() => receive(signal));
    },
    send(payload) {
      sequenceNumber = (sequenceNumber + 1) & 0xffff;
      timestamp = (timestamp + 90) >>> 0;
      const header = new RtpHeader({ payloadType: PAYLOAD_TYPE, sequenceNumber, timestamp, ssrc: 1234, version: 2 });
      track.writeRtp(new RtpPacket(header, Buffer.from(payload.buffer, payload.byteOffset, payload.length)));
    },
    onPayload(callback) {
      take = callback;
    },
    agreement: async () => PROFILES[connection.dtlsTransports[0]?.srtp?.config?.profile] ?? "",
    close: () => connection.close(),
  };
}

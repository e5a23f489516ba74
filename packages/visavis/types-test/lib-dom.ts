/**
 * Programs written for a browser compile against visavis: its types are assignable to those of TypeScript's lib.dom. This
 * file is compiled, with lib.dom, and never run. What is missing is listed, and the lists are checked.
 */
import * as visavis from "visavis";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Members of an interface of lib.dom that ours does not have. */
type Missing<Dom, Ours> = Exclude<keyof Dom, keyof Ours>;

function check<_Condition extends true>(): void {}

check<Equal<Missing<globalThis.RTCPeerConnection, visavis.RTCPeerConnection>, never>>();
check<Equal<Missing<globalThis.MediaStream, visavis.MediaStream>, never>>();
check<Equal<Missing<globalThis.MediaStreamTrack, visavis.MediaStreamTrack>, never>>();
check<Equal<Missing<globalThis.RTCRtpSender, visavis.RTCRtpSender>, never>>();
check<Equal<Missing<globalThis.RTCRtpReceiver, visavis.RTCRtpReceiver>, never>>();
check<Equal<Missing<globalThis.RTCRtpTransceiver, visavis.RTCRtpTransceiver>, never>>();
check<Equal<Missing<globalThis.RTCDTMFSender, visavis.RTCDTMFSender>, never>>();
check<Equal<Missing<globalThis.RTCDataChannel, visavis.RTCDataChannel>, never>>();
check<Equal<Missing<globalThis.RTCSctpTransport, visavis.RTCSctpTransport>, never>>();
check<Equal<Missing<globalThis.RTCDtlsTransport, visavis.RTCDtlsTransport>, never>>();
check<Equal<Missing<globalThis.RTCIceTransport, visavis.RTCIceTransport>, never>>();
check<Equal<Missing<globalThis.RTCIceCandidate, visavis.RTCIceCandidate>, never>>();
check<Equal<Missing<globalThis.RTCCertificate, visavis.RTCCertificate>, never>>();
check<Equal<Missing<typeof globalThis.RTCPeerConnection, typeof visavis.RTCPeerConnection>, never>>();

/** Of lib.dom's track event nobody can reach the transports' members, because its RTCIceTransport lacks them; ours has them. */
type FinishedPeerConnection = Omit<globalThis.RTCPeerConnection, "ontrack">;

/** Each of our objects where one of lib.dom's is wanted. */
export function assignable(ours: {
  connection: visavis.RTCPeerConnection;
  channel: visavis.RTCDataChannel;
  sctp: visavis.RTCSctpTransport;
  dtls: visavis.RTCDtlsTransport;
  ice: visavis.RTCIceTransport;
  pair: visavis.RTCIceCandidatePair;
  candidate: visavis.RTCIceCandidate;
  description: visavis.RTCSessionDescription;
  certificate: visavis.RTCCertificate;
  report: visavis.RTCStatsReport;
  error: visavis.RTCError;
  errorEvent: visavis.RTCErrorEvent;
  channelEvent: visavis.RTCDataChannelEvent;
  iceEvent: visavis.RTCPeerConnectionIceEvent;
  iceErrorEvent: visavis.RTCPeerConnectionIceErrorEvent;
}): unknown {
  const connection: FinishedPeerConnection = ours.connection;
  const channel: globalThis.RTCDataChannel = ours.channel;
  const sctp: globalThis.RTCSctpTransport = ours.sctp;
  const dtls: globalThis.RTCDtlsTransport = ours.dtls;
  const ice: globalThis.RTCIceTransport = ours.ice;
  const pair: globalThis.RTCIceCandidatePair = ours.pair;
  const candidate: globalThis.RTCIceCandidate = ours.candidate;
  const description: globalThis.RTCSessionDescription = ours.description;
  const certificate: globalThis.RTCCertificate = ours.certificate;
  const report: globalThis.RTCStatsReport = ours.report;
  const error: globalThis.RTCError = ours.error;
  const errorEvent: globalThis.RTCErrorEvent = ours.errorEvent;
  const channelEvent: globalThis.RTCDataChannelEvent = ours.channelEvent;
  const iceEvent: globalThis.RTCPeerConnectionIceEvent = ours.iceEvent;
  const iceErrorEvent: globalThis.RTCPeerConnectionIceErrorEvent = ours.iceErrorEvent;
  const transports = { connection, channel, sctp, dtls, ice, pair, candidate };
  const events = { error, errorEvent, channelEvent, iceEvent, iceErrorEvent };
  return { ...transports, ...events, description, certificate, report };
}

/** Each of our constructors where one of lib.dom's is wanted. */
export const constructors: {
  RTCCertificate: typeof globalThis.RTCCertificate;
  RTCDataChannel: typeof globalThis.RTCDataChannel;
  RTCDataChannelEvent: typeof globalThis.RTCDataChannelEvent;
  RTCDtlsTransport: typeof globalThis.RTCDtlsTransport;
  RTCError: typeof globalThis.RTCError;
  RTCErrorEvent: typeof globalThis.RTCErrorEvent;
  RTCIceCandidate: typeof globalThis.RTCIceCandidate;
  RTCIceTransport: typeof globalThis.RTCIceTransport;
  RTCPeerConnectionIceErrorEvent: typeof globalThis.RTCPeerConnectionIceErrorEvent;
  RTCPeerConnectionIceEvent: typeof globalThis.RTCPeerConnectionIceEvent;
  RTCSctpTransport: typeof globalThis.RTCSctpTransport;
  RTCSessionDescription: typeof globalThis.RTCSessionDescription;
  RTCStatsReport: typeof globalThis.RTCStatsReport;
} = visavis;

/** What lib.dom's dictionaries hold is taken. */
export function takes(
  configuration: globalThis.RTCConfiguration,
  description: globalThis.RTCSessionDescriptionInit,
  local: globalThis.RTCLocalSessionDescriptionInit,
  candidate: globalThis.RTCIceCandidateInit,
  channel: globalThis.RTCDataChannelInit,
): unknown {
  const connection = new visavis.RTCPeerConnection(configuration);
  return [
    connection.setRemoteDescription(description),
    connection.setLocalDescription(local),
    connection.addIceCandidate(candidate),
    connection.createDataChannel("", channel),
    visavis.RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" }),
  ];
}

/** A program as one writes it for a browser. */
export async function program(): Promise<void> {
  const offerer = new visavis.RTCPeerConnection({ iceServers: [{ urls: "stun:stun.example.org" }] });
  const answerer = new visavis.RTCPeerConnection();
  offerer.onicecandidate = ({ candidate }) => void answerer.addIceCandidate(candidate);
  answerer.addEventListener("icecandidate", (event) => void offerer.addIceCandidate(event.candidate));
  answerer.ondatachannel = ({ channel }) => {
    channel.binaryType = "arraybuffer";
    channel.onmessage = (event) => channel.send(event.data);
    channel.onerror = ({ error }) => console.error(error.errorDetail, error.sctpCauseCode);
  };
  const channel = offerer.createDataChannel("chat", { ordered: false, maxRetransmits: 0 });
  channel.addEventListener("open", () => channel.send(new Uint8Array(1)), { once: true });
  await offerer.setLocalDescription();
  if (offerer.localDescription !== null) await answerer.setRemoteDescription(offerer.localDescription);
  await answerer.setLocalDescription();
  if (answerer.localDescription !== null) await offerer.setRemoteDescription(answerer.localDescription);
  for (const [id, entry] of await offerer.getStats()) console.log(id, entry.type);
}

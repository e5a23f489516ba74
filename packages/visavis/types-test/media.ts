/**
 * Programs with audio and video written for a browser compile against visavis: the names are imported, the rest is as it was. This file is
 * compiled, with lib.dom, and never run.
 */
import type * as visavis from "visavis";
import {
  MediaStream,
  type MediaStreamTrack,
  mediaDevices,
  RTCPeerConnection,
  RTCRtpReceiver,
  RTCRtpSender,
  type RTCRtpTransceiver,
  type RTCTrackEvent,
} from "visavis";

/** Each of our objects where one of lib.dom's is wanted. */
export function assignable(ours: {
  track: visavis.MediaStreamTrack;
  stream: visavis.MediaStream;
  sender: visavis.RTCRtpSender;
  receiver: visavis.RTCRtpReceiver;
  transceiver: visavis.RTCRtpTransceiver;
  dtmf: visavis.RTCDTMFSender;
  toneEvent: visavis.RTCDTMFToneChangeEvent;
  trackEvent: visavis.RTCTrackEvent;
  streamEvent: visavis.MediaStreamTrackEvent;
  connection: visavis.RTCPeerConnection;
  info: visavis.MediaDeviceInfo;
}): unknown {
  const track: globalThis.MediaStreamTrack = ours.track;
  const stream: globalThis.MediaStream = ours.stream;
  const sender: globalThis.RTCRtpSender = ours.sender;
  const receiver: globalThis.RTCRtpReceiver = ours.receiver;
  const transceiver: globalThis.RTCRtpTransceiver = ours.transceiver;
  const dtmf: globalThis.RTCDTMFSender = ours.dtmf;
  const toneEvent: globalThis.RTCDTMFToneChangeEvent = ours.toneEvent;
  const trackEvent: globalThis.RTCTrackEvent = ours.trackEvent;
  const streamEvent: globalThis.MediaStreamTrackEvent = ours.streamEvent;
  // A handler of lib.dom's track event is not one of ours: its RTCIceTransport lacks members that ours has.
  const connection: Omit<globalThis.RTCPeerConnection, "ontrack"> = ours.connection;
  const info: globalThis.MediaDeviceInfo = ours.info;
  return { track, stream, sender, receiver, transceiver, dtmf, toneEvent, trackEvent, streamEvent, connection, info };
}

/** What lib.dom's dictionaries hold is taken, and what ours hold is what lib.dom's do. */
export async function dictionaries(
  constraints: globalThis.MediaStreamConstraints,
  trackConstraints: globalThis.MediaTrackConstraints,
  init: globalThis.RTCRtpTransceiverInit,
  parameters: globalThis.RTCRtpSendParameters,
  codecs: globalThis.RTCRtpCodec[],
): Promise<unknown> {
  const stream = await mediaDevices.getUserMedia(constraints);
  const [track] = stream.getTracks();
  await track?.applyConstraints(trackConstraints);
  const connection = new RTCPeerConnection();
  const transceiver = connection.addTransceiver("video", init);
  transceiver.setCodecPreferences(codecs);
  await transceiver.sender.setParameters(parameters);
  const settings: globalThis.MediaTrackSettings | undefined = track?.getSettings();
  const sent: globalThis.RTCRtpSendParameters = transceiver.sender.getParameters();
  const received: globalThis.RTCRtpReceiveParameters = transceiver.receiver.getParameters();
  const capabilities: globalThis.RTCRtpCapabilities | null = RTCRtpSender.getCapabilities("video");
  const sources: globalThis.RTCRtpContributingSource[] = transceiver.receiver.getContributingSources();
  const supported: globalThis.MediaTrackSupportedConstraints = mediaDevices.getSupportedConstraints();
  return { settings, sent, received, capabilities, sources, supported };
}

/** A call as one writes it for a browser. */
export async function call(signal: (message: unknown) => void, video: HTMLVideoElement): Promise<void> {
  const navigator = { mediaDevices };
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  pc.onnegotiationneeded = async () => {
    await pc.setLocalDescription();
    signal({ description: pc.localDescription });
  };
  pc.ontrack = ({ track, streams: [remote], transceiver }: RTCTrackEvent) => {
    track.onunmute = () => {
      if (video.srcObject === null && remote !== undefined) video.srcObject = remote;
    };
    track.onmute = track.onended = () => console.log(track.kind, transceiver.mid, transceiver.currentDirection);
  };
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true },
    video: { width: { ideal: 1280 }, facingMode: "user", frameRate: { max: 30 } },
  });
  const senders: RTCRtpSender[] = stream.getTracks().map((track) => pc.addTrack(track, stream));
  const sender = senders.find(({ track }) => track?.kind === "video");
  if (sender === undefined) return;
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (encoding !== undefined) encoding.maxBitrate = 500_000;
  await sender.setParameters(parameters);
  const transceiver: RTCRtpTransceiver = pc.addTransceiver("video", {
    direction: "sendonly",
    streams: [stream],
    sendEncodings: [
      { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
      { rid: "f", active: true, priority: "high" },
    ],
  });
  const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs.filter(({ mimeType }) => mimeType === "video/VP8") ?? [];
  transceiver.setCodecPreferences(codecs);
  const screen: MediaStreamTrack | undefined = (await mediaDevices.getUserMedia({ video: true })).getVideoTracks()[0];
  await sender.replaceTrack(screen ?? null);
  const dtmf = senders[0]?.dtmf;
  if (dtmf?.canInsertDTMF) {
    dtmf.ontonechange = ({ tone }) => console.log(tone);
    dtmf.insertDTMF("1234#", 100, 70);
  }
  for (const receiver of pc.getReceivers()) {
    receiver.jitterBufferTarget = 200;
    console.log(receiver.getSynchronizationSources().map(({ source, rtpTimestamp }) => [source, rtpTimestamp]));
  }
  const report = await pc.getStats(screen ?? null);
  report.forEach((entry) => {
    if (entry.type === "inbound-rtp") console.log(entry.framesDecoded, entry.packetsLost);
  });
  transceiver.direction = "inactive";
  transceiver.stop();
  pc.removeTrack(sender);
  const both = new MediaStream([...stream.getTracks()]);
  both.addEventListener("addtrack", ({ track }) => console.log(track.label));
  const copy = both.clone();
  for (const track of copy.getTracks()) {
    track.enabled = !track.enabled;
    track.contentHint = "";
    track.stop();
  }
  for (const { deviceId, kind, label } of await navigator.mediaDevices.enumerateDevices()) console.log(deviceId, kind, label);
  pc.close();
}

// RTP through this library by its lower door: a transport with its RTP session, under a driver.
import { RouteTable } from "visavis/base";
import { createCertificate, fingerprint, SystemRandom } from "visavis/crypto";
import { ChannelTable } from "visavis/datachannel";
import { parseCandidate, printCandidate } from "visavis/ice";
import { Driver, nodePlatform } from "visavis/node";
import { BundleTransport } from "visavis/transport";

const PAYLOAD_TYPE = 96;
/** Bits per second: what loopback does not reach, so that congestion control is at work and never in the way. */
const UNLIMITED = 10e9;

const VIDEO = {
  mid: "0",
  kind: "video",
  cname: "bench",
  codecs: [
    {
      payloadType: PAYLOAD_TYPE,
      mimeType: "video/VP8",
      clockRate: 90_000,
      parameters: "",
      feedback: ["nack", "nack pli", "transport-cc"],
    },
    { payloadType: 97, mimeType: "video/rtx", clockRate: 90_000, parameters: "apt=96", feedback: [], repairs: PAYLOAD_TYPE },
  ],
  extensions: [
    { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4 },
    { uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", id: 3 },
  ],
  reducedSize: true,
};
const PROFILES = { 1: "AES128_CM_SHA1_80", 7: "AEAD_AES_128_GCM", 8: "AEAD_AES_256_GCM" };

/** A transport that tells the other side of itself by signals. @param {(signal: any) => void} onSignal @param {"send" | "receive"} way */
export function liveTransport(onSignal, way, onPacket = () => {}) {
  const platform = nodePlatform();
  const random = new SystemRandom();
  const certificate = createCertificate({ random, wallTime: platform.clock.wallTime() });
  const transport = new BundleTransport({
    random,
    routes: new RouteTable(),
    ice: { role: way === "send" ? "controlling" : "controlled", includeLoopback: true },
    certificate,
    channels: new ChannelTable({ random, maxReceiveMessageSize: 262_144 }),
  });
  const { rtp } = transport;
  let ready = () => {};
  const isReady = new Promise((resolve) => {
    ready = () => resolve(undefined);
  });
  const driver = new Driver(platform, transport, {
    drain() {
      for (let event = transport.takeEvent(); event !== undefined; event = transport.takeEvent()) {
        if (event.type === "ice" && event.event.type === "candidate") {
          onSignal({ candidate: printCandidate(event.event.candidate) });
        } else if (event.type === "dtls-state" && event.state === "connected") ready();
        else if (event.type === "dtls-state" && event.state === "failed") throw event.error;
      }
      for (let packet = rtp.takePacket(); packet !== undefined; packet = rtp.takePacket()) onPacket(packet);
    },
    failed(error) {
      throw error;
    },
  });
  const begin = () => {
    onSignal({ ...transport.ice.localParameters, fingerprint: fingerprint(certificate.der, "sha-256") });
    transport.gather(driver.now());
    driver.wake();
  };
  let begun = false;
  return {
    transport,
    driver,
    ready: isReady,
    begin() {
      if (!begun) begin();
      begun = true;
    },
    receiveSignal({ candidate, usernameFragment, password, fingerprint: value }) {
      this.begin();
      const now = driver.now();
      if (candidate !== undefined) transport.addRemoteCandidate(parseCandidate(candidate), now);
      else {
        transport.setRemoteParameters({ usernameFragment, password }, now);
        const role = way === "send" ? "client" : "server";
        transport.startDtls({ role, remoteFingerprints: [{ algorithm: "sha-256", value }] }, now);
      }
      driver.wake();
    },
    agreement: async () => PROFILES[transport.agreement?.srtpProfile] ?? "",
    close() {
      transport.close(driver.now());
      driver.stop();
    },
  };
}

/** @param {(signal: any) => void} onSignal @param {"send" | "receive"} way @returns {import("./w3c-peer.mjs").Media} */
export function visavisMedia(onSignal, way) {
  let take = () => {};
  const live = liveTransport(onSignal, way, ({ bytes, payloadStart, payloadEnd }) => {
    take(bytes.subarray(payloadStart, payloadEnd));
  });
  const { transport, driver } = live;
  const { rtp } = transport;
  if (way === "send") {
    rtp.congestion.setBitrates({ start: UNLIMITED, min: UNLIMITED, max: UNLIMITED }, driver.now());
    rtp.setSender("0", { ...VIDEO, encodings: [{ ssrc: 1234, rtxSsrc: 1235, active: true }] }, driver.now());
  } else {
    rtp.setReceiver("0", { ...VIDEO, rids: [], ssrcs: [{ ssrc: 1234, rtxSsrc: 1235 }] }, driver.now());
  }
  let timestamp = 0;
  return {
    ready: live.ready,
    offer: () => live.begin(),
    receiveSignal: (signal) => live.receiveSignal(signal),
    send(payload) {
      timestamp = (timestamp + 90) >>> 0;
      const packet = { bytes: payload, start: 0, end: payload.length, payloadType: PAYLOAD_TYPE, timestamp, marker: true };
      if (!rtp.sendPacket("0", 0, packet, driver.now())) throw new Error("the queue is full");
      driver.wake();
    },
    onPayload(callback) {
      take = callback;
    },
    agreement: live.agreement,
    close: live.close,
  };
}

// The Node side of a call, in a process of its own, so that it can be looked at from outside: what it loaded, and whether it ends.
import { createRequire } from "node:module";
import { mediaDevices } from "visavis";
import { countersOf, createWebRTC, nodePlatform } from "visavis/webrtc";
import { MediaPeer } from "./media-peer.mjs";
import { TestPeer } from "./peer.mjs";
import { loadedModules } from "./record-modules.mjs";

/** @type {string[]} native code that was loaded after the start */
const nativeCode = [];
const { dlopen } = process;
process.dlopen = (module, file, ...rest) => {
  nativeCode.push(file);
  return dlopen.call(process, module, file, ...rest);
};

const extensions = JSON.parse(process.env.EXTENSIONS ?? "{}");
const configuration = JSON.parse(process.env.CONFIGURATION ?? "{}");
const world = createWebRTC(nodePlatform(), extensions);
const peer =
  process.env.PEER === "media"
    ? new MediaPeer({
        Connection: world.RTCPeerConnection,
        Sender: world.RTCRtpSender,
        Receiver: world.RTCRtpReceiver,
        devices: mediaDevices,
        polite: false,
        configuration,
      })
    : new TestPeer(world.RTCPeerConnection, configuration);

const methods = {
  inspect: async () => ({
    modules: await loadedModules(),
    required: Object.keys(createRequire(import.meta.url).cache ?? {}),
    nativeCode,
    sharedObjects: process.report.getReport().sharedObjects.filter((name) => name.endsWith(".node")),
  }),
  /** How the handshake of DTLS went. JSON, on the way to the test, has no undefined. */
  handshake: () => {
    const { groupName, retry = null } = countersOf(peer.pc)?.dtls ?? {};
    return { groupName, retry };
  },
  /** What was counted of SCTP. */
  counters: () => ({ sctp: countersOf(peer.pc)?.sctp }),
  memory: () => process.memoryUsage().rss,
};

process.on("message", ({ id, method, args }) => {
  Promise.resolve()
    .then(() => (methods[method] ?? ((...given) => peer[method](...given)))(...args))
    .then(
      (value) => process.send?.({ id, value }),
      (error) => process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
});
// Whoever let go of this process waits for no answer.
process.on("error", () => undefined);
process.send?.({ ready: true });

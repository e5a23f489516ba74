// Negotiators as sides: in this process over a network without a wire, or in a tab of a browser.
import { createMediaDevices, createWebRTC, nodePlatform } from "visavis/webrtc";
import { Negotiator } from "./negotiator.mjs";

/** Node's platform with sockets that lead nowhere: descriptions are all that matters. */
function unconnectedPlatform() {
  const platform = nodePlatform();
  let last = 0;
  const socket = (address) => ({
    id: ++last,
    address,
    port: 40_000 + (last % 20_000),
    dontFragment: false,
    busy: false,
    send: () => true,
    close: () => {},
  });
  return { ...platform, network: { ...platform.network, interfaces: () => [], bindUdp: async ({ address }) => socket(address) } };
}

/** A side in this process. */
export function localNegotiator() {
  const platform = unconnectedPlatform();
  const { RTCPeerConnection, MediaStream, RTCRtpReceiver } = createWebRTC(platform, {});
  const negotiator = new Negotiator(RTCPeerConnection, createMediaDevices(platform), MediaStream);
  negotiator.Receiver = RTCRtpReceiver;
  return { call: async (method, ...args) => negotiator[method](...args), end: async () => negotiator.close() };
}

/** A side in a tab. @param {import("puppeteer-core").Browser} browser @param {string} url */
export async function browserNegotiator(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.evaluate(async () => {
    const { Negotiator } = await import("/negotiator.mjs");
    window.negotiator = new Negotiator(RTCPeerConnection, navigator.mediaDevices, MediaStream);
  });
  return {
    call: (method, ...args) => page.evaluate((name, given) => window.negotiator[name](...given), method, args),
    end: () => page.close(),
  };
}

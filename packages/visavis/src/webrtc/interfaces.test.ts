import assert from "node:assert/strict";
import { test } from "node:test";
import { nodePlatform } from "../node/platform.ts";
import { createWebRTC } from "./create-webrtc.ts";

const webrtc = createWebRTC(nodePlatform());

/** Each interface with its length, its parent, and whether scripts may construct it. */
const INTERFACES: Readonly<Record<keyof typeof webrtc, readonly [length: number, parent: object, constructs: boolean]>> = {
  DeviceChangeEvent: [1, Event, true],
  InputDeviceInfo: [0, webrtc.MediaDeviceInfo, false],
  MediaDeviceInfo: [0, Function.prototype, false],
  MediaDevices: [0, EventTarget, false],
  MediaStream: [0, EventTarget, true],
  MediaStreamTrack: [0, EventTarget, false],
  MediaStreamTrackEvent: [2, Event, true],
  OverconstrainedError: [1, DOMException, true],
  RTCPeerConnection: [0, EventTarget, true],
  RTCCertificate: [0, Function.prototype, false],
  RTCDataChannel: [0, EventTarget, false],
  RTCDataChannelEvent: [2, Event, true],
  RTCDtlsTransport: [0, EventTarget, false],
  RTCError: [1, DOMException, true],
  RTCErrorEvent: [2, Event, true],
  RTCIceCandidate: [0, Function.prototype, true],
  RTCIceCandidatePair: [0, Function.prototype, false],
  RTCIceTransport: [0, EventTarget, true],
  RTCPeerConnectionIceErrorEvent: [2, Event, true],
  RTCPeerConnectionIceEvent: [1, Event, true],
  RTCDTMFSender: [0, EventTarget, false],
  RTCDTMFToneChangeEvent: [1, Event, true],
  RTCRtpReceiver: [0, Function.prototype, false],
  RTCRtpSender: [0, Function.prototype, false],
  RTCRtpTransceiver: [0, Function.prototype, false],
  RTCTrackEvent: [2, Event, true],
  RTCEncodedAudioFrame: [1, Function.prototype, true],
  RTCEncodedVideoFrame: [1, Function.prototype, true],
  RTCRtpScriptTransform: [1, Function.prototype, true],
  SFrameTransform: [0, EventTarget, true],
  SFrameTransformErrorEvent: [2, Event, true],
  RTCSctpTransport: [0, EventTarget, false],
  RTCSessionDescription: [1, Function.prototype, true],
  RTCStatsReport: [0, Function.prototype, false],
};

const names = Object.keys(webrtc) as (keyof typeof webrtc)[];

test("interface objects have their name, length and parent", () => {
  for (const name of names) {
    const interfaceObject: { readonly name?: string; readonly length?: number; readonly prototype: object } = webrtc[name];
    const [length, parent] = INTERFACES[name];
    assert.equal(interfaceObject.name, name);
    assert.equal(interfaceObject.length, length, name);
    assert.equal(Object.getPrototypeOf(interfaceObject), parent, name);
    assert.equal(Object.prototype.toString.call(interfaceObject.prototype), `[object ${name}]`);
  }
});

test("members are enumerable and want their brand", () => {
  for (const name of names) {
    const { prototype } = webrtc[name];
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (key === "constructor") continue;
      assert.ok(descriptor.enumerable, `${name}.${key}`);
      if (descriptor.get !== undefined) assert.throws(() => descriptor.get?.call({}), TypeError, `${name}.${key}`);
    }
  }
});

test("what scripts cannot construct says so", () => {
  for (const name of names) {
    if (INTERFACES[name][2]) continue;
    assert.throws(() => new (webrtc[name] as unknown as new () => unknown)(), {
      name: "TypeError",
      message: "Illegal constructor",
    });
  }
});

test("operations that return promises reject on a wrong receiver", async () => {
  const { createOffer, getStats } = webrtc.RTCPeerConnection.prototype;
  await assert.rejects(Reflect.apply(createOffer, {}, []) as Promise<unknown>, TypeError);
  await assert.rejects(Reflect.apply(getStats, undefined, []) as Promise<unknown>, TypeError);
});

test("two platforms have a class each, and share the others", () => {
  const other = createWebRTC(nodePlatform());
  assert.notEqual(other.RTCPeerConnection, webrtc.RTCPeerConnection);
  assert.equal(other.RTCIceCandidate, webrtc.RTCIceCandidate);
});

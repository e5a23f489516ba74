import assert from "node:assert/strict";
import { test } from "node:test";
import { nodePlatform } from "../node/platform.ts";
import { createWebRTC } from "./create-webrtc.ts";

const { RTCCertificate, RTCPeerConnection } = createWebRTC(nodePlatform());

const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const RSA = { name: "rsassa-pkcs1-v1_5", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "sha-256" };

test("certificates are made with the algorithms that the specification names", async () => {
  for (const algorithm of [ECDSA, RSA]) {
    const certificate = await RTCPeerConnection.generateCertificate(algorithm);
    assert.ok(certificate instanceof RTCCertificate);
    const days = (certificate.expires - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days < 30.1, `${days} days`);
    const [fingerprint] = certificate.getFingerprints();
    assert.equal(fingerprint?.algorithm, "sha-256");
    assert.match(fingerprint?.value ?? "", /^([0-9a-f]{2}:){31}[0-9a-f]{2}$/);
  }
});

test("expires counts from now, and is a year at most", async () => {
  const short = await RTCPeerConnection.generateCertificate({ ...ECDSA, expires: 5000 });
  assert.ok(Math.abs(short.expires - Date.now() - 5000) < 2000);
  const long = await RTCPeerConnection.generateCertificate({ ...ECDSA, expires: 1e15 });
  assert.ok(long.expires < Date.now() + 366 * 86_400_000);
});

const REJECTED: readonly (readonly [algorithm: unknown, name: string])[] = [
  ["ECDSA", "TypeError"],
  ["unknown", "NotSupportedError"],
  [{ name: "ECDSA" }, "TypeError"],
  [{ name: "ECDSA", namedCurve: "P-521" }, "NotSupportedError"],
  [{ ...ECDSA, expires: -1 }, "TypeError"],
  [{ ...ECDSA, expires: "soon" }, "TypeError"],
  [{ ...RSA, hash: "SHA-1" }, "NotSupportedError"],
  [{ ...RSA, hash: { name: "SHA-512" } }, "NotSupportedError"],
  [{ ...RSA, modulusLength: 512 }, "NotSupportedError"],
  [{ ...RSA, modulusLength: 1e6 }, "NotSupportedError"],
  [{ ...RSA, publicExponent: [1, 0, 1] }, "TypeError"],
  [{ ...RSA, publicExponent: Uint8Array.of(3) }, "NotSupportedError"],
  [undefined, "NotSupportedError"],
  [{}, "TypeError"],
];

test("what cannot be made is rejected", async () => {
  for (const [algorithm, name] of REJECTED) {
    const made = Reflect.apply(RTCPeerConnection.generateCertificate, RTCPeerConnection, [algorithm]) as Promise<unknown>;
    await assert.rejects(made, { name }, JSON.stringify(algorithm));
  }
  await assert.rejects(
    Reflect.apply(RTCPeerConnection.generateCertificate, RTCPeerConnection, []) as Promise<unknown>,
    TypeError,
  );
});

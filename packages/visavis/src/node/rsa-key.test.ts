import assert from "node:assert/strict";
import { test } from "node:test";
import { createCertificate, parseCertificate } from "../crypto/certificate.ts";
import { SystemRandom } from "../crypto/system-random.ts";
import { generateRsaKey } from "./rsa-key.ts";

test("an RSA key signs a certificate", async () => {
  const privateKey = await generateRsaKey(2048, Uint8Array.of(1, 0, 1));
  const certificate = createCertificate({ random: new SystemRandom(), wallTime: Date.UTC(2030, 0, 1), privateKey });
  assert.equal(certificate.keyAlgorithm, "RSA-2048");
  assert.equal(parseCertificate(certificate.der)?.publicKey.type, "rsa");
});

test("impossible parameters reject", async () => {
  await assert.rejects(generateRsaKey(17, Uint8Array.of(1, 0, 1)));
});

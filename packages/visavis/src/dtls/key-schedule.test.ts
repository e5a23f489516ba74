import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8, fromHex, toHex } from "../base/bytes.ts";
import { cipherSuite } from "./cipher-suites.ts";
import { expandLabel, exportKeyingMaterial13, finishedData, KeySchedule, nextSecret, trafficKeys } from "./key-schedule.ts";
import { exportKeyingMaterial12, prf } from "./prf.ts";

const TLS = "tls13 ";
const NOTHING = new Uint8Array(0);
const suite = cipherSuite(0x1301);
assert.ok(suite !== undefined);

test("RFC 8448 §3, with the prefix of TLS", () => {
  const shared = fromHex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
  const schedule = new KeySchedule(suite, shared, TLS);
  const handshake = schedule.handshakeSecrets(fromHex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8"));
  assert.equal(toHex(handshake.client), "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
  assert.equal(toHex(handshake.server), "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
  assert.equal(toHex(expandLabel("sha256", handshake.server, "key", NOTHING, 16, TLS)), "3fce516009c21727d0f2e4e86ee403bc");
  assert.equal(toHex(expandLabel("sha256", handshake.server, "iv", NOTHING, 12, TLS)), "5d313eb2671276ee13000b30");
  schedule.advanceToMain();
  const finishedHash = fromHex("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13");
  const application = schedule.applicationSecrets(finishedHash);
  assert.equal(toHex(application.client), "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
  assert.equal(toHex(application.server), "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
  assert.equal(toHex(schedule.exporterSecret(finishedHash)), "fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50");
});

test("DTLS has labels of its own, and all lengths are right", () => {
  const secret = new Uint8Array(32).fill(7);
  assert.notDeepEqual(expandLabel("sha256", secret, "key", NOTHING, 16), expandLabel("sha256", secret, "key", NOTHING, 16, TLS));
  const keys = trafficKeys(suite, secret);
  assert.deepEqual([keys.key.length, keys.iv.length, keys.sequenceNumberKey.length], [16, 12, 16]);
  assert.notDeepEqual(keys.key, keys.sequenceNumberKey);
  assert.notDeepEqual(nextSecret(suite, secret), secret);
  assert.equal(finishedData(suite, secret, secret).length, 32);
  const large = cipherSuite(0x1302);
  assert.ok(large !== undefined);
  const schedule = new KeySchedule(large, secret);
  assert.equal(schedule.handshakeSecrets(new Uint8Array(48)).client.length, 48);
  assert.equal(trafficKeys(large, new Uint8Array(48)).key.length, 32);
});

test("exporters: context or none", () => {
  const secret = new Uint8Array(32).fill(9);
  const now = (context: Uint8Array | undefined): string => toHex(exportKeyingMaterial13(suite, secret, "label", context, 40));
  assert.equal(now(undefined), now(NOTHING));
  assert.notEqual(now(undefined), now(Uint8Array.of(1)));
  const old = cipherSuite(0xc02b);
  assert.ok(old !== undefined);
  const randoms = { client: new Uint8Array(32).fill(1), server: new Uint8Array(32).fill(2) };
  const then = (context: Uint8Array | undefined): string =>
    toHex(exportKeyingMaterial12(old, secret, randoms, "label", context, 40));
  assert.notEqual(then(undefined), then(NOTHING));
  const seed = Uint8Array.from([...randoms.client, ...randoms.server]);
  assert.equal(then(undefined), toHex(prf("sha256", secret, "label", seed, 40)));
  assert.equal(encodeUtf8("label").length, 5);
});

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { fromHex, setU16, setU32, toHex, u16, u32 } from "../base/bytes.ts";
import { randomBytes, randomU32 } from "../base/random.ts";
import { CounterKey, CounterMode } from "./counter-mode.ts";
import { PacketMac } from "./packet-mac.ts";
import { SeededRandom } from "./seeded-random.test.ts";

test("RFC 3711 B.2: the key stream of AES-CM", () => {
  const key = new CounterKey(fromHex("2b7e151628aed2a6abf7158809cf4f3c"));
  const iv = fromHex("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000");
  const expected = "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0";
  assert.equal(toHex(key.stream(iv, 48)), expected);
  // And ahead of packets whose numbers are zero and those that follow.
  const mode = new CounterMode(key, iv);
  for (let number = 1; number < 100; number++) mode.apply(new Uint8Array(48), 0, 48, 0, number);
  const bytes = new Uint8Array(50);
  mode.apply(bytes, 2, 48, 0, 0);
  assert.equal(toHex(bytes.subarray(2)), expected);
});

test("packets out of order, with gaps, of any size, give what the cipher gives by itself", () => {
  for (const keyLength of [16, 32]) {
    for (let seed = 1; seed <= 10; seed++) {
      const random = new SeededRandom(seed);
      const key = randomBytes(random, keyLength);
      const iv = randomBytes(random, 16);
      setU16(iv, 14, 0);
      const mode = new CounterMode(new CounterKey(key), iv);
      const waiting: number[] = [];
      let next = 65000;
      for (let step = 0; step < 600; step++) {
        waiting.push(next);
        next += 1 + (randomU32(random) % 20 === 0 ? randomU32(random) % 100 : 0);
        if (waiting.length < 8) continue;
        const [number = 0] = waiting.splice(randomU32(random) % 16 === 0 ? randomU32(random) % 8 : 0, 1);
        const length = randomU32(random) % 5 === 0 ? randomU32(random) % 6000 : 1000 + (randomU32(random) % 16);
        const start = randomU32(random) % 8;
        const bytes = randomBytes(random, start + length + (randomU32(random) % 40));
        const before = Uint8Array.from(bytes);
        const packetIv = Uint8Array.from(iv);
        setU32(packetIv, 8, u32(iv, 8) ^ (number >>> 16));
        setU16(packetIv, 12, u16(iv, 12) ^ (number & 0xffff));
        const cipher = crypto.createCipheriv(`aes-${keyLength * 8}-ctr`, key, packetIv);
        before.set(cipher.update(before.subarray(start, start + length)), start);
        mode.apply(bytes, start, length, number >>> 16, number & 0xffff);
        assert.equal(toHex(bytes), toHex(before), `seed ${seed}, step ${step}`);
        if (step === 300) mode.release();
      }
    }
  }
});

test("HMAC-SHA-1 of packets: RFC 2202, and any place and size", () => {
  const cases: [key: Uint8Array, text: Uint8Array, mac: string][] = [
    [new Uint8Array(20).fill(0x0b), Buffer.from("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00"],
    [Buffer.from("Jefe"), Buffer.from("what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
    [
      new Uint8Array(80).fill(0xaa),
      Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First"),
      "aa4ae5e15272d00e95705637ce8a3b55ed402112",
    ],
  ];
  for (const [key, text, mac] of cases) {
    const packetMac = new PacketMac(key);
    packetMac.compute(text, 0, text.length);
    assert.equal(toHex(packetMac.mac), mac);
    assert.ok(packetMac.matches(fromHex(`00${mac}`), 1, 20));
    assert.ok(!packetMac.matches(fromHex(`00${mac}`), 0, 20));
  }
  const random = new SeededRandom(5);
  const key = randomBytes(random, 20);
  const packetMac = new PacketMac(key);
  for (let i = 0; i < 300; i++) {
    const bytes = randomBytes(random, randomU32(random) % (i % 10 === 0 ? 9000 : 1500));
    const start = Math.min(randomU32(random) % 100, bytes.length);
    const end = start + (randomU32(random) % (bytes.length - start + 1));
    packetMac.compute(bytes, start, end);
    const expected = crypto.createHmac("sha1", key).update(bytes.subarray(start, end)).digest("hex");
    assert.equal(toHex(packetMac.mac), expected, `case ${i}`);
  }
});

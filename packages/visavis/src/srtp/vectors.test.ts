/**
 * Published vectors: RFC 3711 App. B, RFC 6904 App. A, RFC 7714 §16 and §17, RFC 9335 App. A.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex } from "../base/bytes.ts";
import { AeadTransform } from "./aead-transform.ts";
import { deriveKeys, exportLength, type SessionKeys, srtpKeys } from "./keys.ts";
import { SrtpProfile } from "./profile.ts";
import { SrtpSession, type SrtpSessionOptions } from "./session.ts";

const MASTER = { key: fromHex("e1f97a0d3e018be0d64fa32c06de4139"), salt: fromHex("0ec675ad498afeebb6960b3aabe6") };
const AEAD_MASTER = { key: fromHex("000102030405060708090a0b0c0d0e0f"), salt: fromHex("a0a1a2a3a4a5a6a7a8a9aaab") };

/** The bytes with room behind them. */
function roomy(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  const out = new Uint8Array(bytes.length + 32);
  out.set(bytes);
  return out;
}

function session(options: Partial<SrtpSessionOptions>): SrtpSession {
  const profile = options.profile ?? SrtpProfile.AES128_CM_SHA1_80;
  const key = profile === SrtpProfile.AEAD_AES_128_GCM ? AEAD_MASTER : MASTER;
  return new SrtpSession({ profile, localKey: key, remoteKey: key, ...options });
}

/** Protects, compares, unprotects and compares again. */
function check(options: Partial<SrtpSessionOptions>, plain: string, wire: string): void {
  const sender = session(options);
  const bytes = roomy(plain);
  const end = sender.protectRtp(bytes, 0, bytes.length - 32);
  assert.equal(toHex(bytes.subarray(0, end)), wire);
  const receiver = session(options);
  const back = receiver.unprotectRtp(bytes, 0, end);
  assert.equal(toHex(bytes.subarray(0, back)), plain, "what was opened");
}

test("RFC 3711 B.3, RFC 6904 A.1: session keys of a master key", () => {
  const { rtp, header } = deriveKeys(SrtpProfile.AES128_CM_SHA1_80, MASTER);
  assert.equal(toHex(rtp.key), "c61e7a93744f39ee10734afe3ff7a087");
  assert.equal(toHex(rtp.salt), "30cbbc08863d8c85d49db34a9ae1");
  assert.equal(toHex(rtp.authKey), "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
  assert.equal(toHex(header.key), "549752054d6fb708622c4a2e596a1b93");
  assert.equal(toHex(header.salt), "ab01818174c40d39a3781f7c2d27");
});

test("RFC 9335 A.2: session keys of an AEAD", () => {
  const { rtp } = deriveKeys(SrtpProfile.AEAD_AES_128_GCM, AEAD_MASTER);
  assert.equal(toHex(rtp.key), "077c6143cb221bc355ff23d5f984a16e");
  assert.equal(toHex(rtp.salt), "9af3e95364ebac9c99c5a7c4");
});

test("RFC 5764 §4.2: the order of exported keys", () => {
  const lengths = { 1: 60, 2: 60, 7: 56, 8: 88 };
  for (const profile of Object.values(SrtpProfile)) {
    const length = exportLength(profile);
    assert.equal(length, lengths[profile]);
    const exported = Uint8Array.from({ length }, (_, i) => i);
    const client = srtpKeys(profile, exported, "client");
    const server = srtpKeys(profile, exported, "server");
    assert.deepEqual(client.local, server.remote);
    assert.deepEqual(client.remote, server.local);
    const parts = [client.local.key, client.remote.key, client.local.salt, client.remote.salt];
    assert.deepEqual(
      parts.flatMap((part) => [...part]),
      [...exported],
    );
    assert.throws(() => srtpKeys(profile, exported.subarray(1), "client"), RangeError);
  }
});

/** A transform of RFC 7714's own session keys. */
function aead(key: string): AeadTransform {
  const keys: SessionKeys = { key: fromHex(key), salt: fromHex("517569642070726f2071756f"), authKey: new Uint8Array(0) };
  return new AeadTransform(keys, keys);
}

const RTP = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976697361" + "20696e207061727465732074726573";
const RTCP = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
const KEY_128 = "000102030405060708090a0b0c0d0e0f";
const KEY_256 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

test("RFC 7714 §16: AES-GCM of RTP", () => {
  const cases: [key: string, wire: string][] = [
    [
      KEY_128,
      "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
    ],
    [
      KEY_256,
      "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
    ],
  ];
  for (const [key, wire] of cases) {
    const bytes = roomy(RTP);
    const end = bytes.length - 32;
    const transform = aead(key);
    transform.createSource(0x5501a0b2).protect(bytes, 0, 12, end, 0, 0xf17b, 0);
    assert.equal(toHex(bytes.subarray(0, end + 16)), wire);
    assert.ok(transform.unprotectStranger(0x5501a0b2, bytes, 0, 12, end, 0, 0xf17b, 0));
    assert.equal(toHex(bytes.subarray(0, end)), RTP);
  }
});

test("RFC 7714 §17: AES-GCM of RTCP", () => {
  const bytes = roomy(RTCP);
  const transform = aead(KEY_128);
  const end = transform.protectRtcp(bytes, 0, bytes.length - 32, 0x4d617273, 0x5d4);
  assert.equal(
    toHex(bytes.subarray(0, end)),
    "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa458" +
      "96cf4d2fc5abf87245d9eade800005d4",
  );
  const back = transform.unprotectRtcp(bytes, 0, end, 0x4d617273, 0x5d4);
  assert.equal(toHex(bytes.subarray(0, back)), RTCP);
});

test("packets of another implementation, with derived keys", () => {
  check(
    { profile: SrtpProfile.AEAD_AES_128_GCM },
    "800f1234decafbadcafebabeabababababababababababababababab",
    "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392",
  );
  // Its first index is 1.
  const sender = session({ profile: SrtpProfile.AEAD_AES_128_GCM });
  sender.protectRtcp(roomy("80c90001cafebabe"), 0, 8);
  const bytes = roomy("81c8000bcafebabeabababababababababababababababab");
  const end = sender.protectRtcp(bytes, 0, bytes.length - 32);
  assert.equal(
    toHex(bytes.subarray(0, end)),
    "81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001",
  );
});

const EXTENDED =
  "900f1234decafbadcafebabebede00061741427" + "3a475262748220000c8308e4655996386b395fb00abababababababababababababababab";

test("RFC 6904 A.2: encrypted header extensions", () => {
  const encryptedExtensions = [1, 3, 4];
  check(
    { encryptedExtensions },
    EXTENDED,
    "900f1234decafbadcafebabebede000617588a9270f4e15e1c220000c8309546a994f0bc547897004e55dc4ce79978d88ca4d215949d24025a46b3ca35c535a891c7",
  );
  // AES-GCM, by another implementation, whose salt is the beginning of the other's.
  check(
    {
      encryptedExtensions,
      profile: SrtpProfile.AEAD_AES_128_GCM,
      localKey: { key: MASTER.key, salt: MASTER.salt.slice(0, 12) },
      remoteKey: { key: MASTER.key, salt: MASTER.salt.slice(0, 12) },
    },
    EXTENDED,
    "900f1234decafbadcafebabebede00061712e0205bfa949b1c220000c830bb46732778d9929aab000eca0cf95ee955b26cd3d288b49f6ca9f4b1b759719eb5bc113b9ff1d40cd25a",
  );
});

const PAYLOAD = "abababababababababababababababab";

/** Plain packets of RFC 9335's appendix, and what they become with AES-CM and with AES-GCM. */
const CRYPTEX: [plain: string, counter: string, aead: string][] = [
  [
    `900f1235decafbadcafebabebede000151000200${PAYLOAD}`,
    "900f1235decafbadcafebabec0de0001eb92365251c3e036f8de27e9c27ee3e0b4651d9fbc4218a70244522f34a5",
    "900f1235decafbadcafebabec0de000139972dc9572c4d99e8fc355de743fb2e94f9d8ff54e72f4193bbc5c74ffab0fa9fa0fbeb",
  ],
  [
    `900f1236decafbadcafebabe1000000105020002${PAYLOAD}`,
    "900f1236decafbadcafebabec2de00014ed9cc4e6a712b3096c5ca77339d4204ce0d77396cab69585fbce38194a5",
    "900f1236decafbadcafebabec2de0001bb75a4c545cd1f413bdb7daa2b1e3263de313667c963249081b35a65f5cb6c88b394235f",
  ],
  [
    `920f1238decafbadcafebabe0001e2400000b26ebede000151000200${PAYLOAD}`,
    "920f1238decafbadcafebabe8bb6e12b5cff16ddc0de000192838c8c09e58393e1de3a9a74734d6745671338c3acf11da2df8423bee0",
    "920f1238decafbadcafebabe63bbccc4a7f695c4c0de00018ad7c71fac70a80c92866b4c6ba98546ef913586e95ffaaffe956885bb0647a8bc094ac8",
  ],
  [
    `920f1239decafbadcafebabe0001e2400000b26e1000000105020002${PAYLOAD}`,
    "920f1239decafbadcafebabef70e513eb90b9b25c2de0001bbed4848faa644665f3d7f34125914e9f4d0ae923c6f479b95a0f7b53133",
    "920f1239decafbadcafebabe3680524f8d312b00c2de0001c78d120038422bc111a7187a18246f980c059cc6bc9df8b626394eca344e4b05d80fea83",
  ],
  [
    `920f123adecafbadcafebabe0001e2400000b26ebede0000${PAYLOAD}`,
    "920f123adecafbadcafebabe7130b6abfe2ab0e3c0de0000e3d9f64b25c9e74cb4cf8e43fb92e3781c2c0ceab6b3a499a14c",
    "920f123adecafbadcafebabe15b6bb4337906fffc0de0000b7b964537a2b03ab7ba5389ce93317126b5d974df30c6884dcb651c5e120c1da",
  ],
  [
    `920f123bdecafbadcafebabe0001e2400000b26e10000000${PAYLOAD}`,
    "920f123bdecafbadcafebabecbf24c124330e1c8c2de0000599dd45bc9d687b603e8b59d771fd38e88b170e0cd31e125eabe",
    "920f123bdecafbadcafebabedcb38c9e48bf95f4c2de000061ee432cf920317076613258d3ce4236c06ac429681ad08413512dc98b5207d8",
  ],
];

test("RFC 9335 App. A: Cryptex", () => {
  for (const [plain, counter, sealed] of CRYPTEX) {
    check({ cryptex: true }, plain, counter);
    check({ cryptex: true, profile: SrtpProfile.AEAD_AES_128_GCM }, plain, sealed);
  }
});

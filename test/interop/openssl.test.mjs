// DTLS 1.2 against the openssl command, both ways round, with every suite and kind of certificate. Skipped where there is no
// openssl. Alone: npm run build && node --test test/interop/openssl.test.mjs
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as crypto from "node:crypto";
import dgram from "node:dgram";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Transmit } from "visavis/base";
import { createCertificate, fingerprint, PrivateKey, SystemRandom } from "visavis/crypto";
import { DtlsConnection, DtlsVersion, NamedGroup } from "visavis/dtls";

const found = spawnSync("openssl", ["version"]).status === 0;
const skip = found ? false : "there is no openssl command here";
const random = new SystemRandom();
const HOST = "127.0.0.1";
const PATIENCE = 10_000;
const OURS = "a line from visavis\n";
const THEIRS = "a line from openssl\n";

/** @type {string} */
let folder;
/** @type {Record<string, import("visavis/crypto").Certificate>} */
let ours;

before(() => {
  if (!found) return;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-openssl-"));
  ours = {};
  const rsa = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  for (const [kind, privateKey] of /** @type {const} */ ([
    ["ecdsa", PrivateKey.generateP256(random)],
    ["rsa", PrivateKey.of(rsa)],
  ])) {
    assert.ok(privateKey !== undefined);
    const made = () => createCertificate({ random, wallTime: Date.now(), privateKey });
    ours[kind] = made();
    const theirs = made();
    fs.writeFileSync(path.join(folder, `${kind}.key`), privateKey.toPem());
    fs.writeFileSync(path.join(folder, `${kind}.pem`), new crypto.X509Certificate(theirs.der).toString());
  }
});

after(() => {
  if (found) fs.rmSync(folder, { recursive: true });
});

/**
 * One connection; it resolves when a line went each way.
 * @param {{ role: "client" | "server", mine?: string, theirs?: string, args?: string[], options?: object }} scene
 */
async function connect({ role, mine = "ecdsa", theirs = "ecdsa", args = [], options = {} }) {
  const socket = dgram.createSocket("udp4");
  await new Promise((resolve) => socket.bind(0, HOST, () => resolve(undefined)));
  const der = new crypto.X509Certificate(fs.readFileSync(path.join(folder, `${theirs}.pem`))).raw;
  const dtls = new DtlsConnection({
    role,
    certificate: /** @type {NonNullable<typeof ours[string]>} */ (ours[mine]),
    random,
    remoteFingerprints: [{ algorithm: "sha-256", value: fingerprint(der, "sha-256") }],
    ...options,
  });
  const files = ["-cert", path.join(folder, `${theirs}.pem`), "-key", path.join(folder, `${theirs}.key`)];
  /** @type {{ port: number } | undefined} */
  let remote;
  /** @type {string[]} */
  let command;
  if (role === "client") {
    remote = { port: await freePort() };
    command = ["s_server", "-dtls1_2", "-quiet", "-Verify", "1", "-accept", `${HOST}:${remote.port}`, ...files, ...args];
  } else {
    command = ["s_client", "-dtls1_2", "-connect", `${HOST}:${socket.address().port}`, ...files, ...args];
  }
  const child = spawn("openssl", command, { stdio: ["pipe", "pipe", "pipe"] });
  const out = new Transmit();
  const now = () => performance.now();
  let [printed, received, sent] = ["", "", false];
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {NodeJS.Timeout | undefined} */
  let limit;
  /** @type {import("visavis/dtls").DtlsEvent[]} */
  const events = [];
  try {
    return await new Promise((resolve, reject) => {
      limit = setTimeout(() => reject(new Error(`nothing after ${PATIENCE} ms: ${printed}`)), PATIENCE);
      const pump = () => {
        dtls.advance(now());
        for (let event = dtls.takeEvent(); event; event = dtls.takeEvent()) {
          events.push(event);
          if (event.type === "closed") reject(event.error ?? new Error("closed"));
        }
        for (let data = dtls.takePlaintext(); data; data = dtls.takePlaintext()) {
          received += new TextDecoder().decode(data.bytes.subarray(data.start, data.end));
        }
        const flush = () => socket.send(out.view().slice(), remote?.port, HOST);
        for (;;) {
          out.reset();
          if (!dtls.transmit(out, now())) break;
          assert.ok(out.length <= 1200);
          flush();
        }
        if (dtls.state === "connected" && !sent) {
          sent = true;
          out.reset();
          out.bytes.set(new TextEncoder().encode(OURS), out.start);
          out.length = OURS.length;
          dtls.seal(out);
          flush();
        }
        clearTimeout(timer);
        if (dtls.deadline() !== Number.POSITIVE_INFINITY) timer = setTimeout(pump, Math.max(1, dtls.deadline() - now()));
        if (received.includes(THEIRS) && printed.includes(OURS)) {
          const [event] = events;
          assert.ok(event?.type === "connected");
          resolve(event);
        }
      };
      /** @param {Buffer} text */
      const onText = (text) => {
        if (!printed.includes(OURS) && (printed + text).includes(OURS)) child.stdin.write(THEIRS);
        printed += text;
        pump();
      };
      child.stdout.on("data", onText);
      child.stderr.on("data", onText);
      socket.on("message", (datagram, { port }) => {
        remote ??= { port };
        dtls.receive(new Uint8Array(datagram), now());
        pump();
      });
      dtls.start(now());
      // The client repeats its hello until the server listens.
      pump();
    });
  } finally {
    clearTimeout(limit);
    clearTimeout(timer);
    child.kill();
    socket.close();
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const probe = dgram.createSocket("udp4");
    probe.bind(0, HOST, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

for (const role of /** @type {const} */ (["client", "server"])) {
  test(`${role}: offering 1.3 too, or 1.2 alone`, { skip }, async () => {
    for (const options of [{}, { maxVersion: DtlsVersion.V1_2 }, { groups: [NamedGroup.SECP256R1] }, { mtu: 300 }]) {
      const event = await connect({ role, options });
      assert.equal(event.version, DtlsVersion.V1_2);
    }
  });

  test(`${role}: every suite and certificate`, { skip }, async () => {
    for (const [kind, name] of [
      ["ecdsa", "ECDSA"],
      ["rsa", "RSA"],
    ]) {
      for (const cipher of ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"]) {
        const args = ["-cipher", `ECDHE-${name}-${cipher}`];
        const event = await connect({ role, mine: kind, theirs: kind, args });
        assert.match(event.cipherSuiteName, new RegExp(`^TLS_ECDHE_${name}_WITH_${cipher.slice(0, 3)}`));
      }
    }
  });

  test(`${role}: an SRTP profile`, { skip }, async () => {
    const args = ["-use_srtp", "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"];
    const event = await connect({ role, args, options: { srtpProfiles: [7, 1] } });
    assert.equal(event.srtpProfile, 7);
  });

  test(`${role}: a cookie`, { skip }, async () => {
    const event = await connect(role === "client" ? { role, args: ["-listen"] } : { role, options: { cookie: true } });
    assert.equal(event.version, DtlsVersion.V1_2);
  });

  test(`${role}: nothing but old suites is refused`, { skip }, async () => {
    await assert.rejects(connect({ role, args: ["-cipher", "ECDHE-ECDSA-AES128-SHA"] }), { code: "handshake-failure" });
  });
}

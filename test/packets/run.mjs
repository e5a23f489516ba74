// npm run test:packets: has tshark read our packets from simulated conversations. It must know every protocol that is in them
// and find nothing malformed and nothing against the rules.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-packets-"));

/** Packets with a chunk of this type. @param {number} type */
function chunk(type) {
  return `sctp.chunk_type == ${type}`;
}

/** RTCP packets of this type, and feedback with this format. @param {number} type @param {number} [format] */
function rtcp(type, format) {
  const field = type === 205 ? "rtcp.rtpfb.fmt" : "rtcp.psfb.fmt";
  return format === undefined ? `rtcp.pt == ${type}` : `rtcp.pt == ${type} && ${field} == ${format}`;
}

/** Which protocols each capture must show, at least this often. Dissectors before tshark 4.2 see only the hellos of DTLS 1.3. */
const EXPECTED = {
  // FORWARD TSN (192), RE-CONFIG (130).
  sctp: { sctp: 100, [chunk(0)]: 50, [chunk(192)]: 1, [chunk(130)]: 4 },
  // I-DATA (64), I-FORWARD-TSN (194), probes of the path: HEARTBEAT (4) and PAD (132).
  "sctp-idata": { sctp: 100, [chunk(64)]: 50, [chunk(194)]: 1, [chunk(130)]: 4, [chunk(4)]: 1, [chunk(132)]: 1 },
  "sctp-zero-checksum": { sctp: 100, "sctp.checksum == 0": 50, [chunk(192)]: 1 },
  // INITs told ahead: no packet has one.
  "sctp-snap": { sctp: 100, "sctp.checksum == 0": 50, [chunk(64)]: 50, [`!(${chunk(1)}) && !(${chunk(2)})`]: 100 },
  // SR, RR, SDES, BYE, XR; NACK, PLI; feedback of the three kinds.
  rtp: {
    rtp: 1000,
    [rtcp(200)]: 10,
    [rtcp(202)]: 10,
    [rtcp(203)]: 1,
    [rtcp(207)]: 5,
    [rtcp(205, 1)]: 10,
    [rtcp(206, 1)]: 5,
    [rtcp(205, 15)]: 50,
  },
  "rtp-ccfb": { rtp: 1000, [rtcp(200)]: 10, [rtcp(205, 11)]: 50 },
  "rtp-remb": { rtp: 1000, [rtcp(200)]: 10, [rtcp(206, 15)]: 10 },
  dtls13: { stun: 4, dtls: 4 },
  "dtls13-retry": { stun: 4, dtls: 6 },
  dtls12: { stun: 4, dtls: 50 },
};

/**
 * Malformed, or an error to the dissector's experts. That a lost flight is sent again is no error of the packets, nor that a SACK tells of more
 * than the hundred TSNs that the dissector follows.
 */
const FILTER =
  '(_ws.malformed || _ws.expert.severity >= 6291456 || sctp.checksum.status == 0) && !(_ws.expert.message contains "retransmission?") && !(_ws.expert.message contains "gap-acknowledged")';

/** @param {string[]} args */
function tshark(args) {
  const { stdout, stderr, status, error } = spawnSync("tshark", args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (error) throw new Error(`tshark cannot be run (${error.message}): apt-get install tshark`);
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  return stdout.trim() === "" ? [] : stdout.trim().split("\n");
}

let failed = 0;
try {
  const { status, stderr } = spawnSync(process.execPath, ["build/simulation/captures.js", folder], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`no captures: ${stderr}`);
  for (const [name, protocols] of Object.entries(EXPECTED)) {
    const file = path.join(folder, `${name}.pcapng`);
    // What it does not know (DTLS 1.3) it guesses at: GOOSE is what it takes sealed records for that begin by chance as that does.
    const guesses = ["--disable-protocol", "goose", ...(name.startsWith("rtp") ? ["-d", "udp.port==5004,rtp"] : [])];
    const read = ["-r", file, ...guesses, "-o", "sctp.checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
    const wrong = tshark([
      ...read,
      "-Y",
      FILTER,
      "-T",
      "fields",
      "-e",
      "frame.number",
      "-e",
      "_ws.col.Info",
      "-e",
      "_ws.expert.message",
    ]);
    const counts = Object.entries(protocols).map(([protocol, least]) => {
      const count = tshark([...read, "-Y", protocol]).length;
      if (count < least) wrong.push(`only ${count} packets of ${protocol}`);
      return `${count} ${protocol}`;
    });
    console.log(`${name}: ${counts.join(", ")}; ${wrong.length === 0 ? "nothing malformed" : "WRONG"}`);
    for (const line of wrong.slice(0, 20)) console.log(`  ${line}`);
    if (wrong.length > 0) failed++;
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`${Object.keys(EXPECTED).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

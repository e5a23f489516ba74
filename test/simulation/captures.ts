/**
 * Captures of simulated conversations, for a dissector that we did not write: node build/simulation/captures.js FOLDER
 */
import fs from "node:fs";
import path from "node:path";
import { type PacketLog, Simulation } from "@visavis/netsim";
import { ChannelTable, type ChannelTableFeatures } from "visavis/datachannel";
import { createToldInit, type ToldInits } from "visavis/sctp";
import { createWebRTC, type PeerExtensions, type RTCDataChannel } from "visavis/webrtc";
import { rtpCall } from "./rtp-call.ts";

/** The UDP port on which dissectors expect SCTP (RFC 6951). */
const SCTP_PORT = 9899;

/** The UDP port that the dissector is told to be that of RTP, and RTCP beside it (RFC 5761). */
const RTP_PORT = 5004;

/** What an association begins with, beside the defaults. */
interface Beginning {
  readonly features?: ChannelTableFeatures;
  /** The INITs are told ahead. */
  readonly told?: boolean;
  /** The path may carry so much more than the base size that probes ask how much. */
  readonly maxMtu?: number;
}

/** Channels of several kinds over a bad link, closed and aborted: SCTP in the clear. */
function channels({ features = {}, told = false, maxMtu }: Beginning): PacketLog {
  const sim = new Simulation({ seed: 11 });
  const link = sim.link({ delay: 20, loss: 0.1, reorder: 0.1, reorderDelay: 30, duplicate: 0.05 });
  const log = sim.tap();
  const make = (): ChannelTable => new ChannelTable({ random: sim.random, maxReceiveMessageSize: 262_144, features });
  const [a, z] = link.connect(make(), make(), { port: SCTP_PORT });
  const [ours, theirs] = [a, z].map(() => createToldInit({ random: sim.random, features }));
  const inits = (local = ours, remote = theirs): { inits?: ToldInits } =>
    told && local !== undefined && remote !== undefined ? { inits: { local, remote } } : {};
  const path = maxMtu === undefined ? {} : { path: { maxMtu } };
  a.engine.start({ dtlsRole: "client", maxMessageSize: 262_144, ...inits(), ...path }, sim.now);
  z.engine.start({ dtlsRole: "server", maxMessageSize: 262_144, ...inits(theirs, ours), ...path }, sim.now);
  const kinds = [
    { ordered: true },
    { ordered: false },
    { ordered: true, maxRetransmits: 0 },
    { ordered: false, maxPacketLifeTime: 200 },
  ];
  const open = kinds.map((kind, i) => a.engine.create({ label: `channel ${i}`, protocol: "test", negotiated: false, ...kind }));
  sim.runFor(3000);
  for (const channel of open) {
    for (let i = 1; i < 40; i++) a.engine.send(channel, new Uint8Array(i * 101).fill(i), "binary", sim.now);
    a.engine.send(channel, new Uint8Array(0), "string", sim.now);
  }
  sim.runFor(20_000);
  for (const channel of open) a.engine.close(channel, sim.now);
  sim.runFor(60_000);
  a.engine.shutdown(sim.now);
  sim.runFor(1000);
  return log;
}

/** A whole connection: STUN, DTLS of the given version, and what it seals. */
async function connection(extensions: PeerExtensions): Promise<PacketLog> {
  const sim = new Simulation({ seed: 12 });
  const [b, c] = ["3", "4"].map((host) => sim.host({ name: host, addresses: [`10.0.0.${host}`, `fd00::${host}`] }));
  if (b === undefined || c === undefined) throw new Error("no hosts");
  sim.link(b, c, { delay: 10, loss: 0.05 });
  const log = sim.tap();
  const [caller, callee] = [b, c].map((host) => new (createWebRTC(host.platform, extensions).RTCPeerConnection)());
  if (caller === undefined || callee === undefined) throw new Error("no peers");
  caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate ?? undefined);
  callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate ?? undefined);
  let received = 0;
  callee.ondatachannel = ({ channel }) => {
    channel.onmessage = () => {
      received++;
    };
  };
  const channel: RTCDataChannel = caller.createDataChannel("packets");
  channel.onopen = () => {
    for (let i = 0; i < 20; i++) channel.send(new Uint8Array(5000));
  };
  void (async () => {
    await caller.setLocalDescription();
    await callee.setRemoteDescription(caller.localDescription as never);
    await callee.setLocalDescription();
    await caller.setRemoteDescription(callee.localDescription as never);
  })();
  await sim.run({ until: () => received === 20, within: 60_000 });
  caller.close();
  callee.close();
  await sim.run({ until: sim.sleep(100), within: 1000 });
  return log;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: captures.js FOLDER");
fs.mkdirSync(folder, { recursive: true });
const write = (name: string, log: PacketLog): void => fs.writeFileSync(path.join(folder, `${name}.pcapng`), log.pcapng());
const CLASSIC = { interleaving: false, zeroChecksum: false };
write("sctp", channels({ features: CLASSIC }));
write("sctp-idata", channels({ features: { zeroChecksum: false }, maxMtu: 1452 }));
write("sctp-zero-checksum", channels({ features: { interleaving: false } }));
write("sctp-snap", channels({ told: true, maxMtu: 1452 }));
write("rtp", rtpCall("transport-cc", RTP_PORT));
write("rtp-ccfb", rtpCall("ack ccfb", RTP_PORT));
write("rtp-remb", rtpCall("goog-remb", RTP_PORT));
write("dtls13", await connection({}));
write("dtls13-retry", await connection({ dtls: { cookie: true } }));
write("dtls12", await connection({ dtls: { maxVersion: "1.2" } }));

/**
 * Two whole peer connections move ten megabytes over a bad link in virtual time, and everything is counted.
 */
import { Simulation } from "@visavis/netsim";
import { countersOf, createWebRTC, type PeerExtensions, type RTCDataChannel, type RTCPeerConnection } from "visavis/webrtc";

/** Mechanisms of SCTP that can be switched off, to show that the transfer needs them. */
export type Fault = "noRetransmission" | "noReorderRepair" | "noDuplicateDetection";

/** What one run is made of. */
export interface TransferOptions {
  readonly seed: number | string;
  /** Bytes to move; default ten million. */
  readonly bytes?: number;
  readonly fault?: Fault;
  /** Virtual milliseconds after which the transfer counts as failed; default half an hour. */
  readonly within?: number;
}

/** What one run came to. */
export interface TransferReport {
  readonly seed: number | string;
  /** Over all datagrams, their times and fates. */
  readonly hash: string;
  readonly virtualSeconds: number;
  readonly cpuSeconds: number;
  readonly sent: number;
  readonly dropped: number;
  readonly reordered: number;
  readonly duplicated: number;
  /** DATA chunks that were sent again. */
  readonly retransmitted: number;
  /** What was wrong; undefined when every byte arrived once and in order. */
  readonly failure: string | undefined;
}

/** 5 % loss, 80 ms each way, reordering and duplication. */
const LINK = { delay: 80, jitter: 5, loss: 0.05, reorder: 0.02, reorderDelay: 30, duplicate: 0.02 };
/** The same, but so late that what is held back is sent again, which alone makes duplicates: DTLS drops those of the network. */
const LATE = { ...LINK, reorderDelay: 300 };
const HIGH_WATER = 1 << 20;

/** Message sizes go round this list: whole messages in one chunk, and messages of many. */
const SIZES: readonly number[] = [1000, 65_536, 17, 16_384, 1, 4000, 32_768, 300];

/** The byte at `position` of the stream that `seed` makes: cheap, and no two places look alike. */
function byteAt(position: number, salt: number): number {
  let x = (position ^ salt) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 13)) & 0xff;
}

class Receiver {
  position = 0;
  messages = 0;
  failure: string | undefined;
  readonly #salt: number;
  readonly #total: number;

  constructor(salt: number, total: number) {
    this.#salt = salt;
    this.#total = total;
  }

  get done(): boolean {
    return this.failure !== undefined || this.position >= this.#total;
  }

  take(data: ArrayBuffer): void {
    if (this.failure !== undefined) return;
    const bytes = new Uint8Array(data);
    const size = Math.min(SIZES[this.messages % SIZES.length] ?? 1, this.#total - this.position);
    if (bytes.length !== size) this.failure = `message ${this.messages} has ${bytes.length} bytes, not ${size}`;
    for (let i = 0; i < bytes.length && this.failure === undefined; i++) {
      if (bytes[i] !== byteAt(this.position + i, this.#salt)) this.failure = `message ${this.messages} differs at byte ${i}`;
    }
    this.messages++;
    this.position += bytes.length;
  }
}

/** Sends while the buffer is below the mark, and goes on when it has drained. */
function feed(channel: RTCDataChannel, salt: number, total: number): void {
  let position = 0;
  let messages = 0;
  const more = (): void => {
    while (position < total && channel.bufferedAmount < HIGH_WATER) {
      const size = Math.min(SIZES[messages % SIZES.length] ?? 1, total - position);
      const start = position;
      channel.send(Uint8Array.from({ length: size }, (_, i) => byteAt(start + i, salt)));
      position += size;
      messages++;
    }
  };
  channel.bufferedAmountLowThreshold = HIGH_WATER / 2;
  channel.onbufferedamountlow = more;
  more();
}

async function negotiate(caller: RTCPeerConnection, callee: RTCPeerConnection): Promise<void> {
  caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate ?? undefined);
  callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate ?? undefined);
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription as never);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription as never);
}

/** Runs one transfer. */
export async function transfer(options: TransferOptions): Promise<TransferReport> {
  const { seed, bytes: total = 10_000_000, fault, within = 1_800_000 } = options;
  const cpu = process.cpuUsage();
  const sim = new Simulation({ seed });
  const hosts = ["10.0.0.1", "10.0.0.2"].map((address) => sim.host({ name: address, addresses: [address] }));
  const [here, there] = hosts;
  if (here === undefined || there === undefined) throw new Error("no hosts");
  sim.link(here, there, fault === "noDuplicateDetection" ? LATE : LINK);
  const extensions: PeerExtensions = fault === undefined ? {} : { sctp: { faults: { [fault]: true } } };
  const [caller, callee] = [here, there].map((host) => new (createWebRTC(host.platform, extensions).RTCPeerConnection)());
  if (caller === undefined || callee === undefined) throw new Error("no peers");
  const salt = Number(sim.seed) | 0;
  const receiver = new Receiver(salt, total);
  callee.ondatachannel = ({ channel }) => {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => receiver.take(data as ArrayBuffer);
    channel.onclose = () => {
      receiver.failure ??= "the channel was closed";
    };
  };
  const channel = caller.createDataChannel("bulk");
  channel.onopen = () => feed(channel, salt, total);
  let failure: string | undefined;
  try {
    void negotiate(caller, callee);
    await sim.run({ until: () => receiver.done, within });
    // Copies and late datagrams must not add anything.
    await sim.run({ until: sim.sleep(2000), within: 3000 });
    failure = receiver.failure ?? (receiver.position === total ? undefined : `${receiver.position} of ${total} bytes`);
  } catch (error) {
    failure = error instanceof Error ? (error.message.split("\n")[0] ?? "failed") : String(error);
  }
  const { sent, dropped, reordered, duplicated } = sim.counts;
  const retransmitted = [caller, callee].reduce((sum, pc) => sum + (countersOf(pc)?.sctp?.chunksRetransmitted ?? 0), 0);
  caller.close();
  callee.close();
  const used = process.cpuUsage(cpu);
  const cpuSeconds = (used.user + used.system) / 1e6;
  const hash = String(sim.hash);
  return { seed, hash, virtualSeconds: sim.now / 1000, cpuSeconds, sent, dropped, reordered, duplicated, retransmitted, failure };
}

/** What is wrong with a run: a failed transfer, or a link that did not do what the run is there for. */
export function faultOf(report: TransferReport): string | undefined {
  if (report.failure !== undefined) return report.failure;
  for (const count of ["sent", "dropped", "reordered", "duplicated", "retransmitted"] as const) {
    if (report[count] === 0) return `nothing was ${count}: the run proves nothing`;
  }
  return undefined;
}

/** One line for people. */
export function lineOf(report: TransferReport): string {
  const { seed, hash, virtualSeconds, cpuSeconds, sent, dropped, reordered, duplicated, retransmitted } = report;
  const counts = `sent ${sent}, dropped ${dropped}, reordered ${reordered}, duplicated ${duplicated}, retransmitted ${retransmitted}`;
  return `seed ${seed}: ${counts}; ${virtualSeconds.toFixed(1)} virtual s, ${cpuSeconds.toFixed(2)} s CPU, hash ${hash}; ${faultOf(report) ?? "intact"}`;
}

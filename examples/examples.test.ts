/** Every example runs as its first lines say. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { mediaDevices, RTCPeerConnection } from "visavis";
import { decodeIvf, decodeOggOpus, encodedFrames, requestKeyFrame, rtpPackets } from "visavis/media";

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../examples");
const run = promisify(execFile);

/** What an example prints; it must end by itself. */
async function printed(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(folder, name), ...args], { timeout: 20_000 });
  return stdout;
}

test("hello.mjs says hello and ends", async () => {
  assert.equal(await printed("hello.mjs"), "you said: hello\n");
});

test("stream-a-file.mjs moves a file", async () => {
  const temporary = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-example-"));
  const bytes = randomBytes(3_000_000);
  await fs.writeFile(path.join(temporary, "file"), bytes);
  const output = await printed("stream-a-file.mjs", path.join(temporary, "file"));
  await fs.rm(temporary, { recursive: true });
  assert.match(output, /^3\.0 MB in .* SHA-256 is the same: /);
  assert.ok(output.includes(createHash("sha256").update(bytes).digest("hex")));
});

test("worker.mjs answers from a worker thread and ends", async () => {
  assert.equal(await printed("worker.mjs"), "the worker hashed the same 2 MiB\n");
});

test("streams.mjs copies a file through a channel", async () => {
  const temporary = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-example-"));
  const bytes = randomBytes(2_000_000);
  await fs.writeFile(path.join(temporary, "from"), bytes);
  assert.equal(await printed("streams.mjs", path.join(temporary, "from"), path.join(temporary, "to")), "SHA-256 is the same\n");
  assert.ok(bytes.equals(await fs.readFile(path.join(temporary, "to"))));
  await fs.rm(temporary, { recursive: true });
});

/** Starts an example that serves a page, and gives its offers to it. */
async function served(
  name: string,
  environment: Record<string, string>,
  ...args: string[]
): Promise<{ call(pc: RTCPeerConnection): Promise<void>; page(): Promise<string>; kill(): void; readonly said: string[] }> {
  const server = spawn(process.execPath, [path.join(folder, name), ...args], {
    env: { ...process.env, ...environment, PORT: "0" },
  });
  const said: string[] = [];
  server.stderr.on("data", (text) => said.push(String(text)));
  const [line] = await once(server.stdout, "data");
  server.stdout.on("data", (text) => said.push(String(text)));
  const url = String(line).trim();
  return {
    said,
    kill: () => server.kill(),
    page: async () => (await fetch(url)).text(),
    call: async (pc) => {
      await pc.setLocalDescription();
      while (pc.iceGatheringState !== "complete") await once(pc, "icegatheringstatechange");
      const response = await fetch(`${url}/offer`, { method: "POST", body: JSON.stringify(pc.localDescription) });
      assert.equal(response.status, 200);
      await pc.setRemoteDescription((await response.json()) as { type: "answer"; sdp: string });
    },
  };
}

test("record.mjs writes what arrives, and play-files.mjs plays it", async () => {
  const temporary = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-example-"));
  const recorder = await served("record.mjs", {}, path.join(temporary, "film"));
  const sender = new RTCPeerConnection();
  const receiver = new RTCPeerConnection();
  const stream = await mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) sender.addTrack(track, stream);
  let player: typeof recorder | undefined;
  try {
    assert.match(await recorder.page(), /getUserMedia/);
    await recorder.call(sender);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    sender.close();
    for (let waited = 0; recorder.said.join("").split("done").length < 3 && waited < 100; waited++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.deepEqual([...recorder.said.join("").trim().split("\n")].sort(), ["audio: done", "video: done"]);
    const video = decodeIvf(await fs.readFile(path.join(temporary, "film.ivf")));
    const audio = decodeOggOpus(await fs.readFile(path.join(temporary, "film.opus")));
    assert.ok(video !== undefined && audio !== undefined);
    assert.deepEqual([video.mimeType, video.width, video.height, video.frames[0]?.keyFrame], ["video/VP8", 640, 480, true]);
    assert.ok(
      video.frames.length > 30 && audio.frames.length > 50,
      `${video.frames.length} pictures, ${audio.frames.length} packets`,
    );

    player = await served("play-files.mjs", {}, path.join(temporary, "film.ivf"), path.join(temporary, "film.opus"));
    assert.match(await player.page(), /<video/);
    const tracks = (["audio", "video"] as const).map(
      (kind) => receiver.addTransceiver(kind, { direction: "recvonly" }).receiver.track,
    );
    const readers = tracks.map((track) => encodedFrames(track).getReader());
    await player.call(receiver);
    const [sound, picture] = await Promise.all(readers.map((reader) => reader.read()));
    assert.deepEqual(picture?.value?.data, video.frames[0]?.data);
    assert.equal(sound?.value?.mimeType, "audio/opus");
    assert.ok(audio.frames.some(({ data }) => Buffer.from(data).equals(sound?.value?.data ?? new Uint8Array(0))));
  } finally {
    for (const track of stream.getTracks()) track.stop();
    sender.close();
    receiver.close();
    recorder.kill();
    player?.kill();
    await fs.rm(temporary, { recursive: true });
  }
});

test("camera.mjs forwards RTP", async () => {
  const socket = dgram.createSocket("udp4");
  const free = dgram.createSocket("udp4").bind(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address();
  free.close();
  const camera = await served("camera.mjs", { RTP_PORT: String(port) });
  const pc = new RTCPeerConnection();
  const stream = await mediaDevices.getUserMedia({ video: true });
  const [track] = stream.getTracks();
  assert.ok(track !== undefined);
  const options = { payloadType: 96, mimeType: "video/H264", parameters: "packetization-mode=1" };
  const sending = rtpPackets(track, options).pipeTo(
    new WritableStream({ write: (packet) => void socket.send(packet, port, "127.0.0.1") }),
  );
  try {
    assert.match(await camera.page(), /<video/);
    const reader = encodedFrames(pc.addTransceiver("video", { direction: "recvonly" }).receiver.track).getReader();
    await camera.call(pc);
    const ask = setInterval(() => requestKeyFrame(track), 500);
    const { value } = await reader.read();
    clearInterval(ask);
    assert.deepEqual([value?.mimeType, value?.keyFrame, value?.width, value?.height], ["video/H264", true, 320, 240]);
  } finally {
    track.stop();
    await sending;
    socket.close();
    pc.close();
    camera.kill();
  }
});

test("browser-echo.mjs answers an offer and says back what it hears", async () => {
  const server = spawn(process.execPath, [path.join(folder, "browser-echo.mjs")], { env: { ...process.env, PORT: "0" } });
  const pc = new RTCPeerConnection();
  try {
    const [line] = await once(server.stdout, "data");
    const url = String(line).trim();
    assert.match(await (await fetch(url)).text(), /Echo/);
    assert.equal((await fetch(`${url}/offer`, { method: "POST", body: "rubbish" })).status, 400);
    const channel = pc.createDataChannel("echo");
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== "complete") await once(pc, "icegatheringstatechange");
    const response = await fetch(`${url}/offer`, { method: "POST", body: JSON.stringify(pc.localDescription) });
    await pc.setRemoteDescription((await response.json()) as { type: "answer"; sdp: string });
    await once(channel, "open");
    channel.send("guten Tag");
    const [message] = await once(channel, "message");
    assert.equal((message as MessageEvent).data, "guten Tag");
  } finally {
    pc.close();
    server.kill();
  }
});

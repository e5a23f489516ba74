// Records the camera and the microphone of a browser, as it encodes them: FILE.ivf (VP8, VP9, AV1) or FILE.h264, and FILE.opus.
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import { RTCPeerConnection } from "visavis";
import { encodedFrames, IvfWriter, OggOpusWriter, requestKeyFrame } from "visavis/media";

const PAGE = `<!doctype html><meta charset="utf-8"><title>Record</title><button>Stop</button><video autoplay muted playsinline></video>
<script type="module">
const pc = new RTCPeerConnection();
const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
document.querySelector("video").srcObject = stream;
document.querySelector("button").onclick = () => pc.close();
for (const track of stream.getTracks()) pc.addTrack(track, stream);
await pc.setLocalDescription();
if (pc.iceGatheringState !== "complete")
  await new Promise((resolve) => (pc.onicecandidate = ({ candidate }) => candidate === null && resolve()));
const response = await fetch("/offer", { method: "POST", body: JSON.stringify(pc.localDescription) });
await pc.setRemoteDescription(await response.json());
</script>`;

const name = process.argv[2];
if (name === undefined) {
  console.error("usage: node examples/record.mjs FILE");
  process.exit(2);
}

/** What is put behind the file for each frame. */
const WRITERS = {
  opus: () => new OggOpusWriter(),
  ivf: () => new IvfWriter(),
  // With start codes, as they come, frames of H.264 are a byte stream.
  h264: () => ({ write: ({ data }) => data }),
};

/** Writes a track to a file of its format until it ends. */
async function record(track) {
  let writer;
  let file;
  // So that a player can begin somewhere in the midst of it.
  const every = setInterval(() => requestKeyFrame(track), 10_000);
  for await (const frame of encodedFrames(track)) {
    if (file === undefined) {
      const type = track.kind === "audio" ? "opus" : frame.mimeType === "video/H264" ? "h264" : "ivf";
      writer = WRITERS[type]();
      file = await fs.promises.open(`${name}.${type}`, "w");
    }
    await file.write(writer.write(frame));
  }
  clearInterval(every);
  if (writer?.end !== undefined) await file.write(writer.end());
  await file?.close();
  console.log(`${track.kind}: done`);
}

/** The answer to an offer, complete with candidates. */
async function answer(offer) {
  const pc = new RTCPeerConnection();
  pc.ontrack = ({ track }) => record(track).catch((error) => console.error(error));
  pc.onconnectionstatechange = () => {
    // It ends the tracks as well.
    if (["disconnected", "failed", "closed"].includes(pc.connectionState)) pc.close();
  };
  try {
    await pc.setRemoteDescription(offer);
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== "complete") await once(pc, "icegatheringstatechange");
    return pc.localDescription;
  } catch (error) {
    pc.close();
    throw error;
  }
}
const server = http.createServer(async (request, response) => {
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html; charset=utf-8").end(PAGE);
    return;
  }
  try {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) {
      body += chunk;
      if (body.length > 100_000) throw new Error("the offer is too long");
    }
    response.end(JSON.stringify(await answer(JSON.parse(body))));
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
});
server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => console.log(`http://localhost:${server.address().port}`));

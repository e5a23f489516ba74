// Plays files to browsers, as they are and in real time: IVF with VP8, VP9 or AV1, Ogg with Opus, H.264 as a byte stream of 25 pictures a second.
// ffmpeg makes such files: ffmpeg -i film.mkv -an -c:v libvpx -g 50 film.ivf -vn -c:a libopus film.opus
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import { RTCPeerConnection } from "visavis";
import { createEncodedTrack, decodeAnnexB, decodeIvf, decodeOggOpus, playFile } from "visavis/media";

const PAGE = `<!doctype html><meta charset="utf-8"><title>Film</title><video autoplay muted controls playsinline></video>
<script type="module">
const pc = new RTCPeerConnection();
const stream = new MediaStream();
document.querySelector("video").srcObject = stream;
pc.ontrack = ({ track }) => stream.addTrack(track);
pc.addTransceiver("audio", { direction: "recvonly" });
pc.addTransceiver("video", { direction: "recvonly" });
await pc.setLocalDescription();
if (pc.iceGatheringState !== "complete")
  await new Promise((resolve) => (pc.onicecandidate = ({ candidate }) => candidate === null && resolve()));
const response = await fetch("/offer", { method: "POST", body: JSON.stringify(pc.localDescription) });
await pc.setRemoteDescription(await response.json());
</script>`;

const files = process.argv.slice(2).map((name) => {
  const bytes = fs.readFileSync(name);
  const file = decodeIvf(bytes) ?? decodeOggOpus(bytes) ?? decodeAnnexB(bytes, "video/H264", 25);
  if (file === undefined) throw new Error(`${name} is no file of a kind that is known`);
  return file;
});
if (files.length === 0) {
  console.error("usage: node examples/play-files.mjs FILE...");
  process.exit(2);
}

/** The answer to an offer, complete with candidates. */
async function answer(offer) {
  const pc = new RTCPeerConnection();
  const tracks = files.map((file) => createEncodedTrack({ kind: file.kind }));
  const leave = () => {
    pc.close();
    for (const { end } of tracks) end();
  };
  pc.onconnectionstatechange = () => {
    if (["disconnected", "failed", "closed"].includes(pc.connectionState)) leave();
  };
  try {
    await pc.setRemoteDescription(offer);
    for (const { track } of tracks) pc.addTrack(track);
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== "complete") await once(pc, "icegatheringstatechange");
  } catch (error) {
    leave();
    throw error;
  }
  for (const [i, file] of files.entries()) {
    // It waits until the browser takes the frames, and fails when the track is ended.
    playFile(file, { repeat: true })
      .pipeTo(tracks[i].writable)
      .catch(() => {});
  }
  return pc.localDescription;
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

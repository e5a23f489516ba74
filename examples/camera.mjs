// A camera in a browser: RTP with H.264 comes in on a UDP port, and every browser gets it as it is. Cameras speak RTSP, which ffmpeg turns into RTP:
// ffmpeg -rtsp_transport tcp -i rtsp://CAMERA/PATH -an -c:v copy -bsf:v dump_extra=freq=keyframe -f rtp 'rtp://127.0.0.1:5004?pkt_size=1200'
import dgram from "node:dgram";
import { once } from "node:events";
import http from "node:http";
import { RTCPeerConnection } from "visavis";
import { rtpTrack } from "visavis/media";

const PAGE = `<!doctype html><meta charset="utf-8"><title>Camera</title><video autoplay muted controls playsinline></video>
<script type="module">
const pc = new RTCPeerConnection();
const stream = new MediaStream();
document.querySelector("video").srcObject = stream;
pc.ontrack = ({ track }) => stream.addTrack(track);
pc.addTransceiver("video", { direction: "recvonly" });
await pc.setLocalDescription();
if (pc.iceGatheringState !== "complete")
  await new Promise((resolve) => (pc.onicecandidate = ({ candidate }) => candidate === null && resolve()));
const response = await fetch("/offer", { method: "POST", body: JSON.stringify(pc.localDescription) });
await pc.setRemoteDescription(await response.json());
</script>`;

const camera = rtpTrack({
  kind: "video",
  label: "camera",
  codecs: [{ payloadType: 96, mimeType: "video/H264", parameters: "packetization-mode=1" }],
});
const socket = dgram.createSocket("udp4");
socket.on("message", (packet) => camera.write(packet));
socket.bind(Number(process.env.RTP_PORT ?? 5004), "127.0.0.1");

/** The answer to an offer, complete with candidates. */
async function answer(offer) {
  const pc = new RTCPeerConnection();
  pc.onconnectionstatechange = () => {
    if (["disconnected", "failed"].includes(pc.connectionState)) pc.close();
  };
  try {
    await pc.setRemoteDescription(offer);
    pc.addTrack(camera.track);
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

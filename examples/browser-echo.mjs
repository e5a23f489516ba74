// The smallest server that a browser can call. The page posts its offer, with all candidates in it, and gets the answer as the response:
// no WebSocket, no trickling. Each connection is closed when the browser leaves.
import { once } from "node:events";
import http from "node:http";
import { RTCPeerConnection } from "visavis";

const PAGE = `<!doctype html><meta charset="utf-8"><title>Echo</title><h1>Echo</h1><form><input autofocus><button>Send</button></form><ol></ol>
<script type="module">
const pc = new RTCPeerConnection();
const channel = pc.createDataChannel("echo");
const show = (text) => document.querySelector("ol").append(Object.assign(document.createElement("li"), { textContent: text }));
channel.onopen = () => show("connected");
channel.onclose = () => show("closed");
channel.onmessage = ({ data }) => show(data);
document.querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  channel.send(document.querySelector("input").value);
};
await pc.setLocalDescription();
if (pc.iceGatheringState !== "complete")
  await new Promise((resolve) => (pc.onicecandidate = ({ candidate }) => candidate === null && resolve()));
const response = await fetch("/offer", { method: "POST", body: JSON.stringify(pc.localDescription) });
await pc.setRemoteDescription(await response.json());
</script>`;

/** The answer to an offer, complete with candidates. */
async function answer(offer) {
  const pc = new RTCPeerConnection();
  pc.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(data);
  };
  pc.onconnectionstatechange = () => {
    if (pc.connectionState === "failed") pc.close();
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

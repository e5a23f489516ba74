// Two peer connections in one program: what one says, the other says back. In real life the descriptions and candidates travel over the network.
import { RTCPeerConnection } from "visavis";

const caller = new RTCPeerConnection();
const callee = new RTCPeerConnection();
caller.onicecandidate = ({ candidate }) => callee.addIceCandidate(candidate);
callee.onicecandidate = ({ candidate }) => caller.addIceCandidate(candidate);

callee.ondatachannel = ({ channel }) => {
  channel.onmessage = ({ data }) => channel.send(`you said: ${data}`);
};

const channel = caller.createDataChannel("chat");
channel.onopen = () => channel.send("hello");
channel.onmessage = ({ data }) => {
  console.log(data);
  caller.close();
  callee.close();
};

await caller.setLocalDescription();
await callee.setRemoteDescription(caller.localDescription);
await callee.setLocalDescription();
await caller.setRemoteDescription(callee.localDescription);

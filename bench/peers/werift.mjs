// werift: TypeScript all the way down.
import { RTCPeerConnection } from "werift";
import { w3cPeer } from "./w3c-peer.mjs";
import { weriftMedia } from "./werift-media.mjs";

// Its channels take a Buffer and nothing else.
class BufferConnection extends RTCPeerConnection {
  createDataChannel(label, options) {
    const channel = super.createDataChannel(label, options);
    const send = channel.send.bind(channel);
    channel.send = (bytes) => send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return channel;
  }
}

const peer = w3cPeer(() => new BufferConnection({ iceServers: [] }));

export default { ...peer, media: weriftMedia };

// node-datachannel: libdatachannel behind N-API, by its own interface, which is the faster of the two that it has.
import datachannel from "node-datachannel";
import { dataChannelMedia } from "./node-datachannel-media.mjs";

/** @param {any} channel @returns {import("./w3c-peer.mjs").Channel} */
function wrapChannel(channel) {
  return {
    send: (bytes) => channel.sendMessageBinary(bytes),
    bufferedAmount: () => channel.bufferedAmount(),
    onLow(threshold, callback) {
      channel.setBufferedAmountLowThreshold(threshold);
      channel.onBufferedAmountLow(callback);
    },
    onMessage: (callback) => channel.onMessage(callback),
  };
}

let count = 0;

/** @type {import("./w3c-peer.mjs").Peer} */
const peer = {
  end: () => datachannel.cleanup(),
  media: dataChannelMedia,
  connect(onSignal) {
    const connection = new datachannel.PeerConnection(`bench-${++count}`, { iceServers: [] });
    connection.onLocalDescription((sdp, type) => onSignal({ description: { type, sdp } }));
    connection.onLocalCandidate((candidate, sdpMid) => onSignal({ candidate: { candidate, sdpMid } }));
    // What it holds of a channel ends with the object of JavaScript: keep them as long as the connection.
    const channels = [];
    const incoming = new Promise((resolve) => {
      connection.onDataChannel((channel) => {
        channels.push(channel);
        resolve(wrapChannel(channel));
      });
    });
    return {
      createChannel(label, { ordered, maxRetransmits }) {
        const init = maxRetransmits === undefined ? { unordered: !ordered } : { unordered: !ordered, maxRetransmits };
        // Its first channel makes the offer too.
        const channel = connection.createDataChannel(label, init);
        channels.push(channel);
        return new Promise((resolve) => channel.onOpen(() => resolve(wrapChannel(channel))));
      },
      incomingChannel: () => incoming,
      offer() {},
      receiveSignal(signal) {
        if ("description" in signal) connection.setRemoteDescription(signal.description.sdp, signal.description.type);
        else connection.addRemoteCandidate(signal.candidate.candidate, signal.candidate.sdpMid ?? "0");
      },
      agreement: async () => undefined,
      close() {
        for (const channel of channels) channel.close();
        connection.close();
      },
    };
  },
};

export default peer;

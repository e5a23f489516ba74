// A peer with the face of the W3C, seen through the few calls that the scenes need. Every peer gets exactly this wrapping.

/**
 * @typedef {{ ordered: boolean, maxRetransmits?: number }} ChannelOptions
 * @typedef {{ type: string, sdp: string }} Description
 * @typedef {{ candidate: string, sdpMid: string | null, sdpMLineIndex?: number | null }} Candidate
 * @typedef {{ description: Description } | { candidate: Candidate }} Signal
 *
 * @typedef {object} Channel
 * @property {(bytes: Uint8Array) => void} send
 * @property {() => number} bufferedAmount
 * @property {(threshold: number, callback: () => void) => void} onLow
 * @property {(callback: (bytes: Uint8Array) => void) => void} onMessage
 *
 * @typedef {object} Connection
 * @property {(label: string, options: ChannelOptions) => Promise<Channel>} createChannel resolves when it is open
 * @property {() => Promise<Channel>} incomingChannel resolves when the other side's channel is open
 * @property {() => void} offer
 * @property {(signal: Signal) => void} receiveSignal
 * @property {() => Promise<string | undefined>} agreement what DTLS agreed on, where the peer tells
 * @property {() => Promise<number>} connected how long it took from setRemoteDescription on, in milliseconds
 * @property {() => void} close
 *
 * @typedef {object} Media one track of video one way, packet by packet
 * @property {Promise<unknown>} ready when packets may be sent
 * @property {() => void} offer
 * @property {(signal: Signal) => void} receiveSignal
 * @property {(payload: Uint8Array) => void} send as the next packet
 * @property {(callback: (payload: Uint8Array) => void) => void} onPayload of each packet, as it arrives
 * @property {() => Promise<string>} agreement the SRTP profile, where the peer tells
 * @property {() => void} close
 *
 * @typedef {object} Peer
 * @property {(onSignal: (signal: Signal) => void, options?: { pathMtuDiscovery?: boolean }) => Connection} connect
 * @property {(onSignal: (signal: any) => void, way: "send" | "receive") => Media} [media] of peers that give access to RTP
 * @property {() => void} end frees what would hold the process
 */

/** How often a peer without the event is asked for its bufferedAmount, in ms. */
const POLL = 1;

/** @param {any} channel @returns {Channel} */
function wrapChannel(channel) {
  channel.binaryType = "arraybuffer";
  return {
    send: (bytes) => channel.send(bytes),
    bufferedAmount: () => channel.bufferedAmount,
    onLow(threshold, callback) {
      if ("bufferedAmountLowThreshold" in channel) {
        channel.bufferedAmountLowThreshold = threshold;
        channel.addEventListener("bufferedamountlow", callback);
        return;
      }
      // The event has fired when the amount fell; here the callback comes more often, which the scenes bear.
      setInterval(() => channel.bufferedAmount <= threshold && callback(), POLL);
    },
    onMessage(callback) {
      channel.onmessage = ({ data }) => callback(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    },
  };
}

/** @param {any} channel @returns {Promise<Channel>} */
function opened(channel) {
  // Messages may come before whoever waits for the promise runs: the wrapping is ready before.
  const wrapped = wrapChannel(channel);
  if (channel.readyState === "open") return Promise.resolve(wrapped);
  return new Promise((resolve) => {
    channel.onopen = () => resolve(wrapped);
  });
}

/**
 * @param {(options: { pathMtuDiscovery?: boolean }) => any} create makes an RTCPeerConnection
 * @param {(connection: any) => Promise<string | undefined>} [agreement]
 * @returns {Peer}
 */
export function w3cPeer(create, agreement = async () => undefined) {
  return {
    end() {},
    connect(onSignal, options = {}) {
      const connection = create(options);
      let chain = Promise.resolve();
      let describedAt = 0;
      /** @type {Promise<number>} */
      const connected = new Promise((resolve) => {
        connection.onconnectionstatechange = () => {
          if (connection.connectionState === "connected") resolve(performance.now() - describedAt);
        };
      });
      /** @type {Promise<Channel>} */
      const incoming = new Promise((resolve) => {
        connection.ondatachannel = ({ channel }) => resolve(opened(channel));
      });
      connection.onicecandidate = ({ candidate }) => {
        if (!candidate?.candidate) return;
        const { sdpMid, sdpMLineIndex } = candidate;
        onSignal({ candidate: { candidate: candidate.candidate, sdpMid, sdpMLineIndex } });
      };
      /** @param {Description} description */
      const tell = ({ type, sdp }) => onSignal({ description: { type, sdp } });
      /** @param {Signal} signal */
      const receive = async (signal) => {
        if ("candidate" in signal) return await connection.addIceCandidate(signal.candidate);
        describedAt ||= performance.now();
        await connection.setRemoteDescription(signal.description);
        if (signal.description.type !== "offer") return;
        const answer = await connection.createAnswer();
        await connection.setLocalDescription(answer);
        tell(answer);
      };
      return {
        createChannel: (label, init) => opened(connection.createDataChannel(label, init)),
        incomingChannel: () => incoming,
        offer() {
          chain = chain.then(async () => {
            const offer = await connection.createOffer();
            await connection.setLocalDescription(offer);
            tell(offer);
          });
        },
        receiveSignal(signal) {
          // An unhandled rejection ends the side, which the run reports.
          chain = chain.then(() => receive(signal));
        },
        agreement: () => agreement(connection),
        connected: () => connected,
        close: () => connection.close(),
      };
    },
  };
}

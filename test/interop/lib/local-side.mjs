// The Node side of a call in the process of the test: quick to make, open to the test's eyes, and on a network that loses what it is told to.
import { countersOf, createWebRTC, nodePlatform } from "visavis/webrtc";
import { TestPeer } from "./peer.mjs";

/** The first byte of DTLS records: RFC 7983. What begins otherwise is STUN, which is not lost here. */
const isDtls = (/** @type {number} */ first) => first >= 20 && first < 64;

/** Loses a share of the datagrams that carry data, each way; the same ones whenever the same are sent. */
export class Loss {
  /** 0 to 1. */
  share = 0;
  lost = 0;
  #state = 7;

  /** @param {number} firstByte */
  takes(firstByte) {
    if (this.share === 0 || !isDtls(firstByte)) return false;
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    if (this.#state / 2 ** 32 >= this.share) return false;
    this.lost++;
    return true;
  }
}

/** Node's platform behind such a loss. @param {Loss} loss */
function lossyPlatform(loss) {
  const platform = nodePlatform();
  const { network } = platform;
  return {
    ...platform,
    network: {
      interfaces: () => network.interfaces(),
      resolve: (/** @type {any[]} */ ...question) => network.resolve(...question),
      bindUdp: async (options, onDatagram) => {
        // Without a listener for rows every datagram comes, and goes, by itself.
        const socket = await network.bindUdp(options, (datagram, address, port) => {
          if (!loss.takes(datagram[0])) onDatagram(datagram, address, port);
        });
        return {
          id: socket.id,
          address: socket.address,
          port: socket.port,
          dontFragment: socket.dontFragment,
          get busy() {
            return socket.busy;
          },
          send: (bytes, start, length, address, port) =>
            loss.takes(bytes[start]) || socket.send(bytes, start, length, address, port),
          close: () => socket.close(),
        };
      },
    },
  };
}

/**
 * A side as those of sides.mjs, and what only this one can tell.
 * @param {object} extensions as for createWebRTC
 */
export function localSide(extensions) {
  const loss = new Loss();
  const peer = new TestPeer(createWebRTC(lossyPlatform(loss), extensions).RTCPeerConnection, {});
  return {
    loss,
    /** @param {string} method @param {unknown[]} args */
    call: async (method, ...args) => peer[method](...args),
    /** What was counted of SCTP, and what both sides turned out to have. */
    sctp: () => {
      const sctp = countersOf(peer.pc)?.sctp;
      if (sctp === undefined) throw new Error("there is no association");
      return sctp;
    },
  };
}

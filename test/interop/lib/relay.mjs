// A relay of UDP between the two sides, that drops a share of the datagrams, and passes no more than a link of a given rate would:
// it puts its own address into the candidates that pass.
//
// Side 0 knows the relay's socket "near 0" as side 1, and the other way round; what arrives at one leaves by the other. Only the
// first IPv4 host candidate of each side goes on, so that there is one path and it is this one.
import dgram from "node:dgram";

const HOST_CANDIDATE = /^(?:a=)?candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host/i;
const KERNEL_BUFFER = 4 << 20;
/** The headers below a datagram, in bytes. */
const IP_AND_UDP = 28;

function bind() {
  const socket = dgram.createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "0.0.0.0", () => {
      socket.setRecvBufferSize(KERNEL_BUFFER);
      socket.setSendBufferSize(KERNEL_BUFFER);
      resolve(socket);
    });
  });
}

/** How long a datagram may wait in the queue of the link, in milliseconds; what would wait longer is dropped. */
const QUEUE = 300;

export class Relay {
  seen = 0;
  lost = 0;
  /** Dropped because the queue was full. */
  overflowed = 0;
  /** Of the datagrams to drop, 0 to 1; the same ones in every run. */
  share;
  /** Bits in a second, each way. */
  bitrate = Infinity;
  /** When the link has sent what it was given, each way. */
  #freeAt = [0, 0];
  #state = 7;
  #sockets;
  /** Where each side really is. @type {({ address: string, port: number } | undefined)[]} */
  #sides = [undefined, undefined];
  #closed = false;

  /** What the way takes, each way, in milliseconds. */
  delay;

  /** @param {number} [share] of the datagrams to drop @param {number} [delay] */
  constructor(share = 0, delay = 0) {
    this.share = share;
    this.delay = delay;
    this.#sockets = Promise.all([bind(), bind()]).then((sockets) => {
      sockets.forEach((socket, index) => {
        socket.on("message", (datagram) => this.#forward(sockets, index, datagram));
      });
      return sockets;
    });
  }

  #forward(sockets, from, datagram) {
    const to = this.#sides[1 - from];
    if (to === undefined) return;
    this.seen++;
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    if (this.#state / 2 ** 32 < this.share) {
      this.lost++;
      return;
    }
    const wait = this.#queue(from, datagram.length);
    if (wait === undefined) {
      this.overflowed++;
      return;
    }
    // Out of the socket that the receiver knows as its peer.
    const send = () => {
      if (!this.#closed) sockets[1 - from].send(datagram, to.port, to.address);
    };
    if (wait < 1) send();
    else setTimeout(send, wait);
  }

  /** How long the link takes to get rid of a datagram, in milliseconds; undefined when it has too many already. */
  #queue(from, bytes) {
    if (this.bitrate === Infinity) return this.delay;
    const now = performance.now();
    const startsAt = Math.max(now, this.#freeAt[from]);
    if (startsAt - now > QUEUE) return undefined;
    this.#freeAt[from] = startsAt + ((bytes + IP_AND_UDP) * 8000) / this.bitrate;
    return this.#freeAt[from] - now + this.delay;
  }

  /** What goes to the other side instead of this signal. @param {number} from @param {any} signal */
  async rewrite(from, signal) {
    if ("candidate" in signal) {
      const candidate = await this.#rewriteCandidate(from, signal.candidate.candidate);
      return candidate === undefined ? [] : [{ candidate: { ...signal.candidate, candidate } }];
    }
    const { type, sdp } = signal.description;
    const lines = [];
    for (const line of sdp.split("\r\n")) {
      if (line.startsWith("a=end-of-candidates")) continue;
      if (!line.startsWith("a=candidate:")) lines.push(line);
      else {
        const candidate = await this.#rewriteCandidate(from, line.slice(2));
        if (candidate !== undefined) lines.push(`a=${candidate}`);
      }
    }
    return [{ description: { type, sdp: lines.join("\r\n") } }];
  }

  async #rewriteCandidate(from, candidate) {
    const match = HOST_CANDIDATE.exec(candidate);
    if (match === null) return undefined;
    const [, address, port] = match;
    const known = this.#sides[from];
    if (known !== undefined && (known.address !== address || known.port !== Number(port))) return undefined;
    this.#sides[from] = { address, port: Number(port) };
    const sockets = await this.#sockets;
    // The other side finds this one behind the socket that is near the other side.
    const near = sockets[1 - from].address().port;
    return candidate.replace(` ${address} ${port} `, ` ${address} ${near} `);
  }

  async close() {
    this.#closed = true;
    for (const socket of await this.#sockets) socket.close();
  }
}

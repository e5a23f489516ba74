// The load on a TURN server: clients with a channel to a peer each, who sends everything back. As many packets are under way all the time as
// are allowed; each that comes back is looked at, byte by byte, and replaced.
import dgram from "node:dgram";
import { SystemRandom } from "visavis/crypto";
import { TurnClient } from "visavis/turn";

const HOST = "127.0.0.1";
/** Milliseconds after which what has not come back is taken for lost. */
const LOST_AFTER = 200;

class Out {
  bytes = new Uint8Array(4096);
  start = 64;
  length = 0;
  route = undefined;
  reserve() {}
}

/** @returns {Promise<dgram.Socket>} */
function bind() {
  const socket = dgram.createSocket({ type: "udp4", lookup: (host, _options, callback) => callback(null, host, 4) });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, HOST, () => {
      socket.setRecvBufferSize(1 << 20);
      socket.setSendBufferSize(1 << 20);
      resolve(socket);
    });
  });
}

/** One client with an allocation. */
export class LoadClient {
  port = 0;
  /** Of the server, after a redirection perhaps. */
  serverPort;
  #socket;
  #client;
  #random = new SystemRandom();
  #credentials;
  #waiting;

  /** @param {number} serverPort @param {{ username: string, password: string }} credentials */
  constructor(serverPort, credentials) {
    this.serverPort = serverPort;
    this.#credentials = { type: "password", ...credentials };
  }

  /** Allocates, and goes where it is sent. */
  async start() {
    this.#socket = await bind();
    this.port = this.#socket.address().port;
    this.#socket.on("message", (datagram) => this.receive(datagram));
    for (;;) {
      this.#client = new TurnClient({ random: this.#random, credentials: this.#credentials });
      this.#client.start(performance.now());
      const event = await this.#event((each) => each.type === "allocated" || each.type === "failed");
      if (event.type === "allocated") {
        this.relayed = event.relayed[0];
        return;
      }
      if (event.code !== 300 || event.alternate === undefined) throw new Error(`no allocation: ${event.code} ${event.reason}`);
      this.serverPort = event.alternate.port;
    }
  }

  receive(datagram) {
    if (this.onChannelData !== undefined && datagram[0] >= 0x40 && datagram[0] < 0x50) {
      this.onChannelData(datagram);
      return;
    }
    this.#client.receive(new Uint8Array(datagram), 0, datagram.length, performance.now());
    this.#pump();
  }

  #pump() {
    for (let out = new Out(); this.#client.transmit(out); out = new Out()) {
      this.#socket.send(out.bytes.slice(out.start, out.start + out.length), this.serverPort, HOST);
    }
    for (let event = this.#client.takeEvent(); event !== undefined; event = this.#client.takeEvent()) this.#waiting?.(event);
  }

  async #event(isWanted) {
    const timer = setInterval(() => {
      this.#client.advance(performance.now());
      this.#pump();
    }, 50);
    try {
      return await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("the server does not answer")), 10_000);
        this.#waiting = (event) => {
          if (!isWanted(event)) return;
          clearTimeout(late);
          resolve(event);
        };
        this.#pump();
      });
    } finally {
      clearInterval(timer);
    }
  }

  /** Binds a channel to a peer. @returns its number */
  async channelTo(port) {
    const started = performance.now();
    for (;;) {
      const now = performance.now();
      const peer = this.#client.peer(HOST, port, now);
      const out = new Out();
      out.length = 4;
      // The first packet asks for a permission and a channel; it gets lost as a question.
      const isWrapped = this.#client.wrap(out, peer, now);
      this.#client.advance(now);
      this.#pump();
      if (isWrapped && out.bytes[out.start] >= 0x40) return (out.bytes[out.start] << 8) | out.bytes[out.start + 1];
      if (now - started > 10_000) throw new Error("no channel");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  send(packet) {
    this.#socket.send(packet, this.serverPort, HOST);
  }

  close() {
    this.#client.close(performance.now());
    this.#pump();
    this.#socket.close();
  }
}

/** A client and its peer, with `window` packets of `size` bytes under way between them. */
export class Loop {
  relayed = 0;
  lost = 0;
  wrong = 0;
  #client;
  #window;
  #size;
  #packet;
  #next = 1;
  #oldest = 1;
  #heardAt = 0;
  #running = false;

  constructor(client, window, size) {
    this.#client = client;
    this.#window = window;
    this.#size = size;
  }

  async start() {
    this.peer = await bind();
    await this.#client.start();
    // Everything goes back, and is looked at there.
    this.peer.on("message", (datagram, { port, address }) => {
      this.relayed++;
      this.peer.send(datagram, port, address);
    });
    const channel = await this.#client.channelTo(this.peer.address().port);
    this.#packet = Buffer.alloc(4 + this.#size);
    this.#packet.writeUInt16BE(channel, 0);
    this.#packet.writeUInt16BE(this.#size, 2);
    for (let i = 0; i < this.#size; i++) this.#packet[4 + i] = (i * 31 + channel) & 0xff;
    this.#client.onChannelData = (datagram) => this.#back(datagram);
  }

  #send() {
    // Each has memory of its own: the system may not have taken it yet.
    const packet = Buffer.from(this.#packet);
    packet.writeUInt32BE(this.#next++, 4);
    this.#client.send(packet);
  }

  #back(datagram) {
    if (datagram.length < 4 + this.#size || datagram.compare(this.#packet, 8, 4 + this.#size, 8, 4 + this.#size) !== 0) {
      this.wrong++;
      return;
    }
    this.relayed++;
    this.#oldest++;
    this.#heardAt = performance.now();
    if (this.#running) this.#send();
  }

  run() {
    this.#running = true;
    this.#heardAt = performance.now();
    for (let i = 0; i < this.#window; i++) this.#send();
    this.timer = setInterval(() => {
      if (performance.now() - this.#heardAt < LOST_AFTER) return;
      const missing = this.#next - this.#oldest;
      this.lost += missing;
      this.#oldest = this.#next;
      this.#heardAt = performance.now();
      for (let i = 0; i < this.#window; i++) this.#send();
    }, LOST_AFTER);
  }

  stop() {
    this.#running = false;
    clearInterval(this.timer);
  }

  close() {
    this.#client.close();
    this.peer.close();
  }
}

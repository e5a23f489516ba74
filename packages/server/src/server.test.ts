/** The whole server over loopback, on ports that the system chooses. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { once } from "node:events";
import fs from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { parseCommand, type ServerOptions } from "./options.ts";
import { OwnAddresses } from "./own-addresses.ts";
import { type RunningServer, StartError, startServer } from "./server.ts";
import { CloseCode, MAX_SIGNAL_SIZE, parseServerMessage, type ServerMessage } from "./signalling/messages.ts";
import type { ServerPeer, ServerPeerSession } from "./signalling/signalling-server.ts";

let site = "";
let server: RunningServer;
const said: string[] = [];
const sessions: { received: unknown[]; closed: boolean }[] = [];

const serverPeer: ServerPeer & { close(): Promise<void> } = {
  peer: { id: "node", kind: "node", name: "Node" },
  connect: (): ServerPeerSession => {
    const session = { received: [] as unknown[], closed: false };
    sessions.push(session);
    return {
      receive: (message) => session.received.push(message),
      close: () => {
        session.closed = true;
      },
    };
  },
  close: async () => undefined,
};

function options(...args: string[]): ServerOptions {
  const command = parseCommand(["--port", "0", "--stun-port", "0", ...args], {});
  return command.type === "start" ? command.options : assert.fail(command.type);
}

before(async () => {
  site = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-server-test-"));
  await fs.writeFile(path.join(site, "index.html"), "page");
  server = await startServer(options("--max-rooms", "3"), {
    site,
    serverPeer,
    answerStun: (datagram) => datagram.toReversed(),
    log: (line) => said.push(line),
  });
});

after(async () => {
  await server.close();
  await fs.rm(site, { recursive: true });
});

/** A page's end of signalling. */
class Client {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly closed: Promise<number>;

  constructor({ origin = `http://localhost:${server.port}`, path: target = "/signal" } = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.port}${target}`, {
      headers: { host: `localhost:${server.port}`, origin },
    });
    this.socket.on("message", (data) => {
      const message = parseServerMessage(String(data));
      if (message !== undefined) this.messages.push(message);
      this.socket.emit("parsed");
    });
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
  }

  async join(room: string, key: string = randomBytes(16).toString("hex")): Promise<Extract<ServerMessage, { type: "welcome" }>> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, "open");
    this.send({ type: "join", room, key, name: "Test" });
    const message = await this.next();
    return message.type === "welcome" ? message : assert.fail(message.type);
  }

  async next(): Promise<ServerMessage> {
    if (this.messages.length === 0) await once(this.socket, "parsed");
    return this.messages.shift() ?? assert.fail("a message that cannot be read");
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

test("the page is served", async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  assert.equal(await response.text(), "page");
});

test("a path that climbs out of the folder reaches nothing", async () => {
  for (const target of [
    "/../package.json",
    "/..\\..\\package.json",
    "/%2e%2e/%2e%2e/etc/passwd",
    "//etc/passwd",
    "http://localhost/../etc/passwd",
  ]) {
    const request = http.get({ port: server.port, host: "127.0.0.1", path: target, headers: { host: "localhost" } });
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    assert.ok(response.statusCode === 404 || response.statusCode === 400, `${target}: ${response.statusCode}`);
    response.resume();
  }
});

test("two pages meet, hear each other, and hear each other leave", async () => {
  const [a, z] = [new Client(), new Client()];
  const welcome = await a.join("meet");
  assert.deepEqual(
    welcome.peers.map(({ kind }) => kind),
    ["node"],
  );
  assert.deepEqual(
    [welcome.stun, welcome.maxFileSize],
    [{ host: new OwnAddresses().outward()[0] ?? "127.0.0.1", port: server.stunPort }, 1e9],
  );
  const second = await z.join("meet");
  assert.deepEqual(
    second.peers.map(({ id }) => id),
    ["node", welcome.id],
  );
  assert.deepEqual(await a.next(), { type: "joined", peer: { id: second.id, kind: "browser", name: "Test" } });
  const description = { type: "offer", sdp: "v=0" };
  z.send({ type: "description", to: welcome.id, connection: "0123456789abcdef", description });
  assert.deepEqual(await a.next(), { type: "description", from: second.id, connection: "0123456789abcdef", description });
  await z.leave();
  assert.deepEqual(await a.next(), { type: "left", id: second.id });
  await a.leave();
  const meet = said.filter((line) => line.startsWith("meet: ")).map((line) => line.replace(/\(\w+\)/, "(id)"));
  assert.deepEqual(meet.slice(0, 3), [
    "meet: Test (id) joins; 1 there",
    "meet: Test (id) joins; 2 there",
    "meet: Test (id) leaves; 1 there",
  ]);
});

test("the peer behind the server gets what is for it, and hears the end", async () => {
  const a = new Client();
  await a.join("peer");
  const session = sessions.at(-1);
  const message = { type: "description", to: "node", connection: "0123456789abcdef", description: { type: "offer", sdp: "" } };
  a.send(message);
  a.send({ type: "ping" });
  assert.equal((await a.next()).type, "pong");
  assert.deepEqual(session?.received, [message]);
  await a.leave();
  await new Promise(setImmediate);
  assert.equal(session?.closed, true);
});

test("a page keeps its id when it comes back, and takes its own place", async () => {
  const [a, again] = [new Client(), new Client()];
  const key = randomBytes(16).toString("hex");
  const first = await a.join("again", key);
  const second = await again.join("again", key);
  assert.equal(first.id, second.id);
  assert.equal(await a.closed, CloseCode.REPLACED);
  await again.leave();
});

test("a full room and a full server say so", async () => {
  const clients = [new Client(), new Client(), new Client(), new Client(), new Client()];
  const [a, b, c, d, e] = clients;
  assert.ok(a && b && c && d && e);
  await a.join("one");
  await b.join("one");
  await assert.rejects(
    Promise.race([c.join("one"), c.closed.then((code) => Promise.reject(code))]),
    (code) => code === CloseCode.ROOM_FULL,
  );
  await d.join("two");
  await e.join("three");
  const f = new Client();
  await assert.rejects(
    Promise.race([f.join("four"), f.closed.then((code) => Promise.reject(code))]),
    (code) => code === CloseCode.NO_ROOM_LEFT,
  );
  await Promise.all([a, b, d, e].map((client) => client.leave()));
});

test("whoever breaks a rule is closed with the reason; others are not touched", async () => {
  const bystander = new Client();
  await bystander.join("calm");
  const breaches: [number, (client: Client) => void][] = [
    [CloseCode.BAD_MESSAGE, (client) => client.send("rubbish")],
    [CloseCode.BAD_MESSAGE, (client) => client.socket.send(new Uint8Array(10))],
    [CloseCode.BAD_MESSAGE, (client) => client.send({ type: "join", room: "../..", key: "x", name: "" })],
    [
      CloseCode.BAD_MESSAGE,
      (client) => client.send({ type: "candidate", to: "node", connection: "0123456789abcdef", candidate: { candidate: "" } }),
    ],
    [1009, (client) => client.send("x".repeat(MAX_SIGNAL_SIZE + 1))],
    [
      CloseCode.TOO_FAST,
      (client) => {
        for (let count = 0; count < 300; count++) client.send({ type: "ping" });
      },
    ],
  ];
  for (const [code, breach] of breaches) {
    const client = new Client();
    await once(client.socket, "open");
    breach(client);
    assert.equal(await client.closed, code);
  }
  assert.ok(said.includes("a page is sent away: the server did not understand a message"));
  bystander.send({ type: "ping" });
  assert.equal((await bystander.next()).type, "pong");
  await bystander.leave();
});

test("foreign pages and other paths get no socket", async () => {
  for (const [given, status] of [
    [{ origin: "http://evil.example" }, 403],
    [{ path: "/other" }, 404],
    [{ path: "//" }, 404],
  ] as const) {
    const client = new Client(given);
    const [, response] = await once(client.socket, "unexpected-response");
    assert.equal(response.statusCode, status);
    client.socket.terminate();
  }
});

test("STUN answers on a port of its own", async () => {
  const socket = dgram.createSocket("udp4");
  socket.send("abc", server.stunPort ?? 0, "127.0.0.1");
  const [answer] = await once(socket, "message");
  assert.equal(String(answer), "cba");
  socket.close();
});

test("a port that is taken is a message, not a crash", async () => {
  const taken = { ...options(), port: server.port };
  await assert.rejects(
    startServer(taken, { site, serverPeer, answerStun: undefined }),
    (error) => error instanceof StartError && /is taken by another program.*--port/.test(error.message),
  );
  const stunTaken = { ...options(), stunPort: server.stunPort };
  await assert.rejects(
    startServer(stunTaken, { site, serverPeer, answerStun: () => undefined }),
    (error) => error instanceof StartError && /UDP port.*is taken.*--stun-port/.test(error.message),
  );
});

test("a page that was not built is a message", async () => {
  await assert.rejects(
    startServer(options(), { site: path.join(site, "missing"), serverPeer, answerStun: undefined }),
    (error) => error instanceof StartError && /npm run build/.test(error.message),
  );
});

test("closing tells the pages and lets go of everything", async () => {
  const other = await startServer(options(), { site, serverPeer, answerStun: undefined });
  const socket = new WebSocket(`ws://127.0.0.1:${other.port}/signal`, { headers: { origin: `http://127.0.0.1:${other.port}` } });
  await once(socket, "open");
  const closed = once(socket, "close");
  await other.close();
  assert.equal((await closed)[0], CloseCode.GOING_AWAY);
  await assert.rejects(fetch(`http://127.0.0.1:${other.port}/`));
});

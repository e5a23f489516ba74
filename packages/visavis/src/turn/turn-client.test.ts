import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeUtf8, encodeUtf8 } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { Transmit } from "../base/transmit.ts";
import { encodePlainAddress, encodeXorAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { encodeErrorCode } from "../stun/error-code.ts";
import { encodeU32 } from "../stun/integer-attribute.ts";
import { checkIntegrity, checkIntegritySha256, encodeIntegrity, encodeIntegritySha256 } from "../stun/integrity.ts";
import {
  attributeValue,
  decodeMessage,
  encodeAttribute,
  encodeHeader,
  findAttribute,
  finishMessage,
  HEADER_LENGTH,
  StunClass,
  type StunMessage,
  StunMethod,
} from "../stun/message.ts";
import { encodePasswordAlgorithms, longTermKey, PasswordAlgorithm, userhash } from "../stun/password-algorithm.ts";
import { decodeText, encodeText } from "../stun/text-attribute.ts";
import { decodeChannelData, wrapChannelData } from "./channel-data.ts";
import { nonceCookie } from "./request-authentication.ts";
import { StreamFraming } from "./stream-framing.ts";
import { decodeChannelNumber, decodeXorAddresses, findData } from "./turn-attribute.ts";
import { TurnClient, type TurnClientOptions } from "./turn-client.ts";

/** Counts up; good enough to tell one id from another. */
function counter(): Random {
  let next = 0;
  return {
    seeded: true,
    fill: (out, start = 0, end = out.length) => {
      for (let i = start; i < end; i++) out[i] = next++;
    },
  };
}

const REALM = "visavis.test";
const USER = { type: "password", username: "alice", password: "secret" } as const;
const PEER = { address: "192.0.2.77", port: 7000 };

/** The server's half, written down from the standard: what the test wants it to say. */
class Server {
  nonce = "nonce 1";
  sha256 = false;
  lifetime = 600;
  /** Error codes to answer with, by method, once each. */
  readonly refuse = new Map<number, number>();
  readonly requests: StunMessage[] = [];
  /** What clients sent on to peers. */
  readonly relayed: { readonly text: string; readonly by: "indication" | "channel" }[] = [];

  answer(bytes: Uint8Array): Uint8Array | undefined {
    if ((bytes[0] ?? 0) >= 0x40) {
      const channel = decodeChannelData(bytes, 0, bytes.length);
      assert.ok(channel >= 0x4000);
      this.relayed.push({ text: decodeUtf8(bytes.subarray(4, 4 + (((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)))), by: "channel" });
      return undefined;
    }
    const message = decodeMessage(bytes);
    assert.ok(message !== undefined, "what the client sends is STUN");
    if (message.class === StunClass.INDICATION) {
      const data = findData(message);
      if (data !== undefined)
        this.relayed.push({ text: decodeUtf8(message.bytes.subarray(data.start, data.end)), by: "indication" });
      return undefined;
    }
    this.requests.push(message);
    const out = new Uint8Array(600);
    const nonce = decodeText(message, AttributeType.NONCE);
    if (nonce === undefined) return this.#challenge(out, message, 401);
    if (nonce !== this.nonce) return this.#challenge(out, message, 438);
    const algorithm = this.sha256 ? PasswordAlgorithm.SHA_256 : PasswordAlgorithm.MD5;
    const key = longTermKey(USER.username, REALM, USER.password, algorithm);
    if (!(this.sha256 ? checkIntegritySha256 : checkIntegrity)(message, key)) return this.#challenge(out, message, 401);
    const refused = this.refuse.get(message.method);
    if (refused !== undefined) {
      this.refuse.delete(message.method);
      return this.#error(out, message, refused);
    }
    let at = encodeHeader(out, 0, StunClass.SUCCESS, message.method, message.transactionId);
    if (message.method === StunMethod.ALLOCATE) {
      at = encodeXorAddress(out, 0, at, AttributeType.XOR_RELAYED_ADDRESS, "198.51.100.5", 50_000);
      at = encodeXorAddress(out, 0, at, AttributeType.XOR_MAPPED_ADDRESS, "203.0.113.9", 4711);
    }
    if (message.method === StunMethod.ALLOCATE || message.method === StunMethod.REFRESH) {
      at = encodeU32(out, at, AttributeType.LIFETIME, this.lifetime);
    }
    at = (this.sha256 ? encodeIntegritySha256 : encodeIntegrity)(out, 0, at, key);
    return out.slice(0, at);
  }

  #challenge(out: Uint8Array, message: StunMessage, code: number): Uint8Array {
    let at = encodeHeader(out, 0, StunClass.ERROR, message.method, message.transactionId);
    at = encodeErrorCode(out, at, code, "prove it");
    at = encodeText(out, at, AttributeType.REALM, REALM);
    at = encodeText(out, at, AttributeType.NONCE, this.nonce);
    if (this.sha256) {
      const both = [PasswordAlgorithm.SHA_256, PasswordAlgorithm.MD5];
      at = encodePasswordAlgorithms(out, at, AttributeType.PASSWORD_ALGORITHMS, both);
    }
    finishMessage(out, 0, at);
    return out.slice(0, at);
  }

  #error(out: Uint8Array, message: StunMessage, code: number): Uint8Array {
    let at = encodeHeader(out, 0, StunClass.ERROR, message.method, message.transactionId);
    at = encodeErrorCode(out, at, code, "no");
    if (code === 300) at = encodePlainAddress(out, at, AttributeType.ALTERNATE_SERVER, "198.51.100.6", 3478);
    finishMessage(out, 0, at);
    return out.slice(0, at);
  }

  data(text: string): Uint8Array {
    const out = new Uint8Array(200);
    let at = encodeHeader(out, 0, StunClass.INDICATION, StunMethod.DATA, this.requests[0]?.transactionId ?? assert.fail());
    at = encodeXorAddress(out, 0, at, AttributeType.XOR_PEER_ADDRESS, PEER.address, PEER.port);
    at = encodeAttribute(out, at, AttributeType.DATA, encodeUtf8(text));
    finishMessage(out, 0, at);
    return out.slice(0, at);
  }
}

/** Lets both talk until neither has anything to say. */
function settle(client: TurnClient, server: Server, now: number): void {
  const out = new Transmit();
  while (client.transmit(out)) {
    const answer = server.answer(out.view().slice());
    if (answer !== undefined) client.receive(answer, 0, answer.length, now);
    out.reset();
  }
}

function allocated(
  options: Partial<TurnClientOptions> = {},
  server: Server = new Server(),
): { client: TurnClient; server: Server } {
  const client = new TurnClient({ random: counter(), credentials: USER, ...options });
  client.start(0);
  settle(client, server, 0);
  return { client, server };
}

function wrapped(client: TurnClient, text: string, now: number): Uint8Array | undefined {
  const peer = client.peer(PEER.address, PEER.port, now) ?? assert.fail();
  const out = new Transmit();
  out.length = encodeUtf8(text).length;
  out.bytes.set(encodeUtf8(text), out.start);
  return client.wrap(out, peer, now) ? out.view().slice() : undefined;
}

describe("TurnClient", () => {
  test("an allocation comes about by way of a 401", () => {
    const { client, server } = allocated();
    assert.deepEqual(client.takeEvent(), {
      type: "allocated",
      relayed: [{ address: "198.51.100.5", port: 50_000 }],
      mapped: { address: "203.0.113.9", port: 4711 },
      lifetime: 600,
    });
    assert.equal(client.state, "allocated");
    const [first, second] = server.requests;
    assert.equal(findAttribute(first ?? assert.fail(), AttributeType.USERNAME), undefined, "the first request shows nothing");
    assert.equal(decodeText(second ?? assert.fail(), AttributeType.USERNAME), "alice");
  });

  test("with password algorithms and a cookie the name is hashed and SHA-256 is used", () => {
    const server = new Server();
    server.sha256 = true;
    server.nonce = `${nonceCookie(true)}abc`;
    const { client } = allocated({}, server);
    assert.equal(client.state, "allocated");
    const second = server.requests[1] ?? assert.fail();
    assert.deepEqual(attributeValue(second, AttributeType.USERHASH), userhash("alice", REALM));
    assert.equal(findAttribute(second, AttributeType.USERNAME), undefined);
    assert.equal(findAttribute(second, AttributeType.MESSAGE_INTEGRITY), undefined);
  });

  test("a list of password algorithms that was taken out on the way is noticed", () => {
    const server = new Server();
    server.nonce = `${nonceCookie(true)}abc`;
    const { client } = allocated({}, server);
    const event = client.takeEvent();
    assert.ok(event?.type === "failed" && event.code === 401);
  });

  test("wrong credentials end it after one try", () => {
    const { client, server } = allocated({ credentials: { ...USER, password: "wrong" } });
    const event = client.takeEvent();
    assert.ok(event?.type === "failed" && event.code === 401);
    assert.equal(server.requests.length, 2);
  });

  test("300 names the server to go to, 486 says why not", () => {
    for (const code of [300, 486]) {
      const server = new Server();
      server.refuse.set(StunMethod.ALLOCATE, code);
      const event = allocated({}, server).client.takeEvent();
      assert.ok(event?.type === "failed" && event.code === code);
      assert.deepEqual(event.alternate, code === 300 ? { address: "198.51.100.6", port: 3478 } : undefined);
    }
  });

  test("a server that is silent is given up after 9.5 s, asked five times", () => {
    const client = new TurnClient({ random: counter(), credentials: USER });
    client.start(0);
    const out = new Transmit();
    let asked = 0;
    for (let now = 0; client.deadline() < 60_000; now = client.deadline()) {
      client.advance(now);
      while (client.transmit(out)) asked++;
      if (client.state === "ended") {
        assert.equal(now, 9500);
        break;
      }
    }
    assert.equal(asked, 5);
    const event = client.takeEvent();
    assert.ok(event?.type === "failed" && event.code === 701);
  });

  test("datagrams wait for the permission; then indications, then a channel", () => {
    const { client, server } = allocated();
    const peer = client.peer(PEER.address, PEER.port, 1) ?? assert.fail();
    client.send(encodeUtf8("early"), peer, 1);
    assert.equal(wrapped(client, "too early", 1), undefined);
    assert.deepEqual(server.relayed, []);
    settle(client, server, 2);
    assert.deepEqual(server.relayed, [{ text: "early", by: "indication" }]);
    server.answer(wrapped(client, "by indication", 3) ?? assert.fail());
    settle(client, server, 3);
    const bind = server.requests.find(({ method }) => method === StunMethod.CHANNEL_BIND) ?? assert.fail();
    assert.equal(decodeChannelNumber(bind), 0x4000);
    assert.deepEqual(decodeXorAddresses(bind, AttributeType.XOR_PEER_ADDRESS), [PEER]);
    const byChannel = wrapped(client, "by channel", 4) ?? assert.fail();
    assert.equal(byChannel.length, 4 + 10, "no padding in a datagram");
    server.answer(byChannel);
    assert.deepEqual(server.relayed.slice(1), [
      { text: "by indication", by: "indication" },
      { text: "by channel", by: "channel" },
    ]);
  });

  test("what comes back is found in place; strangers are not heard", () => {
    const { client, server } = allocated();
    const bytes = server.data("who is there");
    assert.equal(client.receive(bytes, 0, bytes.length, 1), undefined, "nobody asked for this peer");
    assert.equal(client.drops.of("unknown-peer"), 1);
    client.peer(PEER.address, PEER.port, 1);
    settle(client, server, 1);
    const from = client.receive(bytes, 0, bytes.length, 2);
    assert.equal(from?.port, PEER.port);
    assert.equal(decodeUtf8(bytes.subarray(client.dataStart, client.dataEnd)), "who is there");
    wrapped(client, "x", 2);
    settle(client, server, 2);
    const out = new Transmit();
    out.bytes.set(encodeUtf8("hello"), out.start);
    out.length = 5;
    wrapChannelData(out, 0x4000, true);
    const row = out.view().slice();
    assert.equal(row.length, 12, "padded over a stream");
    assert.equal(client.receive(row, 0, row.length, 3), from);
    assert.equal(decodeUtf8(row.subarray(client.dataStart, client.dataEnd)), "hello");
  });

  test("allocation, permission and channel are renewed in time; a stale nonce is no end", () => {
    const { client, server } = allocated();
    client.peer(PEER.address, PEER.port, 0);
    settle(client, server, 0);
    wrapped(client, "x", 0);
    settle(client, server, 0);
    server.nonce = "nonce 2";
    server.requests.length = 0;
    let now = 0;
    while (now < 1_200_000) {
      now = client.deadline();
      client.advance(now);
      settle(client, server, now);
    }
    const count = (method: number): number => server.requests.filter((request) => request.method === method).length;
    assert.equal(client.state, "allocated");
    // Each 540 s, and one of them twice because of the nonce.
    assert.ok(count(StunMethod.REFRESH) >= 2 && count(StunMethod.REFRESH) <= 4);
    assert.ok(count(StunMethod.CREATE_PERMISSION) >= 4);
    assert.ok(count(StunMethod.CHANNEL_BIND) >= 2);
  });

  test("437 at a refresh: the allocation is lost", () => {
    const { client, server } = allocated();
    client.takeEvent();
    server.refuse.set(StunMethod.REFRESH, 437);
    while (client.state === "allocated") {
      const now = client.deadline();
      client.advance(now);
      settle(client, server, now);
    }
    const event = client.takeEvent();
    assert.ok(event?.type === "lost" && event.code === 437);
  });

  test("close gives the allocation back", () => {
    const { client, server } = allocated();
    client.close(5);
    settle(client, server, 5);
    const last = server.requests.at(-1) ?? assert.fail();
    assert.equal(last.method, StunMethod.REFRESH);
    assert.deepEqual(attributeValue(last, AttributeType.LIFETIME), new Uint8Array(4));
    assert.equal(client.deadline(), Number.POSITIVE_INFINITY);
  });

  test("responses of somebody else are not believed", () => {
    const server = new Server();
    const client = new TurnClient({ random: counter(), credentials: USER });
    client.start(0);
    const out = new Transmit();
    client.transmit(out);
    const challenge = server.answer(out.view().slice()) ?? assert.fail();
    client.receive(challenge, 0, challenge.length, 0);
    out.reset();
    client.transmit(out);
    const success = server.answer(out.view().slice()) ?? assert.fail();
    const forged = success.slice();
    forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1;
    client.receive(forged, 0, forged.length, 0);
    assert.equal(client.drops.of("bad-integrity"), 1);
    assert.equal(client.state, "allocating");
    client.receive(success, 0, success.length, 0);
    assert.equal(client.state, "allocated");
  });
});

describe("StreamFraming", () => {
  test("messages come out whole however the stream is cut", () => {
    const server = new Server();
    const client = new TurnClient({ random: counter(), credentials: USER });
    client.start(0);
    const out = new Transmit();
    client.transmit(out);
    const stun = server.answer(out.view().slice()) ?? assert.fail();
    const data = Uint8Array.of(0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0);
    const whole = Uint8Array.from([...stun, ...data, ...stun]);
    for (let cut = 1; cut < whole.length; cut++) {
      const framing = new StreamFraming();
      const found: number[] = [];
      for (let at = 0; at < whole.length; at += cut) {
        framing.push(whole.slice(at, at + cut));
        for (let each = framing.shift(); each !== undefined; each = framing.shift()) found.push(each.length);
      }
      assert.deepEqual(found, [stun.length, data.length, stun.length], `cut every ${cut} bytes`);
    }
  });

  test("what is no message ends the stream", () => {
    const framing = new StreamFraming();
    framing.push(encodeUtf8("POST / HTTP/1.1\r\n\r\n"));
    assert.equal(framing.shift(), undefined);
    assert.ok(framing.isBroken);
    const tls = new StreamFraming();
    tls.push(Uint8Array.of(0x16, 0x03, 0x01, 0x00, 0x04, 0x01, 0x00, 0x00, 0x00));
    assert.equal(tls.shift(), undefined);
    assert.ok(tls.isBroken, "no magic cookie");
    framing.push(new Uint8Array(HEADER_LENGTH));
    assert.equal(framing.shift(), undefined);
  });
});

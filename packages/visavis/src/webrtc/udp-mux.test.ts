/**
 * Many connections through one UDP port.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, Simulation } from "@visavis/netsim";
import { createUdpMux } from "../node/udp-mux.ts";
import { createWebRTC, type WebRTC } from "./create-webrtc.ts";
import type { RTCDataChannel } from "./rtc-data-channel.ts";
import type { RTCPeerConnection } from "./rtc-peer-connection.ts";

const PORT = 3478;

interface Connection {
  readonly server: RTCPeerConnection;
  readonly client: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  readonly heard: string[];
}

async function negotiate(from: RTCPeerConnection, to: RTCPeerConnection): Promise<void> {
  await from.setLocalDescription();
  await to.setRemoteDescription(from.localDescription ?? { type: "rollback" });
  await to.setLocalDescription();
  await from.setRemoteDescription(to.localDescription ?? { type: "rollback" });
}

/** A client of the server that says its name, and a server that says it back. */
async function connect(server: WebRTC, client: WebRTC, name: string): Promise<Connection> {
  const [near, far] = [new server.RTCPeerConnection(), new client.RTCPeerConnection()];
  const heard: string[] = [];
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
  near.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(`${data}!`);
  };
  const channel = far.createDataChannel("data");
  channel.onopen = () => channel.send(name);
  channel.onmessage = ({ data }) => heard.push(String(data));
  await negotiate(far, near);
  return { server: near, client: far, channel, heard };
}

for (const lite of [false, true]) {
  test(`${lite ? "lite " : ""}connections share one port, each hears its own, and the port is free afterwards`, async () => {
    const sim = new Simulation({ seed: 1 });
    const host = sim.host({ name: "server", addresses: ["10.0.0.1", "2001:db8::1"] });
    const hosts: Host[] = [1, 2, 3].map((i) => sim.host({ name: `c${i}`, addresses: [`10.0.1.${i}`, `2001:db8::1:${i}`] }));
    const mux = createUdpMux(host.platform, { port: PORT });
    const server = createWebRTC(mux, { ice: { network: { lite } } });
    const connections: Connection[] = [];
    for (const [i, each] of hosts.entries()) {
      for (const name of ["a", "b"]) {
        void connect(server, createWebRTC(each.platform), `${name}${i}`).then((connection) => connections.push(connection));
      }
    }
    await sim.run({
      until: () => connections.length === 6 && connections.every(({ heard }) => heard.length === 1),
      within: 10_000,
    });
    assert.deepEqual(connections.map(({ heard }) => heard[0]).sort(), ["a0!", "a1!", "a2!", "b0!", "b1!", "b2!"]);
    assert.equal(host.openSockets, 2, "one for each address");
    const [first] = connections;
    assert.ok(first !== undefined);
    const stats = [...(await sim.run({ until: first.client.getStats(), within: 1000 })).values()];
    assert.ok(stats.some(({ type, port }) => type === "remote-candidate" && port === PORT));
    // Another generation of parameters finds its way too.
    first.client.restartIce();
    await sim.run({ until: negotiate(first.client, first.server), within: 1000 });
    await sim.run({ within: 60_000 });
    for (const { channel } of connections) channel.send("again");
    await sim.run({ until: () => connections.every(({ heard }) => heard.includes("again!")), within: 5000 });
    assert.deepEqual(mux.drops.toJSON(), {});
    for (const { server: near, client } of connections) {
      near.close();
      client.close();
    }
    await sim.run({ within: 1000 });
    assert.equal(host.openSockets, 0);
  });
}

test("who only claims to be somebody takes nothing away, and what is for nobody is counted", async () => {
  const sim = new Simulation({ seed: 1 });
  const host = sim.host({ name: "server", addresses: ["10.0.0.1"] });
  const other = sim.host({ name: "other", addresses: ["10.0.0.2"] });
  const mux = createUdpMux(host.platform, { port: PORT });
  const heard: string[] = [];
  const bind = (name: string): ReturnType<typeof mux.network.bindUdp> =>
    mux.network.bindUdp({ address: "10.0.0.1", port: 0 }, (datagram) => heard.push(`${name} ${datagram.length}`));
  const [one, two] = await sim.run({ until: Promise.all([bind("one"), bind("two")]), within: 100 });
  assert.ok(one !== undefined && two !== undefined && one.id !== two.id);
  const sender = other.bind({ address: "10.0.0.2", port: 5000 }, () => undefined);
  const send = async (bytes: Uint8Array): Promise<string[]> => {
    sender.send(bytes, 0, bytes.length, "10.0.0.1", PORT);
    await sim.run({ within: 100 });
    return heard.splice(0);
  };
  /** A Binding request for `fragment`. */
  const check = (fragment: string): Uint8Array => {
    const name = new TextEncoder().encode(`${fragment}:xxxx`.padEnd(12, "x"));
    return Uint8Array.of(0, 1, 0, 4 + name.length, 0x21, 0x12, 0xa4, 0x42, ...new Uint8Array(12), 0, 6, 0, name.length, ...name);
  };
  assert.deepEqual(await send(Uint8Array.of(22)), []);
  assert.deepEqual(mux.drops.toJSON(), { "no-connection": 1 });
  one.claim?.("one1");
  two.claim?.("two2");
  assert.deepEqual(await send(check("one1")), ["one 36"]);
  assert.deepEqual(await send(Uint8Array.of(22)), [], "a check that nobody has answered opens nothing");
  two.send(Uint8Array.of(22), 0, 1, "10.0.0.2", 5000);
  assert.deepEqual(await send(Uint8Array.of(22)), ["two 1"]);
  const request = check("zzzz");
  one.send(request, 0, request.length, "10.0.0.2", 5000);
  assert.deepEqual(await send(Uint8Array.of(22)), ["two 1"], "a check of ours is only a try");
  const answer = request.slice();
  answer[0] = 1;
  assert.deepEqual(await send(answer), ["one 36"]);
  assert.deepEqual(await send(check("one1")), ["one 36"]);
  assert.deepEqual(await send(check("two2").subarray(0, 30)), ["two 30"], "a broken one goes by its address");
  two.close();
  assert.deepEqual(await send(Uint8Array.of(22)), []);
  assert.equal(host.openSockets, 1);
  one.close();
  assert.equal(host.openSockets, 0);
  const later = await sim.run({ until: bind("later"), within: 100 });
  assert.equal(later.port, PORT);
  later.close();
});

import assert from "node:assert/strict";
import dgram from "node:dgram";
import { test } from "node:test";
import type { DatagramListener, Platform } from "visavis/base";
import { nodePlatform } from "visavis/node";
import { OwnAddresses } from "../own-addresses.ts";
import { platformFor } from "./peer-platform.ts";

const own = new OwnAddresses(() => [{ address: "192.0.2.2", family: "IPv4", internal: false }]);

/** A network that hands out the listener of its last socket. */
function fakePlatform(): { platform: Platform; deliver: (address: string) => void } {
  let listener: DatagramListener = () => assert.fail("nothing is bound");
  const entry = { family: 4, internal: false, linkLocal: false } as const;
  const platform: Platform = {
    ...nodePlatform(),
    network: {
      interfaces: () => [
        { ...entry, name: "a", address: "192.0.2.2" },
        { ...entry, name: "b", address: "198.51.100.7" },
      ],
      bindUdp: (_, onDatagram) => {
        listener = onDatagram;
        return nodePlatform().network.bindUdp({ address: "127.0.0.1", port: 0 }, () => undefined);
      },
      resolve: async () => [],
    },
  };
  return { platform, deliver: (address) => listener(new Uint8Array(1), address, 1) };
}

for (const [host, expected] of [
  ["127.0.0.1", ["127.0.0.1", "192.0.2.2"]],
  ["192.0.2.2", ["127.0.0.1", "192.0.2.2", "203.0.113.9"]],
  ["0.0.0.0", ["127.0.0.1", "192.0.2.2", "203.0.113.9"]],
] as const) {
  test(`on ${host} the Node peer hears ${expected.length === 2 ? "this machine only" : "everybody"}`, async () => {
    const { platform, deliver } = fakePlatform();
    const heard: string[] = [];
    const socket = await platformFor(host, platform, own).network.bindUdp({ address: "192.0.2.2", port: 0 }, (_, address) =>
      heard.push(address),
    );
    for (const address of ["127.0.0.1", "192.0.2.2", "203.0.113.9"]) deliver(address);
    assert.deepEqual(heard, expected);
    socket.close();
  });
}

test("on one address it binds no other", () => {
  const { platform } = fakePlatform();
  const addressesOn = (host: string): string[] =>
    platformFor(host, platform, own)
      .network.interfaces()
      .map(({ address }) => address);
  assert.deepEqual(addressesOn("192.0.2.2"), ["192.0.2.2"]);
  for (const host of ["127.0.0.1", "0.0.0.0", "::", "name.example"])
    assert.deepEqual(addressesOn(host), ["192.0.2.2", "198.51.100.7"], host);
});

test("it works on the sockets of the system", async () => {
  const { network } = platformFor("127.0.0.1", nodePlatform(), new OwnAddresses());
  const socket = dgram.createSocket("udp4");
  const heard = new Promise((resolve) => {
    void network
      .bindUdp({ address: "127.0.0.1", port: 0 }, (datagram) => resolve([...datagram]))
      .then((bound) => {
        socket.send(Uint8Array.of(7), bound.port, "127.0.0.1");
        socket.once("close", () => bound.close());
      });
  });
  assert.deepEqual(await heard, [7]);
  socket.close();
});

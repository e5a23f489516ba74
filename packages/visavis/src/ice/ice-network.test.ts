/**
 * Which networks an agent uses and how it shows itself there: filters, ranges of ports, addresses known from outside.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, Simulation } from "@visavis/netsim";
import type { NetworkInterface } from "../base/platform.ts";
import type { IceNetworkOptions } from "./ice-network-options.ts";
import { Nat, Peer, Scene, StunServer } from "./ice-scene.test.ts";

const SERVERS = [{ urls: ["stun:198.51.100.1"] }];

/** Gathers with these options on a host with two interfaces. */
function gathered(network: IceNetworkOptions): { readonly peer: Peer; readonly host: Host } {
  const sim = new Simulation({ seed: 1 });
  const host = sim.host({
    name: "a",
    interfaces: [
      { name: "eth0", addresses: ["10.0.0.1", "2001:db8::1"] },
      { name: "tun0", addresses: ["10.8.0.1"] },
    ],
  });
  const peer = new Peer(sim, host, "controlling", { network });
  peer.gather();
  sim.runUntil(() => peer.agent.gatheringState === "complete", { within: 100 });
  sim.runFor(0);
  return { peer, host };
}

const addresses = (network: IceNetworkOptions): string[] => gathered(network).peer.candidates.map(({ address }) => address);

test("interfaces, addresses and families that are not wanted are not used", () => {
  const cases: readonly [IceNetworkOptions, readonly string[]][] = [
    [{}, ["2001:db8::1", "10.0.0.1", "10.8.0.1"]],
    [{ addressFamilies: [4] }, ["10.0.0.1", "10.8.0.1"]],
    [{ addressFamilies: [6] }, ["2001:db8::1"]],
    [{ interfaceFilter: ({ name }: NetworkInterface) => name !== "tun0" }, ["2001:db8::1", "10.0.0.1"]],
    [{ interfaceFilter: ({ address }: NetworkInterface) => address === "10.8.0.1" }, ["10.8.0.1"]],
    [{ interfaceFilter: () => false }, []],
  ];
  for (const [network, expected] of cases) assert.deepEqual(addresses(network), expected);
});

test("ports come from the range; taken ones are passed over, and when all are taken there is one candidate less", () => {
  const portRange = { first: 50_000, last: 50_003 };
  for (let seed = 0; seed < 5; seed++) {
    const sim = new Simulation({ seed });
    const host = sim.host({ name: "a", addresses: ["10.0.0.1"] });
    const peers = Array.from({ length: 5 }, () => new Peer(sim, host, "controlling", { network: { portRange } }));
    for (const peer of peers) peer.gather();
    sim.runFor(100);
    const ports = peers.flatMap((peer) => peer.candidates.map(({ port }) => port));
    assert.deepEqual(ports.sort(), [50_000, 50_001, 50_002, 50_003]);
    assert.deepEqual(
      peers.map(({ agent }) => agent.gatheringState),
      Array(5).fill("complete"),
    );
    assert.equal(
      peers.reduce((sum, { agent }) => sum + (agent.drops.toJSON()["bind-failed"] ?? 0), 0),
      1,
    );
  }
});

/** An address-mapping NAT that keeps ports, as a cloud provider's. */
class OneToOneNat extends Nat {
  override receive(datagram: Parameters<Nat["receive"]>[0], via: Parameters<Nat["receive"]>[1]): void {
    const isLeaving = via === this.inside;
    if (isLeaving) datagram.source = "203.0.113.7";
    else datagram.destination = "192.168.7.2";
    const to = isLeaving ? this.outside : this.inside;
    to.subnet.send(datagram, to);
  }
}

for (const nat1To1Type of ["host", "srflx"] as const) {
  test(`an address known from outside is told as ${nat1To1Type}, and reaches the machine without a server`, () => {
    const sim = new Simulation({ seed: 1 });
    const subnet = sim.subnet({ name: "inside" });
    const host = sim.host({ name: "a", interfaces: [{ name: "eth0", addresses: ["192.168.7.2"], subnet }] });
    new OneToOneNat("nat", subnet, "192.168.7.1", sim.defaultSubnet, "203.0.113.7", "full-cone");
    new StunServer(sim.host({ name: "stun", addresses: ["198.51.100.1"] }), "198.51.100.1");
    const network = { nat1To1: [{ external: "2001:db8::7" }, { external: "203.0.113.7" }], nat1To1Type };
    const a = new Peer(sim, host, "controlled", { network, servers: SERVERS });
    const z = new Peer(sim, sim.host({ name: "z", addresses: ["198.51.100.9"] }), "controlling");
    const scene = new Scene(sim, a, z, { pass: (candidate, from) => (from === a ? candidate : undefined) });
    scene.start();
    scene.until(() => scene.paired, 5000);
    const shown = a.candidates.map(({ type, address, relatedAddress }) => [type, address, relatedAddress]);
    const reflexive = ["srflx", "203.0.113.7", "192.168.7.2"];
    assert.deepEqual(
      shown,
      nat1To1Type === "host" ? [["host", "203.0.113.7", undefined]] : [["host", "192.168.7.2", undefined], reflexive],
    );
    assert.equal(a.agent.selectedPair?.local.type, nat1To1Type);
    assert.equal(z.agent.sendRoute?.address, "203.0.113.7");
  });
}

test("of several static addresses the one for the local address counts", () => {
  const nat1To1 = [{ external: "203.0.113.9" }, { local: "10.8.0.1", external: "203.0.113.8" }];
  assert.deepEqual(addresses({ nat1To1, addressFamilies: [4] }), ["203.0.113.9", "203.0.113.8"]);
});

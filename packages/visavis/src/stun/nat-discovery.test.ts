/** NAT behaviour discovery against simulated NATs whose behaviour is known: RFC 5780. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, type NatOptions, Simulation, testSeed } from "@visavis/netsim";
import { fromHex } from "../base/bytes.ts";
import { RouteTable } from "../base/route.ts";
import { AttributeType } from "./attribute-type.ts";
import { answerBindingRequest, MAX_GROWTH } from "./binding-server.ts";
import { createTransactionId, decodeMessage, encodeHeader, finishMessage, StunClass, StunMethod } from "./message.ts";
import { NatDiscovery, type NatDiscoveryOptions } from "./nat-discovery.ts";
import {
  decodeChangeRequest,
  decodeResponsePort,
  encodeChangeRequest,
  encodePadding,
  encodeResponsePort,
} from "./nat-discovery-attributes.ts";
import { answerDiscoveryRequest } from "./nat-discovery-server.ts";
import type { NatBehaviour, NatReport } from "./nat-report.ts";

const BEHAVIOURS: readonly NatBehaviour[] = ["none", "endpoint-independent", "address-dependent", "address-and-port-dependent"];
const FIRST = "198.51.100.1";
const SECOND = "198.51.100.2";

/** A server at two addresses and two ports; `plain` ones know only RFC 8489. */
function serve(host: Host, kind: "full" | "plain" | "half"): void {
  const all = { addresses: [FIRST, SECOND], ports: [3478, 3479] } as const;
  const sockets = new Map<string, ReturnType<Host["bind"]>>();
  for (const address of all.addresses) {
    for (const port of all.ports) {
      const socket = host.bind({ address, port }, (bytes, from, fromPort) => {
        const request = decodeMessage(bytes);
        if (request === undefined || (kind === "half" && address === SECOND)) return;
        if (kind === "plain") {
          const answer = answerBindingRequest(bytes, from, fromPort);
          if (answer !== undefined) socket.send(answer, 0, answer.length, from, fromPort);
          return;
        }
        const answer = answerDiscoveryRequest(request, { address: from, port: fromPort }, { address, port }, all);
        if (answer === undefined) return;
        const by = kind === "half" ? socket : sockets.get(`${answer.from.address} ${answer.from.port}`);
        by?.send(answer.bytes, 0, answer.bytes.length, from, answer.toPort);
      });
      sockets.set(`${address} ${port}`, socket);
    }
  }
}

/** Runs a discovery from behind a NAT. */
function discover(
  nat: Partial<NatOptions>,
  options: {
    readonly kind?: "full" | "plain" | "half";
    readonly loss?: number;
    readonly seed?: string;
  } & Partial<NatDiscoveryOptions> = {},
): { report: NatReport; took: number; lost: number } {
  const sim = new Simulation({ seed: options.seed ?? testSeed() });
  const internet = sim.subnet({ name: "internet", link: { delay: 25, loss: options.loss ?? 0 } });
  const home = sim.subnet({ name: "home" });
  const address = nat.mapping === "none" ? "203.0.113.1" : "10.0.0.1";
  const outside = { outside: internet, outsideAddresses: ["203.0.113.1"], exposedHost: address };
  sim.nat({ name: "nat", inside: home, insideAddresses: ["10.0.0.254"], ...outside, ...nat });
  const host = sim.host({ name: "client", interfaces: [{ name: "eth0", addresses: [address], subnet: home }] });
  const addresses = [FIRST, SECOND];
  serve(sim.host({ name: "server", interfaces: [{ name: "eth0", addresses, subnet: internet }] }), options.kind ?? "full");
  const engine = new NatDiscovery({
    random: host.platform.random,
    routes: new RouteTable(),
    server: { address: FIRST, port: 3478 },
    localAddress: address,
    ...options,
  });
  const runner = host.run(engine);
  sim.runUntil(() => runner.events.some(({ type }) => type === "report"), { within: 3_600_000 });
  const took = sim.now;
  sim.runFor(0);
  assert.equal(host.openSockets, 0, "sockets are left open");
  const last = runner.events.at(-1);
  assert.ok(last?.type === "report");
  return { report: last.report, took, lost: sim.counts.drops.loss };
}

test("what is found out is the truth, for each of the 16 combinations", () => {
  for (const mapping of BEHAVIOURS) {
    for (const filtering of BEHAVIOURS) {
      for (const hairpinning of [true, false]) {
        const { report, took } = discover({ mapping, filtering, hairpinning });
        const name = `${mapping} ${filtering} ${hairpinning}`;
        assert.deepEqual([report.mapping, report.filtering], [mapping, filtering], name);
        assert.equal(report.problem, undefined, name);
        assert.equal(report.roundTrip, 50, name);
        assert.equal(report.mapped?.address, "203.0.113.1", name);
        // Nobody can find a way in through a filter that has to know a port which nobody can foresee.
        const stable = mapping === "endpoint-independent";
        const open = filtering === "none" || filtering === "endpoint-independent";
        assert.equal(report.hairpinning, mapping === "none" ? undefined : hairpinning && (stable || open), name);
        assert.ok(took <= 5000, `${name}: ${took} ms`);
      }
    }
  }
});

test("loss does not change what is found out", () => {
  let lost = 0;
  // Seeds that are known: in one run of a thousand a question and its four repetitions are all lost.
  for (let i = 0; i < 20; i++) {
    const nat = { mapping: "endpoint-independent", filtering: "address-dependent" } as const;
    const found = discover(nat, { loss: 0.1, seed: `loss ${i}` });
    assert.deepEqual([found.report.mapping, found.report.filtering], [nat.mapping, nat.filtering], `${i}`);
    lost += found.lost;
  }
  assert.ok(lost > 20, `${lost}`);
});

test("how long an unused mapping lives is seen between the ages that are asked for", () => {
  const lifetimes = [20_000, 60_000, 120_000, 300_000];
  for (const [lifetime, alive, expired] of [
    [90_000, 60_000, 120_000],
    [10_000, 0, 20_000],
    [900_000, 300_000, undefined],
  ] as const) {
    const { report } = discover({ lifetime }, { lifetimes });
    assert.deepEqual(report.lifetime, { alive, expired });
  }
});

test("where nothing answers, or less than all, the report says so", () => {
  const blocked = discover({ udp: false }).report;
  assert.deepEqual([blocked.problem, blocked.mapped, blocked.mapping], ["unreachable", undefined, undefined]);
  const plain = discover({}, { kind: "plain" }).report;
  assert.deepEqual([plain.problem, plain.mapped?.address, plain.mapping], ["no-other-address", "203.0.113.1", undefined]);
  const open = discover({ mapping: "none" }, { kind: "plain" }).report;
  assert.equal(open.mapping, "none");
  // It says that it has another address, but answers from the wrong one.
  const half = discover({ filtering: "none" }, { kind: "half" }).report;
  assert.deepEqual([half.problem, half.mapping], ["no-other-address", undefined]);
  const absent = discover({}, { localAddress: "10.9.9.9" }).report;
  assert.equal(absent.problem, "bind-failed");
});

test("a mistaken call is told at once", () => {
  for (const [address, localAddress] of [
    ["stun.example", "10.0.0.1"],
    [FIRST, "eth0"],
    [FIRST, "2001:db8::1"],
  ] as const) {
    assert.throws(() => discover({}, { server: { address, port: 3478 }, localAddress }), RangeError);
  }
  assert.throws(() => discover({}, { lifetimes: new Array<number>(17).fill(1) }), RangeError);
});

/** A request with these attributes, as hexadecimal digits. */
const request = (attributes: string): Uint8Array =>
  fromHex(`0001${(attributes.length / 2).toString(16).padStart(4, "0")}2112a442000102030405060708090a0b${attributes}`);

test("the attributes have the bytes of RFC 5780 §7; cut ones are not read", () => {
  const id = createTransactionId({ seeded: true, fill: (out) => out.fill(7) });
  const out = new Uint8Array(64);
  let end = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, id);
  end = encodeChangeRequest(out, end, { address: true, port: false });
  end = encodeResponsePort(out, end, 0x1234);
  end = encodePadding(out, end, 6);
  finishMessage(out, 0, end);
  assert.deepEqual(out.subarray(20, end), fromHex("0003000400000004" + "0027000412340000" + "002600060000000000000000"));
  const message = decodeMessage(out, 0, end);
  assert.ok(message);
  assert.deepEqual(decodeChangeRequest(message), { address: true, port: false });
  assert.equal(decodeResponsePort(message), 0x1234);
  for (const [attributes, change, port] of [
    ["0003000400000006", { address: true, port: true }, undefined],
    ["00270002abcd0000", undefined, 0xabcd],
    ["0003000300000600", undefined, undefined],
    ["0027000112000000", undefined, undefined],
    ["00030000" + "00270000", undefined, undefined],
  ] as const) {
    const read = decodeMessage(request(attributes));
    assert.ok(read, attributes);
    assert.deepEqual([decodeChangeRequest(read), decodeResponsePort(read)], [change, port], attributes);
  }
});

test("the server answers from where it is asked to, and sends nobody more than the addresses that are demanded", () => {
  const all = { addresses: [FIRST, SECOND], ports: [3478, 3479] } as const;
  const client = { address: "203.0.113.1", port: 5000 };
  const answer = (attributes: string, at = { address: FIRST, port: 3478 }) => {
    const read = decodeMessage(request(attributes));
    assert.ok(read, attributes);
    return { asked: read.bytes.length, told: answerDiscoveryRequest(read, client, at, all) };
  };
  for (const [flags, address, port] of [
    ["0", FIRST, 3478],
    ["2", FIRST, 3479],
    ["4", SECOND, 3478],
    ["6", SECOND, 3479],
  ] as const) {
    const { told, asked } = answer(`000300040000000${flags}`);
    assert.deepEqual([told?.from, told?.toPort], [{ address, port }, 5000]);
    assert.ok((told?.bytes.length ?? 0) - asked <= 3 * MAX_GROWTH);
  }
  assert.equal(answer("00270004a1b20000").told?.toPort, 0xa1b2);
  const padded = answer(`002605dc${"00".repeat(1500)}`);
  assert.ok((padded.told?.bytes.length ?? 0) - padded.asked <= 3 * MAX_GROWTH);
  // Both together would send much to somebody else.
  const refused = decodeMessage(answer("00270004a1b20000" + "0026000400000000").told?.bytes ?? new Uint8Array());
  assert.equal(refused?.class, StunClass.ERROR);
  assert.ok(refused.attributes.every(({ type }) => type !== AttributeType.XOR_MAPPED_ADDRESS));
});

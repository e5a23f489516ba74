/** Engines run until they have told what they were run for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation } from "@visavis/netsim";
import { RouteTable } from "../base/route.ts";
import { NatDiscovery, type NatDiscoveryEvent } from "../stun/nat-discovery.ts";
import { untilEvent } from "./until-event.ts";

/** A discovery that nobody answers: it reports that after some seconds. */
function discovery(): { sim: Simulation; host: ReturnType<Simulation["host"]>; engine: NatDiscovery } {
  const sim = new Simulation();
  const host = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  const server = { address: "10.0.0.2", port: 3478 };
  const { random } = host.platform;
  const engine = new NatDiscovery({ random, routes: new RouteTable(), server, localAddress: "10.0.0.1" });
  return { sim, host, engine };
}

const problemOf = (event: NatDiscoveryEvent): string | undefined => (event.type === "report" ? event.report.problem : undefined);

test("the promise is what the event gives, and nothing stays open", async () => {
  const { sim, host, engine } = discovery();
  const problem = untilEvent(host.platform, engine, problemOf);
  await sim.run({ within: 100 });
  assert.equal(host.openSockets, 4);
  assert.equal(await sim.run({ until: problem, within: 10_000 }), "unreachable");
  assert.equal(host.openSockets, 0);
});

test("it is given up by a signal, before it begins too, and by what the caller throws", async () => {
  const { sim, host, engine } = discovery();
  const abort = new AbortController();
  const given = untilEvent(host.platform, engine, problemOf, abort.signal);
  sim.after(50, () => abort.abort(new Error("enough")));
  await assert.rejects(sim.run({ until: given, within: 10_000 }), /enough/);
  assert.equal(host.openSockets, 0);
  const late = discovery();
  await assert.rejects(untilEvent(late.host.platform, late.engine, problemOf, AbortSignal.abort(new Error("no"))), /no/);
  const thrown = discovery();
  const taking = untilEvent(thrown.host.platform, thrown.engine, () => {
    throw new Error("mine");
  });
  await assert.rejects(thrown.sim.run({ until: taking, within: 10_000 }), /mine/);
  assert.equal(thrown.host.openSockets, 0);
});

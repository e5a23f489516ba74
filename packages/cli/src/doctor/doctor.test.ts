/** The doctor against simulated networks whose truth is known. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type NatOptions, Simulation, testSeed } from "@visavis/netsim";
import { meetDirectly, type NatBehaviour, type NatKind, type NatReport } from "visavis/stun";
import { namedUsers, RelayPolicy, TurnServer } from "visavis/turn";
import { command, plansOf } from "../commands/doctor.ts";
import { addressKind } from "./address-kind.ts";
import { compare } from "./comparison.ts";
import { type Diagnosis, diagnose, reachOf } from "./diagnosis.ts";
import { examine } from "./examine.ts";
import type { Findings } from "./findings.ts";
import { parseFindings } from "./peer-file.ts";
import { reasonOf } from "./reasons.ts";
import { printReport } from "./report-text.ts";

const BEHAVIOURS: readonly NatBehaviour[] = ["none", "endpoint-independent", "address-dependent", "address-and-port-dependent"];
const KINDS: readonly NatKind[] = BEHAVIOURS.flatMap((mapping) => BEHAVIOURS.map((filtering) => ({ mapping, filtering })));
const SERVERS = ["198.51.100.1", "198.51.100.2"] as const;
const STUN = `stun:${SERVERS[0]}`;

interface Visit {
  readonly findings: Findings;
  readonly diagnosis: Diagnosis;
  readonly progress: readonly string[];
}

/** Sends the doctor to a host behind a NAT, with a server outside that does everything. */
async function visit(
  nat: Partial<NatOptions>,
  urls: readonly string[],
  options: { password?: string; mdns?: boolean; lifetimes?: readonly number[]; plain?: boolean } = {},
): Promise<Visit> {
  const sim = new Simulation({ seed: testSeed() });
  const internet = sim.subnet({ name: "internet", link: { delay: 25 } });
  const home = sim.subnet({ name: "home" });
  const address = nat.mapping === "none" ? "203.0.113.1" : "10.0.0.1";
  const outside = { outside: internet, outsideAddresses: ["203.0.113.1"], exposedHost: address };
  sim.nat({ name: "nat", inside: home, insideAddresses: ["10.0.0.254"], ...outside, ...nat });
  const host = sim.host({ name: "host", interfaces: [{ name: "eth0", addresses: [address], subnet: home }] });
  const far = sim.host({ name: "server", interfaces: [{ name: "eth0", addresses: SERVERS, subnet: internet }] });
  far.run(
    new TurnServer(
      {
        random: far.platform.random,
        realm: "visavis.test",
        users: namedUsers(new Map([["alice", "secret"]])),
        listen: [
          ...SERVERS.flatMap((each) => [3478, 3479].map((port) => ({ address: each, port }))),
          { protocol: "tcp" as const, address: SERVERS[0], port: 3478 },
        ],
        relay: [{ family: 4, address: SERVERS[0] }],
        policy: new RelayPolicy(),
        ...(options.plain !== true && { discovery: { addresses: SERVERS, ports: [3478, 3479] as const } }),
      },
      0,
      far.platform.clock.wallTime(),
    ),
  );
  const progress: string[] = [];
  const plan = {
    servers: urls.flatMap(plansOf),
    username: "alice",
    credential: options.password ?? "secret",
    lifetimes: options.lifetimes ?? [],
    mdns: options.mdns ?? false,
  };
  const findings = await sim.run({ until: examine(host.platform, plan, (what) => progress.push(what)), within: 600_000 });
  assert.equal(host.openSockets, 0, "sockets are left open");
  return { findings, diagnosis: diagnose(findings), progress };
}

test("the verdict is the truth, behind each of the 16 combinations of mapping and filtering", async () => {
  const patients = new Map<NatKind, Visit>();
  for (const kind of KINDS) patients.set(kind, await visit(kind, [STUN]));
  for (const [kind, { diagnosis, findings }] of patients) {
    const name = `${kind.mapping} ${kind.filtering}`;
    assert.deepEqual(diagnosis.nats, [{ family: 4, ...kind }], name);
    assert.equal(diagnosis.udp, "works", name);
    const met = KINDS.filter((other) => meetDirectly(kind, other)).length;
    const symmetric = kind.mapping === "address-dependent" || kind.mapping === "address-and-port-dependent";
    assert.equal(diagnosis.reach, met === 16 ? "anyone" : symmetric ? "few" : "most", name);
    assert.equal(diagnosis.reach, reachOf(kind), name);
    for (const [other, { findings: theirs }] of patients) {
      // These two have one address outside only because each has a world of its own.
      const moved = {
        ...theirs,
        nats: theirs.nats.map((each) => ({ ...each, report: { ...each.report, mapped: { address: "203.0.113.2", port: 1 } } })),
      };
      const { outcome } = compare(findings, moved);
      assert.equal(
        outcome,
        meetDirectly(kind, other) ? "direct" : "impossible",
        `${name} with ${other.mapping} ${other.filtering}`,
      );
    }
  }
});

const levels = ({ statements }: Diagnosis, level: string): string[] =>
  statements.filter((each) => each.level === level).map(({ text }) => text);

test("servers are tried over each transport, and what they relay is tried too", async () => {
  const { findings, diagnosis, progress } = await visit({}, [STUN, `turn:${SERVERS[0]}`]);
  assert.deepEqual(
    findings.servers.map(({ url, transport, works, carries }) => [url, transport, works, carries]),
    [
      [STUN, "udp", true, undefined],
      [`turn:${SERVERS[0]}?transport=udp`, "udp", true, true],
      [`turn:${SERVERS[0]}?transport=tcp`, "tcp", true, true],
    ],
  );
  assert.deepEqual(progress, [
    "network interfaces",
    `${STUN} over UDP`,
    ...["UDP", "TCP"].map((t) => `turn:${SERVERS[0]}?transport=${t.toLowerCase()} over ${t}`),
  ]);
  assert.equal(diagnosis.relay, true);
  assert.deepEqual(levels(diagnosis, "problem"), []);
  const text = printReport(findings, diagnosis);
  assert.match(text, /seen as {7}203\.0\.113\.1 port \d+, after 50 ms/);
  assert.match(text, /ok {4}turn:198\.51\.100\.1\?transport=tcp over TCP: works, relays as 198\.51\.100\.1:\d+, \d+ ms/);
  assert.ok(
    text.split("\n").every((line) => !/undefined|NaN|object/.test(line)),
    text,
  );
});

test("wrong credentials, silent servers and names that nobody knows are told apart", async () => {
  const wrong = await visit({}, [`turn:${SERVERS[0]}?transport=udp`], { password: "wrong" });
  assert.deepEqual(wrong.findings.servers[0]?.code, 401);
  assert.match(levels(wrong.diagnosis, "problem").join(), /wrong user name or password/);
  assert.equal(wrong.diagnosis.udp, "works", "a refusal is an answer");
  const silent = await visit({}, ["turn:198.51.100.200?transport=udp", STUN]);
  assert.equal(silent.findings.servers[0]?.code, 701);
  assert.match(levels(silent.diagnosis, "problem").join(), /no answer/);
  assert.equal(silent.diagnosis.udp, "works");
  for (const url of ["stun:nowhere.example", "turn:nowhere.example?transport=udp"]) {
    const unknown = await visit({}, [url]);
    assert.match(levels(unknown.diagnosis, "problem").join(), /name cannot be resolved/);
  }
});

test("where UDP is blocked and a relay over TCP is not, the verdict says both", async () => {
  const urls = [STUN, `turn:${SERVERS[0]}`];
  const { diagnosis, findings } = await visit({ udp: false }, urls);
  assert.deepEqual([diagnosis.udp, diagnosis.reach, diagnosis.relay], ["blocked", "nobody", true]);
  assert.match(levels(diagnosis, "warning").join(), /UDP does not get out/);
  // With somebody who has UDP but no relay of his own, that relay is enough.
  const other = await visit({ mapping: "address-and-port-dependent" }, [STUN]);
  assert.equal(compare(findings, other.findings).outcome, "relay");
  const nothing = await visit({ udp: false }, [STUN]);
  assert.equal(nothing.diagnosis.udp, "unknown");
  assert.match(levels(nothing.diagnosis, "problem").join(), /No server answered over UDP/);
  const without = await visit({ udp: false }, [`turn:${SERVERS[0]}?transport=tcp`, STUN], { password: "wrong" });
  assert.equal(compare(without.findings, other.findings).outcome, "impossible");
  const relayed = await visit({ mapping: "address-and-port-dependent" }, [STUN, `turn:${SERVERS[0]}?transport=udp`]);
  assert.equal(compare(relayed.findings, other.findings).outcome, "relay");
});

test("names by multicast DNS, lifetimes, and a machine that is asked about itself alone", async () => {
  const { findings, diagnosis } = await visit({ lifetime: 45_000 }, [STUN], {
    mdns: true,
    lifetimes: [10_000, 20_000, 40_000, 80_000],
  });
  assert.equal(findings.mdns, true);
  assert.deepEqual(findings.nats[0]?.report.lifetime, { alive: 40_000, expired: 80_000 });
  assert.match(levels(diagnosis, "good").join(), /lives for at least 40 s, and is gone after 80 s/);
  const alone = await visit({}, []);
  assert.deepEqual(
    alone.findings.interfaces.map(({ name, kind }) => `${name} ${kind}`),
    ["lo loopback", "lo loopback", "eth0 private"],
  );
  assert.equal(alone.diagnosis.reach, "unknown");
  assert.match(levels(alone.diagnosis, "note").join(), /No server was named/);
});

test("two servers that know nothing of RFC 5780 tell whether a NAT is symmetric", async () => {
  const urls = [`stun:${SERVERS[0]}`, `stun:${SERVERS[1]}`];
  for (const [mapping, symmetric] of [
    ["endpoint-independent", false],
    ["address-dependent", true],
    ["address-and-port-dependent", true],
  ] as const) {
    const { findings, diagnosis } = await visit({ mapping }, urls, { plain: true });
    assert.deepEqual(findings.symmetry, [{ family: 4, urls, symmetric }]);
    assert.equal(diagnosis.reach, symmetric ? "few" : "most");
    assert.match(
      printReport(findings, diagnosis),
      symmetric ? /different ports: the NAT is symmetric/ : /the NAT is not symmetric/,
    );
  }
  const single = await visit({}, [STUN], { plain: true });
  assert.deepEqual([single.findings.symmetry, single.diagnosis.reach], [undefined, "unknown"]);
});

test("what the other side sent is read when it is findings, and compared", async () => {
  // Two homes with one address outside are behind one NAT.
  for (const [hairpinning, outcome] of [
    [true, "direct"],
    [false, "unknown"],
  ] as const) {
    const { findings } = await visit({ hairpinning }, [STUN]);
    assert.equal(compare(findings, parseFindings(JSON.stringify({ findings })) ?? assert.fail()).outcome, outcome);
  }
  const text = JSON.stringify(await visit({}, [STUN]));
  const rubbish = [
    "",
    "null",
    "[]",
    "{}",
    '{"findings":{}}',
    text.replaceAll('"family":4', '"family":5'),
    text.replace(/"mapping":"[^"]*"/, '"mapping":"x"'),
  ];
  for (const each of [...rubbish, text.replace('"works":true', '"works":1'), text.replace(/"mapped":\{[^}]*\}/, '"mapped":7')]) {
    assert.equal(parseFindings(each), undefined, each.slice(0, 60));
  }
});

async function call(...args: string[]): Promise<{ out: string; err: string; code: number | string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    out: (text: string) => out.push(text),
    err: (text: string) => err.push(text),
    interactive: false,
    interrupted: new AbortController().signal,
    environment: {},
  };
  const code = await command.run(args, io).catch((error: Error) => `${error.name}: ${error.message}`);
  return { out: out.join(""), err: err.join(""), code };
}

test("the command prints text or JSON, and explains what it cannot take", async () => {
  const { out, err, code } = await call("--no-mdns", "--json");
  const { findings, diagnosis } = JSON.parse(out) as Visit;
  assert.ok(findings.interfaces.length > 0 && diagnosis.statements.length > 0);
  assert.equal(err, "Looking at network interfaces\n");
  assert.equal(code, findings.interfaces.every(({ kind }) => kind === "loopback") ? 1 : 0);
  assert.match((await call("--no-mdns")).out, /^Network interfaces\n[\s\S]*\nVerdict\n/);
  for (const [args, says] of [
    [["example.org"], /CommandMistake: "example.org" is no URL of a server. It begins with stun:/],
    [["stun:a:0"], /CommandMistake: "stun:a:0" is no URL/],
    [["stuns:a"], /CommandMistake: stuns:a: STUN servers are asked over UDP/],
    [["turn:a"], /CommandMistake: A TURN server needs --username and --credential/],
    [["--lifetime", "5"], /CommandMistake: --lifetime must be a whole number from 10 to 3600/],
    [["--peer", "/nowhere/x.json"], /CommandFailure: \/nowhere\/x.json cannot be read/],
    [["--peer", import.meta.filename], /CommandFailure: .* is not what visavis doctor --json prints/],
  ] as const) {
    assert.match(String((await call(...args)).code), says);
  }
});

test("what the system and TLS say is put in plain words", () => {
  for (const [text, says] of [
    ["the TURN server cannot be reached: ECONNREFUSED", /nobody listens/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", /not trusted/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", /another name/],
    ["CERT_HAS_EXPIRED", /not valid at this time/],
    ["", /no answer/],
  ] as const) {
    assert.match(reasonOf(701, text), says);
  }
  assert.match(reasonOf(486, ""), /as many/);
  assert.match(reasonOf(599, "what"), /refuses \(what\)/);
});

test("a server in the same network tells nothing about the internet", () => {
  const local = { address: "10.0.0.1", port: 5000 };
  const report: NatReport = {
    server: { address: "10.0.0.2", port: 3478 },
    local,
    mapped: local,
    roundTrip: 1,
    mapping: "none",
    filtering: "none",
    hairpinning: undefined,
    lifetime: undefined,
    problem: undefined,
  };
  const { reach, statements } = diagnose({ interfaces: [], nats: [{ url: "stun:10.0.0.2", family: 4, report }], servers: [] });
  assert.equal(reach, "unknown");
  assert.match(statements.map(({ text }) => text).join(), /within this network/);
});

test("addresses are told by who can reach them", () => {
  for (const [address, kind] of [
    ["8.8.8.8", "public"],
    ["10.1.2.3", "private"],
    ["172.31.0.1", "private"],
    ["172.32.0.1", "public"],
    ["192.168.0.1", "private"],
    ["100.64.0.1", "carrier"],
    ["100.128.0.1", "public"],
    ["169.254.1.1", "link-local"],
    ["127.0.0.1", "loopback"],
    ["::1", "loopback"],
    ["fe80::1%eth0", "link-local"],
    ["fd00::1", "private"],
    ["2001:db8::1", "public"],
  ] as const) {
    assert.equal(addressKind(address), kind, address);
  }
});

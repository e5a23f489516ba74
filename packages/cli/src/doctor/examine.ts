/** Looks at this machine's network and at the servers that were named. It asks nobody else. */
import { type Platform, parseIpAddress, RouteTable } from "visavis/base";
import { IceAgent, type IceEvent, type IceServerAddress } from "visavis/ice";
import { untilEvent } from "visavis/node";
import { NatDiscovery, type NatReport } from "visavis/stun";
import { addressKind } from "./address-kind.ts";
import type { Findings, InterfaceFinding, NatFinding, ServerFinding, SymmetryFinding } from "./findings.ts";
import { meet } from "./meeting.ts";
import { reasonOf } from "./reasons.ts";
import { BindingSurvey } from "./survey.ts";

/** A server, and how to speak to it. */
export interface ServerPlan {
  /** As it was named. */
  readonly url: string;
  readonly address: IceServerAddress;
}

/** What is to be looked at. */
export interface ExaminationPlan {
  readonly servers: readonly ServerPlan[];
  readonly username?: string;
  readonly credential?: string;
  /** After how many milliseconds it is to be seen whether a mapping still lives. */
  readonly lifetimes: readonly number[];
  /** Whether multicast DNS is tried. */
  readonly mdns: boolean;
}

/** Local addresses that a server is asked from at once. */
const MAX_LOCAL = 8;

/** Milliseconds for two relays, or two names, to find each other. */
const MEETING = 6000;

const MAPPED_V6_PREFIX = /^::ffff:/i;

/** A transport as people say it. */
export function transportOf({ scheme, transport }: IceServerAddress): ServerFinding["transport"] {
  return scheme === "stuns" || scheme === "turns" ? "tls" : transport;
}

/** Looks at everything in the plan. @param progress is told what is looked at, before it is */
export async function examine(
  platform: Platform,
  plan: ExaminationPlan,
  progress: (what: string) => void,
  signal?: AbortSignal,
): Promise<Findings> {
  progress("network interfaces");
  const interfaces = lookAtInterfaces(platform);
  const nats: NatFinding[] = [];
  const servers: ServerFinding[] = [];
  for (const server of plan.servers) {
    signal?.throwIfAborted();
    progress(`${server.url} over ${transportOf(server.address).toUpperCase()}`);
    if (server.address.scheme === "stun") {
      const found = await askStun(platform, server, plan, interfaces, signal);
      nats.push(...found);
      servers.push(judgeStun(server, found));
    } else servers.push(await askTurn(platform, server, plan, signal));
  }
  const symmetry = await compareSights(platform, nats, progress, signal);
  const found = { interfaces, nats, servers, ...(symmetry.length > 0 && { symmetry }) };
  signal?.throwIfAborted();
  if (!plan.mdns) return found;
  progress("names by multicast DNS");
  const network = { obfuscateAddresses: true, tcp: [] };
  return { ...found, mdns: await meet(platform, { network }, MEETING) };
}

/** Where no server knew RFC 5780 and two have answered, one socket asks both. */
async function compareSights(
  platform: Platform,
  nats: readonly NatFinding[],
  progress: (what: string) => void,
  signal: AbortSignal | undefined,
): Promise<SymmetryFinding[]> {
  const findings: SymmetryFinding[] = [];
  for (const family of [4, 6] as const) {
    const asked = nats.filter((each) => each.family === family && each.report.mapped !== undefined);
    const [first] = asked;
    const second = asked.find(({ report }) => report.server.address !== first?.report.server.address);
    const local = first?.report.local;
    if (first === undefined || second === undefined || local === undefined) continue;
    if (asked.some(({ report }) => report.mapping !== undefined)) continue;
    progress(`what two servers see of one port over IPv${family}`);
    const servers = [first.report.server, second.report.server];
    const survey = new BindingSurvey(platform.random, new RouteTable(), servers, local.address);
    const [one, other] = await untilEvent(platform, survey, (sights) => sights, signal);
    if (one === undefined || other === undefined) continue;
    const symmetric = one.address !== other.address || one.port !== other.port;
    findings.push({ family, urls: [first.url, second.url], symmetric });
  }
  return findings;
}

function lookAtInterfaces({ network }: Platform): InterfaceFinding[] {
  return network.interfaces().map(({ name, address, family, internal, linkLocal }) => ({
    name,
    address,
    family,
    kind: internal ? "loopback" : linkLocal ? "link-local" : addressKind(address),
  }));
}

/** One discovery for each family that the server has, from whichever local address gets an answer. */
async function askStun(
  platform: Platform,
  { url, address: { host, port } }: ServerPlan,
  { lifetimes }: ExaminationPlan,
  interfaces: readonly InterfaceFinding[],
  signal: AbortSignal | undefined,
): Promise<NatFinding[]> {
  const findings: NatFinding[] = [];
  for (const family of [4, 6] as const) {
    const [address] = parseIpAddress(host)?.family === family ? [host] : await platform.network.resolve(host, family, signal);
    if (address === undefined || MAPPED_V6_PREFIX.test(address)) continue;
    const loopback = addressKind(address) === "loopback";
    const local = interfaces
      .filter((each) => each.family === family && (each.kind === "loopback") === loopback && each.kind !== "link-local")
      .slice(0, MAX_LOCAL);
    const reports = await Promise.all(
      local.map(({ address: localAddress }) =>
        untilEvent(
          platform,
          new NatDiscovery({
            random: platform.random,
            routes: new RouteTable(),
            server: { address, port },
            localAddress,
            lifetimes,
          }),
          (event) => (event.type === "report" ? event.report : undefined),
          signal,
        ),
      ),
    );
    const best = reports.find(({ mapped }) => mapped !== undefined) ?? reports[0];
    if (best !== undefined) findings.push({ url, family, report: best });
  }
  return findings;
}

function judgeStun({ url }: ServerPlan, found: readonly NatFinding[]): ServerFinding {
  const answered = found.find(({ report }) => report.mapped !== undefined)?.report;
  if (answered !== undefined) {
    return { url, transport: "udp", works: true, ...(answered.roundTrip !== undefined && { took: answered.roundTrip }) };
  }
  const first: NatReport | undefined = found[0]?.report;
  if (first === undefined) return { url, transport: "udp", works: false, code: 701, reason: reasonOf(701, "host lookup") };
  return first.problem === "refused"
    ? { url, transport: "udp", works: false, code: 400, reason: "it answers with an error" }
    : { url, transport: "udp", works: false, code: 701, reason: reasonOf(701, "") };
}

interface Relay {
  readonly address: string;
  readonly took: number;
}

/** Allocates a relayed address, and sees whether two of them reach each other. */
async function askTurn(
  platform: Platform,
  { url, address }: ServerPlan,
  { username = "", credential = "" }: ExaminationPlan,
  signal: AbortSignal | undefined,
): Promise<ServerFinding> {
  const transport = transportOf(address);
  const servers = [{ urls: [url], username, credential }];
  const loopback = addressKind(address.host) === "loopback" && parseIpAddress(address.host) !== undefined;
  const options = { servers, transportPolicy: "relay", includeLoopback: loopback } as const;
  const agent = new IceAgent({ ...options, random: platform.random, routes: new RouteTable(), role: "controlling" });
  const startedAt = platform.clock.now();
  let error: Extract<IceEvent, { type: "candidate-error" }> | undefined;
  agent.gather(startedAt);
  const relay = await untilEvent<IceEvent, Relay | "none">(
    platform,
    agent,
    (event) => {
      if (event.type === "candidate-error") error = event;
      if (event.type === "candidate" && event.candidate.type === "relay") {
        const { address: relayed, port } = event.candidate;
        return {
          address: relayed.includes(":") ? `[${relayed}]:${port}` : `${relayed}:${port}`,
          took: platform.clock.now() - startedAt,
        };
      }
      return event.type === "gathering-state" && event.state === "complete" ? "none" : undefined;
    },
    signal,
  );
  if (relay === "none") {
    const code = error?.errorCode ?? 701;
    return { url, transport, works: false, code, reason: reasonOf(code, error?.errorText ?? "") };
  }
  const carries = await meet(platform, options, MEETING);
  return {
    url,
    transport,
    works: carries,
    took: relay.took,
    relayed: relay.address,
    carries,
    ...(!carries && { reason: NO_DATA }),
  };
}

const NO_DATA =
  "it gives out relayed addresses, but no data came through from one to another: look at its range of relay ports, its firewall, and whether it may relay to itself";

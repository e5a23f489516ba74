/** What follows from what was seen: a pure function, in plain words. */
import { meetDirectly, type NatBehaviour, type NatKind, type NatReport } from "visavis/stun";
import { addressKind } from "./address-kind.ts";
import type { Findings, NatFinding } from "./findings.ts";

/** How good a piece of news is. Only problems make the command fail. */
export type Level = "good" | "note" | "warning" | "problem";

/** One sentence or two. */
export interface Statement {
  readonly level: Level;
  readonly text: string;
}

/** Who can be reached without a relay. */
export type Reach =
  /** Whoever can send UDP at all. */
  | "anyone"
  /** All but those whose NAT shows everybody another port. */
  | "most"
  /** Few: this side's NAT shows everybody another port. */
  | "few"
  | "nobody"
  | "unknown";

/** The conclusion. */
export interface Diagnosis {
  /** Whether UDP gets out and back. */
  readonly udp: "works" | "blocked" | "unknown";
  /** How the way to the internet behaves, for each family that has one. */
  readonly nats: readonly { readonly family: 4 | 6; readonly mapping?: NatBehaviour; readonly filtering?: NatBehaviour }[];
  readonly reach: Reach;
  /** Whether some relay works; undefined where none was named. */
  readonly relay?: boolean;
  readonly statements: readonly Statement[];
}

const BEHAVIOURS: readonly NatBehaviour[] = ["none", "endpoint-independent", "address-dependent", "address-and-port-dependent"];
/** Every way in which the other side may be connected. */
const EVERYBODY: readonly NatKind[] = BEHAVIOURS.flatMap((mapping) => BEHAVIOURS.map((filtering) => ({ mapping, filtering })));

/** The kind of NAT that a report tells; undefined where it does not tell enough. */
export function kindOf({ mapping, filtering }: NatReport): NatKind | undefined {
  return mapping === undefined || filtering === undefined ? undefined : { mapping, filtering };
}

/** Whom somebody behind such a NAT reaches without a relay. */
export function reachOf(kind: NatKind): Reach {
  if (EVERYBODY.every((other) => meetDirectly(kind, other))) return "anyone";
  return kind.mapping === "none" || kind.mapping === "endpoint-independent" ? "most" : "few";
}

/** The report of a family that tells most. */
export function bestReport(findings: Findings, family: 4 | 6): NatReport | undefined {
  const weight = ({ report }: NatFinding): number =>
    (report.mapped === undefined ? 0 : 4) + (report.mapping === undefined ? 0 : 2) + (report.filtering === undefined ? 0 : 1);
  return findings.nats.filter((each) => each.family === family).sort((a, b) => weight(b) - weight(a))[0]?.report;
}

/** Nothing is translated, and yet the address is not one of the internet: the server is in the same network. */
function isWithin({ mapping, local }: NatReport): boolean {
  return mapping === "none" && local !== undefined && addressKind(local.address) !== "public";
}

const REACHES: readonly Reach[] = ["anyone", "most", "few", "unknown", "nobody"];

/** Draws the conclusion. */
export function diagnose(findings: Findings): Diagnosis {
  const { servers, interfaces, mdns } = findings;
  const reports = ([4, 6] as const).flatMap((family) => {
    const report = bestReport(findings, family);
    return report === undefined ? [] : [{ family, report }];
  });
  const answered = reports.filter(({ report }) => report.mapped !== undefined);
  const turn = servers.filter(({ url }) => url.startsWith("turn"));
  const relay = turn.length === 0 ? undefined : turn.some(({ works }) => works);
  // A refusal is an answer, too.
  const answers = servers.filter(({ works, code }) => works || code !== 701);
  const udpWorks = answered.length > 0 || answers.some(({ transport }) => transport === "udp");
  const udpAsked = reports.length > 0 || servers.some(({ transport }) => transport === "udp");
  // A server may simply be down: only what gets through by another transport shows that UDP does not.
  const othersWork = answers.some(({ transport }) => transport !== "udp");
  const udp = udpWorks ? "works" : udpAsked && othersWork ? "blocked" : "unknown";
  const reaches = answered.map(({ family, report }): Reach => {
    const kind = kindOf(report);
    if (kind !== undefined) return isWithin(report) ? "unknown" : reachOf(kind);
    const seen = findings.symmetry?.find((each) => each.family === family);
    // Whatever the filter is: at its strictest.
    return seen === undefined ? "unknown" : seen.symmetric ? "few" : "most";
  });
  const reach = REACHES.find((each) => reaches.includes(each)) ?? (udp === "blocked" ? "nobody" : "unknown");
  const statements: Statement[] = [];
  const say = (level: Level, text: string): number => statements.push({ level, text });

  if (interfaces.every(({ kind }) => kind === "loopback")) {
    say("problem", "This machine has no network: only calls within it are possible.");
  }
  if (udp === "blocked") say("warning", "UDP does not get out of this network. Calls need a TURN server over TCP or TLS.");
  else if (udp === "unknown" && udpAsked)
    say(
      "problem",
      "No server answered over UDP: either none is up, or UDP does not get out of this network. Name a TURN server over TLS (turns:…) to tell which.",
    );
  for (const { family, symmetric } of findings.symmetry ?? []) {
    const sights = symmetric ? "different ports: the NAT is symmetric" : "the same: the NAT is not symmetric";
    say(
      symmetric ? "warning" : "good",
      `IPv${family}: two servers saw ${sights}. How it filters cannot be told without a server that knows RFC 5780.`,
    );
  }
  const within = answered.filter(({ report }) => isWithin(report));
  for (const { family } of within) {
    say("note", `IPv${family}: the server was asked within this network: that tells nothing about the way to the internet.`);
  }
  for (const { family, report } of answered)
    if (!isWithin(report)) say(reach === "few" ? "warning" : "good", `IPv${family}: ${describe(report)}`);
  if (reach === "anyone") say("good", "Direct connections come about with everybody who can send UDP.");
  else if (reach === "most")
    say(
      "note",
      "Direct connections come about with everybody but those behind a symmetric NAT, for whom a TURN server is needed.",
    );
  else if (reach === "few")
    say(
      "warning",
      "The NAT is symmetric: it shows every peer another port. Direct connections come about only with peers whose filters are lenient; the others need a TURN server.",
    );
  else if (answered.length > within.length && reach === "unknown")
    say(
      "note",
      "How the NAT filters cannot be told: no server named here knows RFC 5780. Run one with two addresses (visavis turn), or name one.",
    );
  if (reach !== "anyone" && udp !== "unknown" && relay === undefined)
    say("note", "No TURN server was named, so nothing is known about relays.");
  for (const { url, transport, works, reason } of servers) {
    if (!works) say("problem", `${url} over ${transport.toUpperCase()} does not help: ${reason ?? "unknown reason"}.`);
  }
  if (relay === true) say("good", "A relay works, so calls come about with everybody else.");
  if (relay === false && reach !== "anyone")
    say("problem", "No relay works: calls with peers that cannot be reached directly fail.");
  if (mdns === false)
    say(
      "note",
      "Names by multicast DNS do not work here. Browsers in the local network hide their addresses behind such names: with them a call goes by the NAT or a relay.",
    );
  if (servers.length === 0)
    say(
      "note",
      "No server was named, so nothing is known about the way to the internet. Name one: visavis doctor stun:HOST turn:HOST --username NAME --credential PASSWORD",
    );
  return {
    udp,
    nats: answered.map(({ family, report: { mapping, filtering } }) => ({
      family,
      ...(mapping !== undefined && { mapping }),
      ...(filtering !== undefined && { filtering }),
    })),
    reach,
    ...(relay !== undefined && { relay }),
    statements,
  };
}

/** A NAT in words. */
export function describe({ mapping, filtering, hairpinning, lifetime }: NatReport): string {
  const parts = [mapping === undefined ? "there is a NAT" : MAPPINGS[mapping]];
  if (filtering !== undefined) parts.push(FILTERS[filtering]);
  if (hairpinning === false) parts.push("hosts behind it do not reach each other by their outside address");
  if (lifetime !== undefined) {
    const { alive, expired } = lifetime;
    const until = expired === undefined ? "" : `, and is gone after ${expired / 1000} s`;
    parts.push(`an unused mapping lives for at least ${alive / 1000} s${until}`);
  }
  return `${parts.join("; ")}.`;
}

const MAPPINGS: Readonly<Record<NatBehaviour, string>> = {
  none: "no address is translated: this machine has a public address",
  "endpoint-independent": "a NAT that shows all peers one address and port",
  "address-dependent": "a symmetric NAT: it shows every address another port",
  "address-and-port-dependent": "a symmetric NAT: it shows every address and port another port",
};

const FILTERS: Readonly<Record<NatBehaviour, string>> = {
  none: "nothing is filtered",
  "endpoint-independent": "whoever knows the address and port of a socket in use may write to it",
  "address-dependent": "only addresses that were written to may answer",
  "address-and-port-dependent": "only addresses and ports that were written to may answer",
};

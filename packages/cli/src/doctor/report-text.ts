/** The report of the doctor as text. */
import type { Comparison } from "./comparison.ts";
import type { Diagnosis, Level } from "./diagnosis.ts";
import type { AddressKind, Findings, NatFinding, ServerFinding } from "./findings.ts";

const KINDS: Readonly<Record<AddressKind, string>> = {
  public: "public",
  private: "private: behind a NAT, if it reaches the internet",
  carrier: "shared by a provider (RFC 6598): behind its NAT",
  "link-local": "this link only",
  loopback: "this machine only",
};

const MARKS: Readonly<Record<Level, string>> = { good: "ok  ", note: "    ", warning: "!   ", problem: "FAIL" };

const column = (rows: readonly string[]): number => Math.max(0, ...rows.map(({ length }) => length));

/** The whole report; ends with a line feed. */
export function printReport(findings: Findings, diagnosis: Diagnosis, comparison?: Comparison): string {
  const lines: string[] = ["Network interfaces"];
  const names = column(findings.interfaces.map(({ name }) => name));
  const addresses = column(findings.interfaces.map(({ address }) => address));
  for (const { name, address, kind } of findings.interfaces) {
    lines.push(`  ${name.padEnd(names)}  ${address.padEnd(addresses)}  ${KINDS[kind]}`);
  }
  for (const nat of findings.nats) lines.push(...printNat(nat));
  if (findings.servers.length > 0) lines.push("", "Servers", ...findings.servers.map(printServer));
  if (findings.mdns !== undefined) lines.push("", `Names by multicast DNS: ${findings.mdns ? "work" : "do not work"}`);
  lines.push("", "Verdict", ...diagnosis.statements.map(({ level, text }) => `  ${MARKS[level]}  ${text}`));
  if (comparison !== undefined) lines.push("", `A call with the other side: ${comparison.outcome}`, `  ${comparison.why}`);
  return `${lines.join("\n")}\n`;
}

function printNat({ url, family, report }: NatFinding): string[] {
  const { mapped, local, mapping, filtering, hairpinning, lifetime, roundTrip, problem } = report;
  const rows: [string, string | undefined][] = [
    ["asked from", local && `${local.address} port ${local.port}`],
    ["seen as", mapped && `${mapped.address} port ${mapped.port}, after ${Math.round(roundTrip ?? 0)} ms`],
    ["mapping", mapping],
    ["filtering", filtering],
    ["hairpinning", hairpinning === undefined ? undefined : hairpinning ? "yes" : "no"],
    [
      "mappings live",
      lifetime &&
        `${lifetime.alive / 1000} s at least${lifetime.expired === undefined ? "" : `, less than ${lifetime.expired / 1000} s`}`,
    ],
    ["not found out", problem && PROBLEMS[problem]],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined);
  return ["", `The way to ${url} over IPv${family}`, ...known.map(([name, value]) => `  ${name.padEnd(14)}${value}`)];
}

const PROBLEMS: Readonly<Record<NonNullable<NatFinding["report"]["problem"]>, string>> = {
  "bind-failed": "no socket could be opened at this address",
  unreachable: "no answer",
  refused: "the server answers with an error",
  "no-other-address": "how the NAT behaves: the server has no second address to ask from (RFC 5780)",
};

function printServer({ url, transport, works, took, relayed, reason }: ServerFinding): string {
  const time = took === undefined ? "" : `, ${Math.round(took)} ms`;
  const what = works ? `works${relayed === undefined ? "" : `, relays as ${relayed}`}${time}` : (reason ?? "does not work");
  return `  ${works ? "ok  " : "FAIL"}  ${url} over ${transport.toUpperCase()}: ${what}`;
}

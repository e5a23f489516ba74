/** Reads what `visavis doctor --json` printed at the other side. It comes from somebody else: nothing in it is believed unseen. */
import { readFileSync } from "node:fs";
import { CommandFailure } from "../command.ts";
import type { Findings, NatFinding, ServerFinding } from "./findings.ts";

const WORDS = ["none", "endpoint-independent", "address-dependent", "address-and-port-dependent", undefined];

type Unknown<T> = { readonly [Key in keyof T]?: unknown };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isNat(value: unknown): value is NatFinding {
  const { family, report } = (isObject(value) ? value : {}) as Unknown<NatFinding>;
  if ((family !== 4 && family !== 6) || !isObject(report)) return false;
  const { mapped, local, mapping, filtering } = report as Unknown<NatFinding["report"]>;
  const areAddresses = [mapped, local].every(
    (each) => each === undefined || (isObject(each) && typeof each["address"] === "string"),
  );
  return areAddresses && [mapping, filtering].every((each) => WORDS.includes(each as string | undefined));
}

function isServer(value: unknown): value is ServerFinding {
  const { url, transport, works } = (isObject(value) ? value : {}) as Unknown<ServerFinding>;
  return typeof url === "string" && ["udp", "tcp", "tls"].includes(transport as string) && typeof works === "boolean";
}

/** The findings in a text that `--json` printed; undefined when it is something else. */
export function parseFindings(text: string): Findings | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const findings = isObject(value) ? value["findings"] : undefined;
  const { nats, servers, interfaces } = (isObject(findings) ? findings : {}) as Unknown<Findings>;
  if (!Array.isArray(nats) || !Array.isArray(servers) || !Array.isArray(interfaces)) return undefined;
  // Only what a comparison looks at.
  return nats.every(isNat) && servers.every(isServer) ? { interfaces: [], nats, servers } : undefined;
}

/**
 * Reads a file of the other side's findings.
 * @throws CommandFailure
 */
export function readFindings(file: string): Findings {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const findings = parseFindings(text);
  if (findings === undefined) throw new CommandFailure(`${file} is not what visavis doctor --json prints.`);
  return findings;
}

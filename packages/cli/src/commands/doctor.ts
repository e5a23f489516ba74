/** `visavis doctor`: which NAT is in the way, which servers work, and why a call cannot come about. */
import { parseIceServerUrl } from "visavis/ice";
import { nodePlatform } from "visavis/node";
import { type Command, CommandFailure, type CommandIo, CommandMistake, ExitCode } from "../command.ts";
import { compare } from "../doctor/comparison.ts";
import { diagnose } from "../doctor/diagnosis.ts";
import { type ExaminationPlan, examine, type ServerPlan } from "../doctor/examine.ts";
import type { Findings } from "../doctor/findings.ts";
import { readFindings } from "../doctor/peer-file.ts";
import { printReport } from "../doctor/report-text.ts";
import { parseFlags, wholeNumber } from "../flags.ts";

const HELP = `Finds out which NAT is in the way, which servers work and over what, and why a call cannot come about.

Usage: visavis doctor [SERVER …] [flags]

A SERVER is a URL as in iceServers: stun:HOST, turn:HOST or turns:HOST, with :PORT and ?transport=udp or tcp where wanted.
A turn: URL without a transport is tried over UDP and over TCP. The doctor asks the servers that are named and nobody else:
without one it looks at this machine alone. How a NAT behaves is told by STUN servers that have two addresses (RFC 5780),
such as visavis turn and coturn on a machine with two.

  --username NAME        for the TURN servers (or VISAVIS_TURN_USERNAME of the environment)
  --credential PASSWORD  for the TURN servers (or VISAVIS_TURN_CREDENTIAL, which other users of this machine do not see)
  --public               also ask two public STUN servers, stun.l.google.com:19302 and stun.cloudflare.com:3478
  --lifetime SECONDS     also see how long the NAT keeps unused mappings, up to this; it takes that long (10 to 3600)
  --peer FILE            what --json printed at the other side: says whether a call with it can come about
  --no-mdns              do not try names by multicast DNS
  --json                 print findings and diagnosis as JSON
  --help                 this text

Exit codes: 0 nothing stands in the way of calls, 1 something does (a server that was named fails, no relay where one is needed),
2 the command was called wrongly.

Examples:
  visavis doctor
  visavis doctor stun:stun.example.org
  visavis doctor stun:stun.example.org turn:turn.example.org turns:turn.example.org --username me --credential secret
  visavis doctor stun:stun.example.org --json > here.json       at one side, and at the other:
  visavis doctor stun:stun.example.org --peer here.json
`;

const FLAGS = {
  username: { type: "string" },
  credential: { type: "string" },
  public: { type: "boolean" },
  lifetime: { type: "string" },
  peer: { type: "string" },
  "no-mdns": { type: "boolean" },
  json: { type: "boolean" },
} as const;

const PUBLIC = ["stun:stun.l.google.com:19302", "stun:stun.cloudflare.com:3478"];

/** As many servers as one examination takes. */
const MAX_SERVERS = 16;

/** What a URL of the command line stands for. @throws CommandMistake */
export function plansOf(url: string): ServerPlan[] {
  const address = parseIceServerUrl(url);
  if (address === undefined) {
    const hint = /^(stuns?|turns?):/i.test(url) ? "" : " It begins with stun:, turn: or turns:, as in stun:stun.example.org";
    throw new CommandMistake(`"${url}" is no URL of a server.${hint}`);
  }
  if (address.scheme === "stuns")
    throw new CommandMistake(`${url}: STUN servers are asked over UDP. Name it as stun:${address.host}`);
  if (address.scheme !== "turn" || /transport=/i.test(url)) return [{ url, address }];
  return (["udp", "tcp"] as const).map((transport) => ({
    url: `${url}?transport=${transport}`,
    address: { ...address, transport },
  }));
}

/** Ages at which mappings are looked at: doubled from 10 s up to the longest, which is in milliseconds. */
function agesUpTo(longest: number): number[] {
  const ages: number[] = [];
  for (let age = 10_000; age < longest; age *= 2) ages.push(age);
  return [...ages, longest];
}

function planOf(args: readonly string[], io: CommandIo): { plan: ExaminationPlan; json: boolean; peer: string | undefined } {
  const { values, positionals } = parseFlags(args, FLAGS, MAX_SERVERS);
  const servers = [...positionals, ...(values.public === true ? PUBLIC : [])].flatMap(plansOf);
  const username = values.username ?? io.environment["VISAVIS_TURN_USERNAME"];
  const credential = values.credential ?? io.environment["VISAVIS_TURN_CREDENTIAL"];
  const needsCredentials = servers.some(({ address }) => address.scheme.startsWith("turn"));
  if (needsCredentials && (username === undefined || credential === undefined)) {
    throw new CommandMistake("A TURN server needs --username and --credential.");
  }
  const lifetime = values.lifetime === undefined ? undefined : wholeNumber("--lifetime", values.lifetime, 10, 3600) * 1000;
  return {
    plan: {
      servers,
      lifetimes: lifetime === undefined ? [] : agesUpTo(lifetime),
      mdns: values["no-mdns"] !== true,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    },
    json: values.json === true,
    peer: values.peer,
  };
}

/** Shows what is being done on one line that is written over; where nobody watches, a line each. */
function progressOn(io: CommandIo): { show: (what: string) => void; clear: () => void } {
  const erase = "\r\u001b[2K";
  return {
    show: (what) => io.err(io.interactive ? `${erase}Looking at ${what} …` : `Looking at ${what}\n`),
    clear: () => io.interactive && io.err(erase),
  };
}

export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { plan, json, peer } = planOf(args, io);
    const theirs = peer === undefined ? undefined : readFindings(peer);
    const { show, clear } = progressOn(io);
    let findings: Findings;
    try {
      findings = await examine(nodePlatform(), plan, show, io.interrupted);
    } catch (error) {
      if (!io.interrupted.aborted) throw error;
      throw new CommandFailure("Interrupted.");
    } finally {
      clear();
    }
    const diagnosis = diagnose(findings);
    const comparison = theirs && compare(findings, theirs);
    io.out(
      json
        ? `${JSON.stringify({ findings, diagnosis, ...(comparison && { comparison }) }, undefined, 2)}\n`
        : printReport(findings, diagnosis, comparison),
    );
    const isWell = diagnosis.statements.every(({ level }) => level !== "problem") && comparison?.outcome !== "impossible";
    return isWell ? ExitCode.OK : ExitCode.FAILURE;
  },
};

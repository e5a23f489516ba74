/** What the server says when it has started: where the page is, and what is open to whom. */
import type { ServerOptions } from "./options.ts";
import { isLoopbackHost, isWildcard } from "./own-addresses.ts";

/** What there is to say. */
export interface GreetingFacts extends Pick<ServerOptions, "host" | "nodePeer"> {
  readonly port: number;
  readonly stunPort: number | undefined;
  /** The addresses that others know this machine by. */
  readonly outward: readonly string[];
}

/** The text for the terminal. */
export function greeting(facts: GreetingFacts): string {
  const lines = [
    "",
    "  visavis demo",
    "",
    `  Page   ${urlsOf(facts).join("\n         ")}`,
    "",
    ...(isLoopbackHost(facts.host) ? forThisMachine(facts) : forTheNetwork(facts)),
    "",
    "  Open the page in two tabs to connect them. Ctrl+C stops.",
    "",
    "",
  ];
  return lines.join("\n");
}

/** The addresses of the page that answer. Only 127.0.0.1 goes by the name of localhost everywhere. */
function urlsOf({ host, port, outward }: GreetingFacts): string[] {
  const hosts = host === "127.0.0.1" ? ["localhost"] : isWildcard(host) ? ["localhost", ...outward] : [host];
  return hosts.map((name) => `http://${name.includes(":") ? `[${name}]` : name}:${port}`);
}

function forThisMachine({ port, stunPort, nodePeer }: GreetingFacts): string[] {
  const lines = [`  For this machine only: TCP port ${port}${stunPort === undefined ? "" : `, UDP port ${stunPort} (STUN)`}.`];
  if (stunPort === undefined && !nodePeer) return lines;
  const who = [...(stunPort === undefined ? [] : ["STUN"]), ...(nodePeer ? ["the Node peer"] : [])].join(" and ");
  const verb = who.includes(" and ") ? ["use", "drop"] : ["uses", "drops"];
  return [
    ...lines,
    `  Browsers reach WebRTC by the network's addresses: ${who} ${verb[0]} those,`,
    `  and ${verb[1]} whatever comes from another machine.`,
  ];
}

function forTheNetwork({ host, port, stunPort, nodePeer }: GreetingFacts): string[] {
  const where = isWildcard(host) ? "every address of this machine" : host;
  const lines = [`  Open to the network, on ${where}:`, `    TCP port ${port}: page and signalling`];
  if (stunPort !== undefined) lines.push(`    UDP port ${stunPort}: STUN`);
  if (nodePeer)
    lines.push(
      "    UDP ports that the system chooses, for each connection: the Node peer",
      "    UDP port 5353, while a connection begins: the names behind which browsers hide addresses (multicast DNS)",
    );
  return lines;
}

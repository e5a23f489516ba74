/** Whether a call between two examined sides can come about, and why or why not. */
import { meetDirectly } from "visavis/stun";
import { bestReport, diagnose, kindOf } from "./diagnosis.ts";
import type { Findings } from "./findings.ts";

/** What can be expected of a call. */
export interface Comparison {
  readonly outcome: "direct" | "relay" | "impossible" | "unknown";
  readonly why: string;
}

/** Compares what the doctor saw at both sides; they must have been examined with servers outside both networks. */
export function compare(mine: Findings, theirs: Findings): Comparison {
  const [here, there] = [diagnose(mine), diagnose(theirs)];
  let told = false;
  for (const family of [6, 4] as const) {
    const [a, z] = [bestReport(mine, family), bestReport(theirs, family)];
    if (a?.mapped === undefined || z?.mapped === undefined) continue;
    if (a.mapped.address === z.mapped.address && a.mapping !== "none") {
      if (a.hairpinning === true || z.hairpinning === true) {
        return {
          outcome: "direct",
          why: `Both are behind the same NAT (${a.mapped.address}), and it lets hosts behind it meet outside.`,
        };
      }
      continue;
    }
    const [first, second] = [kindOf(a), kindOf(z)];
    if (first === undefined || second === undefined) continue;
    if (meetDirectly(first, second))
      return { outcome: "direct", why: `Over IPv${family} both NATs let a direct connection come about.` };
    told = true;
  }
  const relays = [here, there].filter(({ relay }) => relay === true).length;
  // Whoever has no relay must reach that of the other side, which is at a UDP port.
  const single = here.relay === true ? there : here;
  if (relays === 2 || (relays === 1 && single.udp === "works")) {
    return {
      outcome: "relay",
      why: told ? "The NATs do not let a direct connection come about; a relay works." : "A relay works.",
    };
  }
  if (relays === 1 && single.udp === "blocked") {
    return {
      outcome: "impossible",
      why: "One side's network lets no UDP through, and it has no TURN server over TCP or TLS that works.",
    };
  }
  if (told && relays === 0 && here.relay !== undefined && there.relay !== undefined) {
    return {
      outcome: "impossible",
      why: "The NATs do not let a direct connection come about, and neither side has a relay that works.",
    };
  }
  if (told && relays === 0) {
    return {
      outcome: "impossible",
      why: "The NATs do not let a direct connection come about. A TURN server is needed; none was named on one side at least.",
    };
  }
  if ([here.udp, there.udp].includes("blocked")) {
    return { outcome: "impossible", why: "One side's network lets no UDP through, and no relay works." };
  }
  return {
    outcome: "unknown",
    why: "Not enough is known: examine both sides with one STUN server that knows RFC 5780, and with their TURN servers.",
  };
}

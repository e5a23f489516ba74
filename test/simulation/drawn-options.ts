/**
 * Every combination of what an association can be told to do, by chance.
 */
import type { SeededRandom } from "@visavis/netsim";
import { type AssociationOptions, createToldInit } from "visavis/sctp";
import { LARGEST } from "./message-book.ts";

const SCHEDULERS = ["weighted", "round-robin", "round-robin-packets", "first-come"] as const;
const CONTROLS = ["bbr", "cubic", "newreno"] as const;

/** Options of both sides of a script. */
export function drawOptions(random: SeededRandom): [AssociationOptions, AssociationOptions] {
  const pick = <T>(...from: readonly T[]): T => from[random.u32() % from.length] as T;
  const path = pick(undefined, { maxMtu: 1160 + (random.u32() % 8000) }, { maxMtu: 16_000, anySize: true });
  const make = (which: string): AssociationOptions => ({
    random: random.stream(which),
    maxReceiveMessageSize: pick(0, LARGEST),
    receiveBufferLimit: pick(30_000, 200_000, 1 << 20, 4 << 20),
    sendBufferLimit: pick(100_000, 4 << 20),
    mtu: pick(576, 1160, 1160, 1400),
    ...(path === undefined ? {} : { path }),
    pathMtuDiscovery: pick(true, true, false),
    congestionControl: pick(...CONTROLS),
    lossRecovery: pick("rack-tlp", "rack-tlp", "fast-retransmit"),
    features: { interleaving: pick(true, true, false), zeroChecksum: pick(true, false), scheduler: pick(...SCHEDULERS) },
    faults: { initialTsn: pick(0, 0x4000_0000, 0x8000_0000, 0, 0) - (random.u32() % pick(50, 2000)) },
  });
  const [a, z] = [make("a"), make("z")];
  if (random.u32() % 4 > 0) return [a, z];
  const inits = [createToldInit(a), createToldInit(z)] as const;
  return [
    { ...a, inits: { local: inits[0], remote: inits[1] } },
    { ...z, inits: { local: inits[1], remote: inits[0] } },
  ];
}

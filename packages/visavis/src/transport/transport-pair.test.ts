/**
 * Two transports in a simulated network, without offer and answer: what one needs of the other is handed over by the test.
 */
import { type Host, type HostRunner, type Link, Simulation, type testSeed } from "@visavis/netsim";
import { RouteTable } from "../base/route.ts";
import { type Certificate, createCertificate } from "../crypto/certificate.ts";
import { fingerprint } from "../crypto/fingerprint.ts";
import { ChannelTable } from "../datachannel/channel-table.ts";
import { BundleTransport } from "./bundle-transport.ts";
import type { BundleTransportOptions } from "./bundle-transport-options.ts";

/** A transport and what it lives in. */
export interface End {
  readonly host: Host;
  readonly transport: BundleTransport;
  readonly certificate: Certificate;
  readonly runner: HostRunner<BundleTransport>;
}

function end(sim: Simulation, host: Host, role: "controlling" | "controlled", more: Partial<BundleTransportOptions> = {}): End {
  const { random, clock } = host.platform;
  const certificate = createCertificate({ random, wallTime: clock.wallTime() });
  const channels = new ChannelTable({ random, maxReceiveMessageSize: 262_144 });
  const transport = new BundleTransport({ random, routes: new RouteTable(), ice: { role }, certificate, channels, ...more });
  transport.gather(sim.now);
  return { host, transport, certificate, runner: host.run(transport) };
}

/** Two of them with a link between. */
export function pair(
  delay: number = 10,
  more: Partial<BundleTransportOptions> = {},
  seed?: ReturnType<typeof testSeed>,
): { sim: Simulation; a: End; b: End; link: Link } {
  const sim = new Simulation(seed === undefined ? {} : { seed });
  const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  const b = sim.host({ name: "b", addresses: ["10.0.0.2"] });
  const link = sim.link(a, b, { delay });
  return { sim, link, a: end(sim, a, "controlling", more), b: end(sim, b, "controlled", more) };
}

/** `to` learns how ICE reaches `from`. */
export function tellIce(sim: Simulation, from: End, to: End): void {
  to.transport.setRemoteParameters(from.transport.ice.localParameters, sim.now);
  for (const candidate of from.transport.ice.localCandidates) to.transport.addRemoteCandidate(candidate, sim.now);
  to.transport.addEndOfRemoteCandidates(sim.now);
}

/** `to` learns who `from` is. */
export function tellDtls(sim: Simulation, from: End, to: End, role: "client" | "server", promised?: string): void {
  const value = promised ?? fingerprint(from.certificate.der, "sha-256");
  const remoteFingerprints = [{ algorithm: "sha-256", value }];
  to.transport.startDtls({ role, remoteFingerprints }, sim.now);
  to.transport.startSctp({ remotePort: 5000, maxMessageSize: 0 }, sim.now);
}

/** Whether SCTP is up. */
export const isConnected = ({ transport }: End): boolean => transport.channels.state === "connected";

/** Both know all of each other, and will be connected. */
export function tellAll(sim: Simulation, a: End, b: End): void {
  sim.runFor(100);
  tellIce(sim, a, b);
  tellIce(sim, b, a);
  tellDtls(sim, a, b, "client");
  tellDtls(sim, b, a, "server");
}

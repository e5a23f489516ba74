/** A STUN and TURN server as a program: it listens where its configuration says, in this thread or in several, and tells how it is. */
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import tls from "node:tls";
import { canSpreadPorts } from "visavis/node";
import type { AlternateServer, ListenAddress, RelayAddress } from "visavis/turn";
import { type MetricsPage, serveMetrics } from "./metrics-page.ts";
import { parseTurnConfig, type TurnConfig, TurnConfigError, type TurnConfigInput } from "./turn-config.ts";
import { startTurnCore, type TurnAddress, type TurnCoreOptions, type TurnCoreOwner, TurnStartError } from "./turn-core.ts";
import { observe, type TurnMeter } from "./turn-meter.ts";
import { prometheusText, sumOfMetrics, type TurnMetrics } from "./turn-metrics.ts";
import { startTurnThread, type TurnProcess } from "./turn-thread.ts";

/** What is no configuration. */
export interface TurnServerParts {
  /** Takes one line for each thing that happens. */
  readonly log?: (line: string) => void;
  /** A meter of the OpenTelemetry API: the metrics are observed by it. */
  readonly meter?: TurnMeter;
  /** Hears that a server has stopped by a fault of its own; the others of several go on. */
  readonly onFailed?: (error: Error) => void;
}

/** A running server. */
export interface TurnServerHandle {
  /** Where clients come. */
  readonly addresses: readonly TurnAddress[];
  /** Addresses of which relayed addresses are made, as the world knows them. */
  readonly relayAddresses: readonly string[];
  /** Where the page for Prometheus is, when one was asked for. */
  readonly metricsAddress: { readonly address: string; readonly port: number } | undefined;
  /** How it is now. */
  metrics(): Promise<TurnMetrics>;
  /** Takes no new allocations, sends clients to other servers where there are some, and closes when the last allocation ends, or after so many seconds. */
  drain(seconds?: number): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

interface OwnAddress {
  readonly address: string;
  readonly family: 4 | 6;
  readonly internal: boolean;
}

/** The addresses of this machine, without link-local ones: those mean nothing to who does not know the link. */
function ownAddresses(): OwnAddress[] {
  return Object.values(os.networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ address, family }) => !(family === "IPv6" ? /^fe[89ab]/i.test(address) : address.startsWith("169.254.")))
    .map(({ address, family, internal }) => ({ address, family: family === "IPv6" ? 6 : 4, internal }));
}

/** A wildcard becomes every address it stands for: an answer leaves from where its request arrived. */
function listenAddresses(config: TurnConfig, own: readonly OwnAddress[]): string[] {
  const all = config.listen.flatMap((address) => {
    if (address === "0.0.0.0") return own.filter(({ family }) => family === 4).map((each) => each.address);
    if (address === "::") return own.filter(({ family }) => family === 6).map((each) => each.address);
    return [address];
  });
  return [...new Set([...all, ...(config.discovery?.addresses ?? [])])];
}

function relayAddresses(config: TurnConfig, listen: readonly string[], own: readonly OwnAddress[]): RelayAddress[] {
  const given = config.relay?.map((each) => (typeof each === "string" ? { address: each } : each));
  const isInternal = (address: string): boolean => own.some((each) => each.internal && each.address === address);
  const candidates =
    given ?? [...listen].sort((a, b) => Number(isInternal(a)) - Number(isInternal(b))).map((address) => ({ address }));
  const relay: RelayAddress[] = [];
  for (const { address, ...rest } of candidates) {
    const family = net.isIPv6(address) ? 6 : 4;
    if (relay.some((each) => each.family === family)) {
      if (given !== undefined) throw new TurnConfigError("relay names more than one address of a family");
      continue;
    }
    const external = "external" in rest ? rest.external : undefined;
    relay.push({ family, address, ...(external !== undefined && { external }) });
  }
  // Others cannot reach a relayed address of this machine's own loopback: better none, where there is a real one of the other family.
  const outward = relay.filter(({ address }) => given !== undefined || !isInternal(address));
  return outward.length > 0 ? outward : relay;
}

function certificateOf({ certificate, key }: TurnConfig): { cert: string; key: string } | undefined {
  if (certificate === undefined || key === undefined) return undefined;
  const read = (name: string, file: string): string => {
    try {
      return fs.readFileSync(file, "utf8");
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      throw new TurnConfigError(`${name}: the file ${file} cannot be read (${code})`);
    }
  };
  const pair = { cert: read("certificate", certificate), key: read("key", key) };
  try {
    tls.createSecureContext(pair);
  } catch (error) {
    throw new TurnConfigError(`certificate and key do not work together: ${error instanceof Error ? error.message : error}`);
  }
  return pair;
}

function places(config: TurnConfig, addresses: readonly string[], offset: number, spread: boolean): ListenAddress[] {
  const certificate = certificateOf(config);
  const at = (port: number): number => (port === 0 ? 0 : port + offset);
  const shared = spread ? { spread } : {};
  const listen: ListenAddress[] = [];
  for (const address of addresses) {
    if (config.udp) listen.push({ protocol: "udp", address, port: at(config.port), ...shared });
    if (config.tcp) listen.push({ protocol: "tcp", address, port: at(config.port), ...shared });
    if (certificate !== undefined) listen.push({ protocol: "tls", address, port: at(config.tlsPort), certificate, ...shared });
  }
  for (const address of config.discovery?.addresses ?? []) {
    for (const port of config.discovery?.ports ?? []) {
      const isThere = listen.some((each) => each.protocol === "udp" && each.address === address && each.port === port);
      if (!isThere) listen.push({ protocol: "udp", address, port });
    }
  }
  return listen;
}

function coreOptions(config: TurnConfig, listen: readonly ListenAddress[], relay: readonly RelayAddress[]): TurnCoreOptions {
  const { workers, bitrate, userBitrate, totalBitrate, secret, discovery } = config;
  const share = (all: number): number => Math.ceil(all / workers);
  return {
    realm: config.realm,
    userPasswords: config.users,
    ...(secret !== undefined && { secret }),
    allowPeers: config.allowPeers,
    denyPeers: config.denyPeers,
    listen,
    relay,
    relayPorts: config.relayPorts,
    userQuota: config.userQuota,
    totalQuota: share(config.totalQuota),
    ...(bitrate !== undefined && { bitrate }),
    ...(userBitrate !== undefined && { userBitrate }),
    ...(totalBitrate !== undefined && { totalBitrate: share(totalBitrate) }),
    maxLifetime: config.maxLifetime,
    maxConnections: share(config.maxConnections),
    maxConnectionsFromAddress: config.maxConnectionsFromAddress,
    alternates: config.alternates,
    redirect: config.redirect,
    sharesRelayAddresses: workers > 1,
    ...(discovery !== undefined && { discovery }),
  };
}

/** One server in this thread. */
async function startHere(options: TurnCoreOptions, owner: TurnCoreOwner): Promise<TurnProcess> {
  const core = await startTurnCore(options, owner);
  return {
    addresses: core.addresses,
    metrics: () => Promise.resolve(core.metrics()),
    drain: () => core.drain(),
    close: () => Promise.resolve(core.close()),
  };
}

/** Several: at one port where the system spreads clients, else at one port each, and the first sends clients to the others in turn. */
async function startThreads(
  config: TurnConfig,
  addresses: readonly string[],
  relay: readonly RelayAddress[],
  owner: TurnCoreOwner,
): Promise<TurnProcess[]> {
  const spread = canSpreadPorts() && config.port !== 0 && config.discovery === undefined;
  const running: TurnProcess[] = [];
  try {
    // The first comes last: it has to know where the others are.
    for (let index = config.workers - 1; index >= 0; index--) {
      const listen = places(index === 0 ? config : { ...config, discovery: undefined }, addresses, spread ? 0 : index, spread);
      const others: AlternateServer[] = spread || index > 0 ? [] : running.flatMap((each) => each.addresses);
      const own = coreOptions(config, listen, relay);
      const options =
        others.length === 0 ? own : { ...own, alternates: [...others, ...config.alternates], redirect: "in-turn" as const };
      running.unshift(await startTurnThread(options, owner));
    }
    return running;
  } catch (error) {
    await Promise.all(running.map((each) => each.close()));
    throw error;
  }
}

/**
 * Starts a server.
 * @param input see {@link TurnConfigInput}; every member has a default, but without users and secret nobody gets in
 * @throws (rejects) TurnConfigError, {@link TurnStartError}
 */
export async function createTurnServer(input: TurnConfigInput = {}, parts: TurnServerParts = {}): Promise<TurnServerHandle> {
  const config = parseTurnConfig(input);
  const own = ownAddresses();
  const addresses = listenAddresses(config, own);
  const relay = relayAddresses(config, addresses, own);
  if (addresses.length === 0 || relay.length === 0) throw new TurnStartError("This machine has no address to listen at.");
  const owner: TurnCoreOwner = { log: parts.log, onFailed: (error) => parts.onFailed?.(error) };
  const running =
    config.workers === 1
      ? [await startHere(coreOptions(config, places(config, addresses, 0, false), relay), owner)]
      : await startThreads(config, addresses, relay, owner);
  const metrics = async (): Promise<TurnMetrics> => sumOfMetrics(await Promise.all(running.map((each) => each.metrics())));
  let page: MetricsPage | undefined;
  if (config.metrics !== undefined) {
    try {
      page = await serveMetrics(config.metrics.address, config.metrics.port, async () => prometheusText(await metrics()));
    } catch (error) {
      await Promise.all(running.map((each) => each.close()));
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      throw new TurnStartError(
        `The metrics cannot be served at ${config.metrics.address}, port ${config.metrics.port}: ${code}.`,
      );
    }
  }
  const unobserve = parts.meter === undefined ? undefined : observe(parts.meter, metrics, sumOfMetrics([]));
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      unobserve?.();
      await page?.close();
      await Promise.all(running.map((each) => each.close()));
    })();
    return closing;
  };
  return {
    addresses: [
      ...new Map(running.flatMap((each) => each.addresses).map((each) => [Object.values(each).join(" "), each])).values(),
    ],
    relayAddresses: relay.map(({ address, external = address }) => external),
    metricsAddress: page && { address: page.address, port: page.port },
    metrics,
    drain: async (seconds = config.drainSeconds) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, seconds * 1000);
      });
      await Promise.race([Promise.all(running.map((each) => each.drain())), late]);
      clearTimeout(timer);
      await close();
    },
    close,
  };
}

/** What a TURN server counts, as one value that can be sent between threads, as a page for Prometheus, and as rows of other systems. */
import type { TurnServer } from "visavis/turn";

/** The state and the counters of one server, or of several together. */
export interface TurnMetrics {
  /** Now. */
  readonly allocations: number;
  readonly connections: number;
  readonly users: number;
  /** Since the beginning. */
  readonly allocationsTotal: number;
  readonly connectionsTotal: number;
  readonly packetsToPeers: number;
  readonly bytesToPeers: number;
  readonly packetsToClients: number;
  readonly bytesToClients: number;
  /** By the name of the request. */
  readonly requests: Readonly<Record<string, number>>;
  /** Error responses by their codes. */
  readonly errors: Readonly<Record<string, number>>;
  /** What was dropped, by reason. */
  readonly drops: Readonly<Record<string, number>>;
}

/** What one server counts now. */
export function metricsOf(server: TurnServer): TurnMetrics {
  const { counters } = server;
  const traffic = server.traffic();
  return {
    allocations: server.allocationCount,
    connections: server.connectionCount,
    users: server.userCount,
    allocationsTotal: counters.allocations,
    connectionsTotal: counters.connections,
    packetsToPeers: traffic.packetsToPeers,
    bytesToPeers: traffic.bytesToPeers,
    packetsToClients: traffic.packetsToClient,
    bytesToClients: traffic.bytesToClient,
    requests: { ...counters.requests },
    errors: Object.fromEntries(counters.errors),
    drops: server.drops.toJSON(),
  };
}

const NOTHING: TurnMetrics = {
  allocations: 0,
  connections: 0,
  users: 0,
  allocationsTotal: 0,
  connectionsTotal: 0,
  packetsToPeers: 0,
  bytesToPeers: 0,
  packetsToClients: 0,
  bytesToClients: 0,
  requests: {},
  errors: {},
  drops: {},
};

function added(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

/** Several servers together. A user at two of them counts twice. */
export function sumOfMetrics(each: readonly TurnMetrics[]): TurnMetrics {
  return each.reduce(
    (a, b) => ({
      allocations: a.allocations + b.allocations,
      connections: a.connections + b.connections,
      users: a.users + b.users,
      allocationsTotal: a.allocationsTotal + b.allocationsTotal,
      connectionsTotal: a.connectionsTotal + b.connectionsTotal,
      packetsToPeers: a.packetsToPeers + b.packetsToPeers,
      bytesToPeers: a.bytesToPeers + b.bytesToPeers,
      packetsToClients: a.packetsToClients + b.packetsToClients,
      bytesToClients: a.bytesToClients + b.bytesToClients,
      requests: added(a.requests, b.requests),
      errors: added(a.errors, b.errors),
      drops: added(a.drops, b.drops),
    }),
    NOTHING,
  );
}

/** One value with its labels. */
export interface MetricSample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** One metric: its name, what it means, and its values. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  /** A counter only grows. */
  readonly type: "gauge" | "counter";
  readonly unit?: "bytes";
  readonly samples: readonly MetricSample[];
}

const labelled = (label: string, values: Readonly<Record<string, number>>): MetricSample[] =>
  Object.entries(values).map(([name, value]) => ({ value, labels: { [label]: name } }));

const directions = (toPeers: number, toClients: number): MetricSample[] => [
  { value: toPeers, labels: { direction: "to_peers" } },
  { value: toClients, labels: { direction: "to_clients" } },
];

const one = (value: number): MetricSample[] => [{ value, labels: {} }];

/** All metrics, as names and values. */
export function metricFamilies(metrics: TurnMetrics): MetricFamily[] {
  return [
    { name: "visavis_turn_allocations", help: "Allocations there are.", type: "gauge", samples: one(metrics.allocations) },
    {
      name: "visavis_turn_connections",
      help: "Connections over TCP and TLS there are.",
      type: "gauge",
      samples: one(metrics.connections),
    },
    { name: "visavis_turn_users", help: "Users who have allocations.", type: "gauge", samples: one(metrics.users) },
    {
      name: "visavis_turn_allocations_total",
      help: "Allocations that were made.",
      type: "counter",
      samples: one(metrics.allocationsTotal),
    },
    {
      name: "visavis_turn_connections_total",
      help: "Connections over TCP and TLS that were taken.",
      type: "counter",
      samples: one(metrics.connectionsTotal),
    },
    {
      name: "visavis_turn_relayed_packets_total",
      help: "Datagrams that were relayed.",
      type: "counter",
      samples: directions(metrics.packetsToPeers, metrics.packetsToClients),
    },
    {
      name: "visavis_turn_relayed_bytes_total",
      help: "Bytes in datagrams that were relayed.",
      type: "counter",
      unit: "bytes",
      samples: directions(metrics.bytesToPeers, metrics.bytesToClients),
    },
    {
      name: "visavis_turn_requests_total",
      help: "Requests by method.",
      type: "counter",
      samples: labelled("method", metrics.requests),
    },
    {
      name: "visavis_turn_errors_total",
      help: "Error responses by code; 401 and 438 are part of getting in.",
      type: "counter",
      samples: labelled("code", metrics.errors),
    },
    {
      name: "visavis_turn_dropped_total",
      help: "What was dropped, by reason.",
      type: "counter",
      samples: labelled("reason", metrics.drops),
    },
  ];
}

/** The text that Prometheus reads: its exposition format 0.0.4. */
export function prometheusText(metrics: TurnMetrics): string {
  const lines: string[] = [];
  for (const { name, help, type, samples } of metricFamilies(metrics)) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const { value, labels } of samples) {
      const inner = Object.entries(labels).map(([label, text]) => `${label}="${text.replace(/[\\"\n]/g, "_")}"`);
      lines.push(`${name}${inner.length === 0 ? "" : `{${inner.join(",")}}`} ${value}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** What getStats says about a connection, as rows for people. Browsers differ in what they know; what is missing is left out. */
import { formatBytes, formatRoundTrip } from "./format.ts";

/** A name and a value. */
export type Detail = readonly [string, string];

/** The members of statistics that are read here; a browser may leave out any of them. */
interface Entry {
  readonly type?: unknown;
  readonly selectedCandidatePairId?: unknown;
  readonly tlsVersion?: unknown;
  readonly dtlsCipher?: unknown;
  readonly dtlsRole?: unknown;
  readonly bytesSent?: unknown;
  readonly bytesReceived?: unknown;
  readonly localCandidateId?: unknown;
  readonly remoteCandidateId?: unknown;
  readonly currentRoundTripTime?: unknown;
  readonly selected?: unknown;
  readonly nominated?: unknown;
  readonly state?: unknown;
  readonly candidateType?: unknown;
  readonly address?: unknown;
  readonly ip?: unknown;
  readonly protocol?: unknown;
  readonly port?: unknown;
}

/** The rows for one connection. */
export async function connectionDetails(pc: RTCPeerConnection): Promise<Detail[]> {
  const report = await pc.getStats();
  const entries = new Map<string, Entry>();
  report.forEach((value: Entry, key: string) => {
    entries.set(key, value);
  });
  const transport = [...entries.values()].find(({ type }) => type === "transport") ?? {};
  const pair = selectedPair(entries, transport);
  const rows: (readonly [string, string | undefined])[] = [
    ["Connection", pc.connectionState],
    ["Path", pair === undefined ? undefined : describePath(entries, pair)],
    ["Here", pair === undefined ? undefined : describeCandidate(entries.get(String(pair.localCandidateId)))],
    ["There", pair === undefined ? undefined : describeCandidate(entries.get(String(pair.remoteCandidateId)))],
    [
      "Round trip",
      typeof pair?.currentRoundTripTime === "number" ? formatRoundTrip(pair.currentRoundTripTime * 1000) : undefined,
    ],
    ["Encryption", tlsVersion(transport.tlsVersion)],
    ["Cipher", text(transport.dtlsCipher)],
    ["Role in DTLS", text(transport.dtlsRole)],
    ["Sent", bytes(transport.bytesSent ?? pair?.bytesSent)],
    ["Received", bytes(transport.bytesReceived ?? pair?.bytesReceived)],
  ];
  return rows.filter((row): row is Detail => row[1] !== undefined);
}

function selectedPair(entries: ReadonlyMap<string, Entry>, transport: Entry): Entry | undefined {
  const named = entries.get(String(transport.selectedCandidatePairId));
  return (
    named ??
    [...entries.values()].find(
      (entry) =>
        entry.type === "candidate-pair" && (entry.selected === true || (entry.nominated === true && entry.state === "succeeded")),
    )
  );
}

function describePath(entries: ReadonlyMap<string, Entry>, pair: Entry): string {
  const kinds = [pair.localCandidateId, pair.remoteCandidateId].map((id) => text(entries.get(String(id))?.candidateType) ?? "?");
  return `direct (${kinds.join(" to ")})`;
}

/** A browser without media permission does not tell its addresses. */
function describeCandidate(candidate: Entry | undefined): string | undefined {
  if (candidate === undefined) return undefined;
  const address = text(candidate.address) ?? text(candidate.ip);
  const place = address === undefined || !/^[0-9a-f.:]+$/i.test(address) ? "address kept private by the browser" : address;
  return `${place}, ${String(candidate.protocol ?? "udp").toUpperCase()} port ${String(candidate.port ?? "?")}`;
}

/** The two bytes of the version as they are on the wire. */
function tlsVersion(value: unknown): string | undefined {
  if (value === "FEFC" || value === "0304") return "DTLS 1.3";
  if (value === "FEFD" || value === "0303") return "DTLS 1.2";
  return text(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function bytes(value: unknown): string | undefined {
  return typeof value === "number" ? formatBytes(value) : undefined;
}

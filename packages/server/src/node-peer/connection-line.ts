/** A connection in one line, from its statistics. */
import type { RTCPeerConnection } from "visavis";

/** The members that are read here. */
interface Entry {
  readonly type?: unknown;
  readonly selectedCandidatePairId?: unknown;
  readonly tlsVersion?: unknown;
  readonly dtlsCipher?: unknown;
  readonly localCandidateId?: unknown;
  readonly remoteCandidateId?: unknown;
  readonly candidateType?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
}

/** Such as "DTLS 1.3 with TLS_AES_128_GCM_SHA256, from 192.0.2.1:5000 (host) to 192.0.2.2:6000 (prflx)". */
export async function describeConnection(pc: RTCPeerConnection): Promise<string | undefined> {
  const report: ReadonlyMap<string, Entry> = new Map(await pc.getStats());
  const transport = [...report.values()].find(({ type }) => type === "transport");
  const pair = report.get(String(transport?.selectedCandidatePairId));
  if (transport === undefined || pair === undefined) return undefined;
  const version = transport.tlsVersion === "FEFC" ? "DTLS 1.3" : transport.tlsVersion === "FEFD" ? "DTLS 1.2" : "DTLS";
  const [here, there] = [pair.localCandidateId, pair.remoteCandidateId].map((id) => describeEnd(report.get(String(id))));
  return `${version} with ${String(transport.dtlsCipher)}, from ${here} to ${there}.`;
}

function describeEnd(candidate: Entry | undefined): string {
  const address = String(candidate?.address ?? "?");
  return `${address.includes(":") ? `[${address}]` : address}:${String(candidate?.port ?? "?")} (${String(candidate?.candidateType ?? "?")})`;
}

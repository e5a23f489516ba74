/**
 * The fields of a candidate-attribute for RTCIceCandidate: RFC 8839 §5.1, with tcptype of RFC 6544 §4.5.
 */

/** The fields that RTCIceCandidate shows. */
export interface CandidateFields {
  readonly foundation: string;
  readonly component: number;
  readonly protocol: "udp" | "tcp";
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly type: "host" | "srflx" | "prflx" | "relay";
  readonly relatedAddress?: string;
  readonly relatedPort?: number;
  readonly tcpType?: "active" | "passive" | "so";
}

/** The fields of a candidate-attribute; undefined when it does not parse. */
export function parseCandidate(attribute: string): CandidateFields | undefined {
  const match =
    /^(?:a=)?candidate:([\w+/]{1,32}) ([12]) (udp|tcp) (\d{1,10}) (\S+) (\d{1,5}) typ (host|srflx|prflx|relay)((?: \S+ \S+)*)$/i.exec(
      attribute,
    );
  if (match === null) return undefined;
  const [, foundation, component, protocol, priority, address, port, type, rest] = match as unknown as readonly string[];
  const extensions = new Map<string, string>();
  const words = (rest ?? "").trim().split(" ");
  for (let i = 0; i + 1 < words.length; i += 2) extensions.set(words[i] ?? "", words[i + 1] ?? "");
  const relatedAddress = extensions.get("raddr");
  const relatedPort = extensions.get("rport");
  const tcpType = extensions.get("tcptype");
  return {
    foundation: foundation ?? "",
    component: Number(component),
    protocol: protocol?.toLowerCase() === "tcp" ? "tcp" : "udp",
    priority: Number(priority),
    address: address ?? "",
    port: Number(port),
    type: type as CandidateFields["type"],
    ...(relatedAddress !== undefined && { relatedAddress }),
    ...(relatedPort !== undefined && { relatedPort: Number(relatedPort) }),
    ...((tcpType === "active" || tcpType === "passive" || tcpType === "so") && { tcpType }),
  };
}

/** The line of a candidate. */
export function printCandidate(fields: CandidateFields): string {
  const { foundation, component, protocol, priority, address, port, type } = fields;
  const parts = [`candidate:${foundation} ${component} ${protocol} ${priority} ${address} ${port} typ ${type}`];
  if (fields.relatedAddress !== undefined) parts.push(`raddr ${fields.relatedAddress}`);
  if (fields.relatedPort !== undefined) parts.push(`rport ${fields.relatedPort}`);
  if (fields.tcpType !== undefined) parts.push(`tcptype ${fields.tcpType}`);
  return parts.join(" ");
}

/**
 * A candidate and its line of text: RFC 8839 §5.1, RFC 6544 §4.5 (tcptype), RFC 8838 (ufrag).
 * https://www.rfc-editor.org/rfc/rfc8839#section-5.1
 *
 * candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type>
 *   [raddr <address>] [rport <port>] [tcptype <type>] *(<extension-name> <extension-value>)
 */

/** What kind of address a candidate is. */
export type CandidateType = "host" | "srflx" | "prflx" | "relay";

/** An extension attribute that this parser does not know. */
export interface CandidateExtension {
  readonly name: string;
  readonly value: string;
}

/** One way in which an agent may be reached. */
export interface IceCandidate {
  /** Equal for candidates of the same type, base and server: their checks likely share one fate. */
  readonly foundation: string;
  /** 1 is RTP, or everything; 2 is RTCP. */
  readonly component: 1 | 2;
  readonly protocol: "udp" | "tcp";
  readonly priority: number;
  /** IP address without a zone, or a host name (`….local` for mDNS). */
  readonly address: string;
  readonly port: number;
  readonly type: CandidateType;
  /** The base of a reflexive candidate, the mapped address of a relayed one. */
  readonly relatedAddress?: string;
  readonly relatedPort?: number;
  readonly tcpType?: "active" | "passive" | "so";
  /** Which generation of parameters it belongs to. */
  readonly usernameFragment?: string;
  /** The STUN or TURN server it came from; known for local candidates only, never printed. */
  readonly url?: string;
  /** How a relayed one reaches its TURN server; known for local candidates only, never printed. */
  readonly relayProtocol?: "udp" | "tcp" | "tls";
  /** Everything else on the line, in order. */
  readonly extensions?: readonly CandidateExtension[];
}

/** Longer lines are refused. */
const MAX_LINE = 4096;

const FOUNDATION = /^[A-Za-z0-9+/]{1,32}$/;
const DECIMAL = /^[0-9]{1,10}$/;
/** IP addresses and names; what exactly it is shows later. */
const ADDRESS = /^[A-Za-z0-9.:_%-]{1,255}$/;
const USERNAME_FRAGMENT = /^[A-Za-z0-9+/=_-]{1,256}$/;

function integer(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

function isCandidateType(text: string | undefined): text is CandidateType {
  return text === "host" || text === "srflx" || text === "prflx" || text === "relay";
}

interface Tail {
  relatedAddress?: string;
  relatedPort?: number;
  tcpType?: "active" | "passive" | "so";
  usernameFragment?: string;
  extensions?: CandidateExtension[];
}

/** Name and value pairs behind the type; undefined when a known one is malformed. */
function parseTail(words: readonly string[]): Tail | undefined {
  const tail: Tail = {};
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i] ?? "";
    const value = words[i + 1];
    if (value === undefined) return undefined;
    if (name === "raddr") {
      if (!ADDRESS.test(value)) return undefined;
      tail.relatedAddress = value;
    } else if (name === "rport") {
      const port = integer(value, 65535);
      if (port === undefined) return undefined;
      tail.relatedPort = port;
    } else if (name === "tcptype" && (value === "active" || value === "passive" || value === "so")) {
      tail.tcpType = value;
    } else if (name === "ufrag" && USERNAME_FRAGMENT.test(value)) {
      tail.usernameFragment = value;
    } else {
      tail.extensions ??= [];
      tail.extensions.push({ name, value });
    }
  }
  return tail;
}

/** Parses a line, with or without `a=`; undefined when it is not a candidate this agent could ever use. Never throws. */
export function parseCandidate(line: string): IceCandidate | undefined {
  if (line.length > MAX_LINE) return undefined;
  const match = /^(?:a=)?candidate:(.*?)\s*$/s.exec(line);
  const words = match?.[1]?.split(" ").filter((word) => word !== "") ?? [];
  const [foundation, componentText, transport, priorityText, address, portText, typ, type, ...rest] = words;
  const component = integer(componentText, 256);
  const protocol = transport?.toLowerCase();
  const priority = integer(priorityText, 0xffff_ffff);
  const port = integer(portText, 65535);
  if (foundation === undefined || !FOUNDATION.test(foundation)) return undefined;
  if (component !== 1 && component !== 2) return undefined;
  if (protocol !== "udp" && protocol !== "tcp") return undefined;
  if (priority === undefined || address === undefined || !ADDRESS.test(address) || port === undefined) return undefined;
  if (typ !== "typ" || !isCandidateType(type)) return undefined;
  const tail = parseTail(rest);
  return tail && { foundation, component, protocol, priority, address, port, type, ...tail };
}

/** The line of a candidate, beginning with `candidate:`. */
export function printCandidate(candidate: IceCandidate): string {
  const { foundation, component, protocol, priority, address, port, type } = candidate;
  let line = `candidate:${foundation} ${component} ${protocol} ${priority} ${address} ${port} typ ${type}`;
  if (candidate.relatedAddress !== undefined) line += ` raddr ${candidate.relatedAddress}`;
  if (candidate.relatedPort !== undefined) line += ` rport ${candidate.relatedPort}`;
  if (candidate.tcpType !== undefined) line += ` tcptype ${candidate.tcpType}`;
  for (const { name, value } of candidate.extensions ?? []) line += ` ${name} ${value}`;
  if (candidate.usernameFragment !== undefined) line += ` ufrag ${candidate.usernameFragment}`;
  return line;
}

/**
 * `stun:` and `turn:` URLs: RFC 7064 §3.1, RFC 7065 §3.1.
 * https://www.rfc-editor.org/rfc/rfc7064#section-3.1
 */
import { parseIpAddress } from "../base/ip-address.ts";

/** A server as a URL names it. */
export interface IceServerAddress {
  readonly scheme: "stun" | "stuns" | "turn" | "turns";
  /** IP address without brackets, or a host name. */
  readonly host: string;
  /** The scheme's port when the URL has none: 3478, or 5349 over TLS. */
  readonly port: number;
  readonly transport: "udp" | "tcp";
}

const URL = /^(stuns?|turns?):(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::([0-9]{1,5}))?(?:\?transport=(udp|tcp))?$/i;

/** The parts of a URL; undefined when it is not one of these schemes or malformed. */
export function parseIceServerUrl(url: string): IceServerAddress | undefined {
  const match = URL.exec(url);
  if (match === null) return undefined;
  const scheme = match[1]?.toLowerCase() as IceServerAddress["scheme"];
  const secure = scheme === "stuns" || scheme === "turns";
  const transport = match[4]?.toLowerCase() as "udp" | "tcp" | undefined;
  if (transport !== undefined && scheme.startsWith("stun")) return undefined;
  const bracketed = match[2]?.startsWith("[") ?? false;
  const host = bracketed ? (match[2]?.slice(1, -1) ?? "") : (match[2] ?? "");
  if (bracketed && parseIpAddress(host)?.family !== 6) return undefined;
  const port = match[3] === undefined ? (secure ? 5349 : 3478) : Number(match[3]);
  if (port > 65535 || port === 0) return undefined;
  return { scheme, host, port, transport: transport ?? (secure ? "tcp" : "udp") };
}

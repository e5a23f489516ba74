/**
 * URLs of STUN and TURN servers: RFC 7064 §3.1, RFC 7065 §3.1, checked as
 * https://w3c.github.io/webrtc-pc/#dfn-validate-an-ice-server-url says.
 */

/** The schemes of ICE servers. */
export type IceServerScheme = "stun" | "stuns" | "turn" | "turns";

const SCHEMES: ReadonlySet<string> = new Set<IceServerScheme>(["stun", "stuns", "turn", "turns"]);

/** The scheme of an ICE server's URL; undefined when it is no such URL. */
export function iceServerScheme(url: string): IceServerScheme | undefined {
  // 1. Let parsedURL be the result of parsing url.
  const parsed = parse(url);
  if (parsed === undefined) return undefined;
  // 2. Only these schemes, and only with a path that is no hierarchy: "stun:host", not "stun://host".
  const scheme = parsed.protocol.slice(0, -1);
  if (!SCHEMES.has(scheme) || parsed.host !== "" || parsed.pathname.startsWith("/")) return undefined;
  // 3. No fragment; a query only for TURN.
  if (parsed.hash !== "") return undefined;
  const isTurn = scheme.startsWith("turn");
  // 4. That query is the transport.
  if (parsed.search !== "" && !(isTurn && /^\?transport=(?:udp|tcp)$/i.test(parsed.search))) return undefined;
  // 5., 6. What is left is a host and perhaps a port.
  const host = parse(`https://${parsed.pathname}`);
  if (host === undefined || host.username !== "" || host.password !== "") return undefined;
  if (host.pathname !== "/" || host.search !== "" || host.hash !== "" || parsed.pathname.includes("/")) return undefined;
  return scheme as IceServerScheme;
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

/** Why a server does not help, in plain words. */

const REASONS: Readonly<Record<number, string>> = {
  400: "it found the request malformed: is it a TURN server?",
  401: "wrong user name or password (or, with passwords that are limited in time, an expired one)",
  403: "it forbids this",
  404: "there is no such thing on this server",
  405: "it does not take this kind of token",
  420: "it does not understand an option that is needed",
  437: "it has forgotten us",
  440: "it has no relayed addresses of this family",
  441: "these credentials belong to somebody else's allocation",
  442: "it does not relay over this transport",
  486: "this user has as many relayed addresses as the server allows",
  500: "the server has a fault",
  508: "the server is full",
};

/** What the words of the system and of TLS mean. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "nobody listens there: it is down, or the port is wrong"],
  [/ENETUNREACH|EHOSTUNREACH/, "there is no way to it from here"],
  [/ECONNRESET|EPIPE/, "the connection was cut: by the server, or by something on the way"],
  [/ALTNAME|HOSTNAME_MISMATCH/, "its certificate is for another name"],
  [/CERT_HAS_EXPIRED|NOT_YET_VALID/, "its certificate is not valid at this time"],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/,
    "its certificate is not trusted here; NODE_EXTRA_CA_CERTS names a file of further authorities",
  ],
  [/WRONG_VERSION|EPROTO|SSL/, "it does not speak TLS at this port"],
];

/**
 * What a code of ICE means.
 * @param text what the engine or the server said about it
 */
export function reasonOf(code: number, text: string): string {
  const said = text === "" ? "" : ` (${text})`;
  if (code !== 701) return `${REASONS[code] ?? "the server refuses"}${said}`;
  if (/lookup|has no address/i.test(text)) return "its name cannot be resolved";
  for (const [pattern, meaning] of SIGNS) if (pattern.test(text)) return `${meaning}${said}`;
  return `no answer: it is down, the port is wrong, or a firewall is in the way${said}`;
}

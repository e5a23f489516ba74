/**
 * The parameters of a payload format as `a=fmtp` writes them: `packetization-mode=1;profile-level-id=42e01f` (RFC 8866 §6.15).
 */

/** The value of a parameter, whose name is compared without regard to case; undefined when it is not there. */
export function formatParameter(parameters: string | undefined, name: string): string | undefined {
  if (parameters === undefined) return undefined;
  for (const part of parameters.split(";")) {
    const equals = part.indexOf("=");
    if (equals >= 0 && part.slice(0, equals).trim().toLowerCase() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

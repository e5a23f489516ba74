/**
 * Whether several sockets can be bound to one port so that the system spreads senders among them (SO_REUSEPORT).
 */

/** The first Node.js with `reusePort`, for UDP and for TCP. */
const FIRST_VERSION = [23, 1] as const;

/** Systems that spread evenly; others let one socket have it all, or none be bound. */
const SYSTEMS: ReadonlySet<string> = new Set(["linux", "freebsd", "dragonfly", "sunos", "aix"]);

/** Whether `spread` works here: see `BindOptions`. */
export function canSpreadPorts(version: string = process.versions.node, system: string = process.platform): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > FIRST_VERSION[0] || (major === FIRST_VERSION[0] && minor >= FIRST_VERSION[1]);
  return isNew && SYSTEMS.has(system);
}

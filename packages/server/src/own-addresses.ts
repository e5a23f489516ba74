/** Which addresses are this machine's own: for what is meant for this machine only, and for what is told to a page that is on it. */
import net from "node:net";
import os from "node:os";

/** How long a list of addresses is believed, in milliseconds: networks come and go. */
const FRESH = 2000;

/** Whether `host` can only be reached from this machine. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || (net.isIPv4(name) && name.startsWith("127."));
}

/** Whether `host` means every address of the machine. */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** The addresses of this machine as they are now. */
export class OwnAddresses {
  readonly #list: () => readonly Pick<os.NetworkInterfaceInfo, "address" | "family" | "internal">[];
  #known: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(list: () => readonly Pick<os.NetworkInterfaceInfo, "address" | "family" | "internal">[] = listAddresses) {
    this.#list = list;
  }

  /** Whether a datagram from `address` was sent on this machine. A zone, and IPv4 in the clothes of IPv6, are looked through. */
  has(address: string): boolean {
    if (performance.now() - this.#readAt > FRESH) {
      this.#known = new Set(this.#list().map((entry) => entry.address));
      this.#readAt = performance.now();
    }
    if (this.#known.has(address)) return true;
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
    return this.#known.has(plain) || isLoopbackHost(plain);
  }

  /** The IPv4 addresses that others on the network know this machine by. */
  outward(): string[] {
    return this.#list()
      .filter(({ family, internal, address }) => family === "IPv4" && !internal && !address.startsWith("169.254."))
      .map(({ address }) => address);
  }
}

function listAddresses(): os.NetworkInterfaceInfo[] {
  return Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
}

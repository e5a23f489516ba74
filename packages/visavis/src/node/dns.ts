/**
 * Host names to addresses, in a way that can be given up: a pending getaddrinfo holds the process and one of four threads.
 *
 * DNS is asked first (it can be cancelled); only a name that DNS answered it does not know goes to the system's own
 * resolver, for the hosts file and search domains.
 */

import { lookup, Resolver } from "node:dns/promises";
import { isIP } from "node:net";

/** Milliseconds for the first try; the second waits longer. */
const TIMEOUT = 1500;

/** Codes that mean "nobody answered": the system's resolver would wait for the same servers, and cannot be cancelled. */
const NO_ANSWER: ReadonlySet<string> = new Set(["ETIMEOUT", "ECANCELLED", "EDESTRUCTION"]);

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/**
 * The addresses of a host name; empty when there are none. Never rejects.
 *
 * Names below `.local` are not looked up: the ICE agent asks for them by multicast itself, and systems that do so too
 * take five seconds to say no, which is the usual answer when the other side is a browser in another network.
 */
export async function resolve(host: string, family: 4 | 6, signal?: AbortSignal): Promise<readonly string[]> {
  if (isIP(host) !== 0) return isIP(host) === family ? [host] : [];
  const givenUp = (): boolean => signal?.aborted ?? false;
  if (givenUp() || /\.local\.?$/i.test(host)) return [];
  const resolver = new Resolver({ timeout: TIMEOUT, tries: 2 });
  const cancel = (): void => resolver.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await (family === 4 ? resolver.resolve4(host) : resolver.resolve6(host));
  } catch (error) {
    if (NO_ANSWER.has(codeOf(error)) || givenUp()) return [];
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
  try {
    const found = await lookup(host, { family, all: true });
    return found.map(({ address }) => address);
  } catch {
    return [];
  }
}

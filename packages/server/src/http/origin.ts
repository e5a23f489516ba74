/**
 * Which page may talk to this server. A WebSocket is not bound by the same-origin rule of browsers: any page of the web may open one to
 * localhost, so the server looks at `Origin` itself. The name in `Host` is looked at too: a foreign name that was made to resolve to this
 * machine would otherwise count as the same host.
 */
import { isIP } from "node:net";
import os from "node:os";

/** What a request says about where it comes from and whom it was sent to. */
export interface RequestSource {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** Decides about requests; `allowedOrigins` are those of `--allow-origin`. */
export class OriginPolicy {
  readonly #origins: ReadonlySet<string>;
  readonly #hostNames: ReadonlySet<string>;

  constructor(allowedOrigins: readonly string[]) {
    this.#origins = new Set(allowedOrigins.map((origin) => new URL(origin).origin));
    const own = os.hostname().toLowerCase();
    this.#hostNames = new Set(["localhost", own, `${own}.local`, ...allowedOrigins.map((origin) => new URL(origin).hostname)]);
  }

  /** Whether the `Host` of a request names this server: an address, localhost, the name of the machine or an allowed origin's. */
  allowsHost(host: string | undefined): boolean {
    const name = hostName(host);
    if (name === undefined) return false;
    return isIP(name.replace(/^\[|\]$/g, "")) !== 0 || name.endsWith(".localhost") || this.#hostNames.has(name);
  }

  /** Whether a WebSocket may be opened: by a page of the same host, or of an allowed origin. */
  allowsSocket({ host, origin }: RequestSource): boolean {
    if (origin === undefined || !this.allowsHost(host)) return false;
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) return false;
    return this.#origins.has(url.origin) || url.host === host?.toLowerCase();
  }
}

/** The name in a `Host` header, without its port, in lower case. */
function hostName(host: string | undefined): string | undefined {
  if (host === undefined || host.includes("/") || host.includes("@") || !URL.canParse(`http://${host}/`)) return undefined;
  return new URL(`http://${host}/`).hostname;
}

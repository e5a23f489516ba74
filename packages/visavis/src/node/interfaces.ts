/**
 * The addresses of this machine, from node:os, in the form that binding and candidates need.
 */
import os from "node:os";
import type { NetworkInterface } from "../base/platform.ts";

/** What node:os says of one address; the parts that are read here. */
export interface OsAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
  readonly scopeid?: number;
}

/**
 * Turns the table of node:os into a list. Link-local IPv6 addresses get their zone: the name of the interface, or on
 * Windows its number, because that is what bind and send take there (RFC 4007 §11).
 */
export function listAddresses(
  table: Readonly<Record<string, readonly OsAddress[] | undefined>>,
  platform: string,
): NetworkInterface[] {
  const list: NetworkInterface[] = [];
  for (const [name, addresses] of Object.entries(table)) {
    for (const { address, family, internal, scopeid } of addresses ?? []) {
      if (family === "IPv4") {
        list.push({ name, address, family: 4, internal, linkLocal: address.startsWith("169.254.") });
      } else {
        // fe80::/10
        const linkLocal = /^fe[89ab]/i.test(address);
        const zone = platform === "win32" ? String(scopeid ?? 0) : name;
        list.push({ name, address: linkLocal ? `${address}%${zone}` : address, family: 6, internal, linkLocal });
      }
    }
  }
  return list;
}

/** The addresses of this machine now; empty where the system does not tell (some containers and phones). */
export function interfaces(): NetworkInterface[] {
  try {
    return listAddresses(os.networkInterfaces(), process.platform);
  } catch {
    return [];
  }
}

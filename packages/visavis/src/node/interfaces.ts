/**
 * The addresses of this machine, from node:os, in the form that binding and candidates need, and the MTU of their interfaces
 * where a file tells it.
 */
import fs from "node:fs";
import os from "node:os";
import type { NetworkInterface } from "../base/platform.ts";

/** RFC 791: every module must be able to forward so many bytes. */
const LEAST_MTU = 68;

/** What node:os says of one address; the parts that are read here. */
export interface OsAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
  readonly scopeid?: number;
}

/** The MTU of an interface in bytes; undefined when the system does not tell. Linux does, in a file. */
export function readMtu(name: string, platform: string): number | undefined {
  if (platform !== "linux" || name.includes("/") || name.startsWith(".")) return undefined;
  try {
    const mtu = Number.parseInt(fs.readFileSync(`/sys/class/net/${name}/mtu`, "latin1"), 10);
    return mtu >= LEAST_MTU ? mtu : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Turns the table of node:os into a list. Link-local IPv6 addresses get their zone: the name of the interface, or on
 * Windows its number, because that is what bind and send take there (RFC 4007 §11). `mtuOf` is asked once for each interface.
 */
export function listAddresses(
  table: Readonly<Record<string, readonly OsAddress[] | undefined>>,
  platform: string,
  mtuOf: (name: string) => number | undefined = () => undefined,
): NetworkInterface[] {
  const list: NetworkInterface[] = [];
  for (const [name, addresses] of Object.entries(table)) {
    const known = addresses?.length ? mtuOf(name) : undefined;
    const mtu = known === undefined ? {} : { mtu: known };
    for (const { address, family, internal, scopeid } of addresses ?? []) {
      if (family === "IPv4") {
        list.push({ name, address, family: 4, internal, linkLocal: address.startsWith("169.254."), ...mtu });
      } else {
        // fe80::/10
        const linkLocal = /^fe[89ab]/i.test(address);
        const zone = platform === "win32" ? String(scopeid ?? 0) : name;
        list.push({ name, address: linkLocal ? `${address}%${zone}` : address, family: 6, internal, linkLocal, ...mtu });
      }
    }
  }
  return list;
}

/** How long the MTU of an interface is believed, in milliseconds: each gathering asks, and a file of the system costs 20 µs. */
const MTU_LIFETIME = 5000;

/** The MTUs that were read, until when they are believed. */
let mtus: Map<string, number | undefined> = new Map();
let mtusEnd = 0;

function recentMtu(name: string): number | undefined {
  const now = performance.now();
  if (now >= mtusEnd) {
    mtus = new Map();
    mtusEnd = now + MTU_LIFETIME;
  }
  if (!mtus.has(name)) mtus.set(name, readMtu(name, process.platform));
  return mtus.get(name);
}

/**
 * How long the table of addresses is believed, in milliseconds. Asking costs 80 µs and a second of set-ups asks hundreds of times; whoever
 * hears of a change of network gathers later than that.
 */
const TABLE_LIFETIME = 100;

let table: readonly NetworkInterface[] = [];
let tableEnd = 0;

/** The addresses of this machine, at most a tenth of a second old; empty where the system does not tell (some containers and phones). */
export function interfaces(): readonly NetworkInterface[] {
  const now = performance.now();
  if (now < tableEnd) return table;
  try {
    table = listAddresses(os.networkInterfaces(), process.platform, recentMtu);
  } catch {
    table = [];
  }
  tableEnd = now + TABLE_LIFETIME;
  return table;
}

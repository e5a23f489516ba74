/**
 * RTCStatsReport, a read-only maplike: https://w3c.github.io/webrtc-pc/#rtcstatsreport-object
 */
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import type { RTCStatsEntry } from "./stats-dictionaries.ts";
import { callback, domString, requireArguments } from "./webidl.ts";

/** Statistics of a connection at one moment: entries by their id. */
export interface RTCStatsReport extends ReadonlyMap<string, RTCStatsEntry> {
  forEach(callbackfn: (value: RTCStatsEntry, key: string, parent: RTCStatsReport) => void, thisArg?: unknown): void;
}

/** The interface object of RTCStatsReport. */
export interface RTCStatsReportConstructor {
  readonly prototype: RTCStatsReport;
  new (): RTCStatsReport;
}

let create: (entries: ReadonlyMap<string, RTCStatsEntry>) => RTCStatsReport;

/** The class RTCStatsReport. */
export const RTCStatsReport: RTCStatsReportConstructor = class RTCStatsReport {
  readonly #entries: ReadonlyMap<string, RTCStatsEntry>;
  declare [Symbol.iterator]: () => MapIterator<[string, RTCStatsEntry]>;

  static {
    create = (entries) => new RTCStatsReport(CONSTRUCT, entries);
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    this.#entries = args[1] as ReadonlyMap<string, RTCStatsEntry>;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): MapIterator<[string, RTCStatsEntry]> {
    return this.#entries.entries();
  }

  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  values(): MapIterator<RTCStatsEntry> {
    return this.#entries.values();
  }

  get(...args: [key: string]): RTCStatsEntry | undefined {
    return this.#entries.get(keyOf("get", args));
  }

  has(...args: [key: string]): boolean {
    return this.#entries.has(keyOf("has", args));
  }

  forEach(...args: [callbackfn: (value: RTCStatsEntry, key: string, parent: RTCStatsReport) => void, thisArg?: unknown]): void {
    const context = "Failed to execute 'forEach' on 'RTCStatsReport'";
    requireArguments(args.length, 1, context);
    const callbackfn = callback(args[0], `${context}: parameter 1`);
    for (const [key, value] of this.#entries) Reflect.apply(callbackfn, args[1], [value, key, this]);
  }
};

// https://webidl.spec.whatwg.org/#js-map-iterator: the same function object as `entries`, not enumerable.
Object.defineProperty(RTCStatsReport.prototype, Symbol.iterator, {
  value: RTCStatsReport.prototype.entries,
  writable: true,
  configurable: true,
});
defineInterface(RTCStatsReport, "RTCStatsReport", { lengths: { get: 1, has: 1, forEach: 1 } });

/** Makes a report of entries in their order. */
export function createStatsReport(entries: readonly RTCStatsEntry[]): RTCStatsReport {
  return create(new Map(entries.map((entry) => [entry.id, entry])));
}

function keyOf(operation: string, args: readonly unknown[]): string {
  const context = `Failed to execute '${operation}' on 'RTCStatsReport'`;
  requireArguments(args.length, 1, context);
  return domString(args[0], `${context}: parameter 1`);
}

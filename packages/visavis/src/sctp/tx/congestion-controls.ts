/**
 * The controllers by their names.
 */
import type { Random } from "../../base/random.ts";
import { Bbr } from "./bbr.ts";
import type { CongestionControl, CongestionControlName } from "./congestion-control.ts";
import { Cubic } from "./cubic.ts";
import { NewReno } from "./newreno.ts";

/** A controller for packets of `mtu` bytes; default `bbr`. */
export function createCongestionControl(name: CongestionControlName | undefined, mtu: number, random: Random): CongestionControl {
  switch (name) {
    case "newreno":
      return new NewReno(mtu);
    case "cubic":
      return new Cubic(mtu);
    default:
      return new Bbr(mtu, random);
  }
}

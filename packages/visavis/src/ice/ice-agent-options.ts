/**
 * How an ICE agent is made.
 */
import type { Random } from "../base/random.ts";
import type { RouteTable } from "../base/route.ts";
import type { IceRole } from "./ice-event.ts";
import type { IceNetworkOptions } from "./ice-network-options.ts";
import type { IceParameters } from "./ice-parameters.ts";
import type { IceServer } from "./ice-servers.ts";

/** How an agent is made. */
export interface IceAgentOptions {
  readonly random: Random;
  /** Interns the routes; shared with whoever owns the agent. */
  readonly routes: RouteTable;
  readonly role: IceRole;
  readonly servers?: readonly IceServer[];
  /** `relay` gathers and uses relayed candidates only. Default `all`. */
  readonly transportPolicy?: "all" | "relay";
  /** Loopback addresses too; otherwise they are used only when there is nothing else. */
  readonly includeLoopback?: boolean;
  /** Default true; false: every remote candidate that is a name counts as unresolvable. */
  readonly resolveNames?: boolean;
  /** Which networks are used, and how; not in any standard. */
  readonly network?: IceNetworkOptions;
  /** The first local parameters; random by default. */
  readonly parameters?: IceParameters;
}

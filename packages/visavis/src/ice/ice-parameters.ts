/**
 * The user name fragment and password of one ICE generation: RFC 8445 §5.3, RFC 8839 §5.4.
 */
import { type Random, randomString } from "../base/random.ts";

/** What a peer needs to know to be believed by us, or we by it. */
export interface IceParameters {
  /** 4 to 256 ice-chars. */
  readonly usernameFragment: string;
  /** 22 to 256 ice-chars. */
  readonly password: string;
  /** The peer only answers checks (RFC 8445 §2.5). Of remote parameters only. */
  readonly lite?: boolean;
  /** The peer heeds the latest of several nominations (`a=ice-options:renomination`). Of remote parameters only. */
  readonly renomination?: boolean;
}

const ICE_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Fresh parameters: 48 bits of fragment, 144 bits of password. */
export function createIceParameters(random: Random): IceParameters {
  return { usernameFragment: randomString(random, 8, ICE_CHARS), password: randomString(random, 24, ICE_CHARS) };
}

/** Whether both name the same generation. */
export function sameIceParameters(a: IceParameters, b: IceParameters): boolean {
  return a.usernameFragment === b.usernameFragment && a.password === b.password && (a.lite ?? false) === (b.lite ?? false);
}

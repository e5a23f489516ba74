/**
 * What a client offers: one ClientHello for both versions (RFC 9147 §5.3, RFC 9846 §4.1.2), the same one again with a cookie
 * or another key share when the server asks for it.
 */
import { randomBytes } from "../base/random.ts";
import { createKeyShares, type KeyShare } from "../crypto/key-exchange.ts";
import { CIPHER_SUITES, type CipherSuite } from "./cipher-suites.ts";
import { groupName, isGroupOf12, NamedGroup } from "./groups.ts";
import { encodeClientHello, RANDOM_LENGTH } from "./handshake/client-hello.ts";
import { encodeCookie } from "./handshake/extensions/cookie.ts";
import { ExtensionType } from "./handshake/extensions/extension.ts";
import { encodeClientShares, type KeyShareEntry } from "./handshake/extensions/key-share.ts";
import { encodeNumberList } from "./handshake/extensions/number-list.ts";
import { POINT_FORMATS } from "./handshake/extensions/point-formats.ts";
import { RECORD_SIZE_LIMIT } from "./handshake/extensions/record-size-limit.ts";
import { encodeClientVersions } from "./handshake/extensions/supported-versions.ts";
import { encodeUseSrtp } from "./handshake/extensions/use-srtp.ts";
import { build } from "./handshake/vectors.ts";
import type { HandshakeSettings } from "./handshake-context.ts";
import { SIGNATURE_SCHEMES } from "./signature-schemes.ts";
import { DtlsVersion } from "./version.ts";

const EMPTY = new Uint8Array(0);

/** An empty renegotiation_info (RFC 5746 §3.2). */
const NO_RENEGOTIATION = Uint8Array.of(0);

/** Versions that a client or server with these settings speaks, best first. */
export function versionsOf(settings: HandshakeSettings): readonly DtlsVersion[] {
  // A newer version has a smaller number.
  return [DtlsVersion.V1_3, DtlsVersion.V1_2].filter(
    (version) => version >= settings.maxVersion && version <= settings.minVersion,
  );
}

/** The offer of one handshake. */
export class ClientOffer {
  readonly random: Uint8Array;
  readonly versions: readonly DtlsVersion[];
  readonly suites: readonly CipherSuite[];
  readonly groups: readonly number[];
  readonly #settings: HandshakeSettings;
  #shares: ReadonlyMap<number, KeyShare>;
  /** 1.2's cookie. */
  #cookie12: Uint8Array = EMPTY;
  #cookie13: Uint8Array | undefined = undefined;

  constructor(settings: HandshakeSettings) {
    this.#settings = settings;
    this.random = randomBytes(settings.random, RANDOM_LENGTH);
    this.versions = versionsOf(settings);
    this.suites = CIPHER_SUITES.filter((suite) => this.versions.includes(suite.version));
    this.groups = this.offers13 ? settings.groups : settings.groups.filter(isGroupOf12);
    this.#shares = this.#createShares(this.offers13 ? firstShares(this.groups) : []);
  }

  /** Whether 1.3 is among the versions. */
  get offers13(): boolean {
    return this.versions.includes(DtlsVersion.V1_3);
  }

  /** Our share for a group; undefined when there is none. */
  share(group: number): KeyShare | undefined {
    return this.#shares.get(group);
  }

  /** Takes the cookie of a HelloVerifyRequest. */
  setCookie12(cookie: Uint8Array): void {
    this.#cookie12 = cookie;
  }

  /** Takes what a HelloRetryRequest asks for: a share for another group, a cookie, or both. */
  retry(group: number | undefined, cookie: Uint8Array | undefined): void {
    if (group !== undefined) this.#shares = this.#createShares([group]);
    this.#cookie13 = cookie;
  }

  /** The extensions in the order they are sent. */
  extensions(): ReadonlyMap<number, Uint8Array> {
    const { srtpProfiles } = this.#settings;
    const out = new Map<number, Uint8Array>();
    if (this.versions.includes(DtlsVersion.V1_2)) {
      out.set(ExtensionType.EXTENDED_MASTER_SECRET, EMPTY);
      out.set(ExtensionType.RENEGOTIATION_INFO, NO_RENEGOTIATION);
      out.set(ExtensionType.EC_POINT_FORMATS, POINT_FORMATS);
    }
    out.set(
      ExtensionType.SUPPORTED_GROUPS,
      build((bytes, at) => encodeNumberList(this.groups, bytes, at)),
    );
    out.set(
      ExtensionType.SIGNATURE_ALGORITHMS,
      build((bytes, at) => encodeNumberList(SIGNATURE_SCHEMES, bytes, at)),
    );
    out.set(ExtensionType.RECORD_SIZE_LIMIT, this.offers13 ? RECORD_SIZE_LIMIT.of13 : RECORD_SIZE_LIMIT.of12);
    if (srtpProfiles.length > 0) {
      out.set(
        ExtensionType.USE_SRTP,
        build((bytes, at) => encodeUseSrtp(srtpProfiles, bytes, at)),
      );
    }
    if (!this.offers13) return out;
    out.set(
      ExtensionType.SUPPORTED_VERSIONS,
      build((bytes, at) => encodeClientVersions(this.versions, bytes, at)),
    );
    const cookie = this.#cookie13;
    if (cookie !== undefined)
      out.set(
        ExtensionType.COOKIE,
        build((bytes, at) => encodeCookie(cookie, bytes, at)),
      );
    const entries: KeyShareEntry[] = [...this.#shares].map(([group, { share }]) => ({ group, share }));
    out.set(
      ExtensionType.KEY_SHARE,
      build((bytes, at) => encodeClientShares(entries, bytes, at)),
    );
    return out;
  }

  /** The body of the ClientHello. */
  hello(): Uint8Array {
    const extensions = this.extensions();
    const message = {
      legacyVersion: DtlsVersion.V1_2,
      random: this.random,
      sessionId: EMPTY,
      cookie: this.#cookie12,
      cipherSuites: this.suites.map((suite) => suite.id),
      compressionMethods: Uint8Array.of(0),
      extensions,
    };
    return build((bytes, at) => encodeClientHello(message, bytes, at));
  }

  #createShares(groups: readonly number[]): ReadonlyMap<number, KeyShare> {
    const named = groups.flatMap((group) => {
      const name = groupName(group);
      return name === undefined ? [] : [{ group, name }];
    });
    const names = named.map(({ name }) => name);
    const shares = createKeyShares(names, this.#settings.random);
    return new Map(shares.map((share, index) => [(named[index] as { group: number }).group, share]));
  }
}

/** The best group, and X25519 beside a hybrid: a peer without ML-KEM then needs no second hello. */
function firstShares(groups: readonly number[]): readonly number[] {
  const [best] = groups;
  if (best === undefined) return [];
  return best === NamedGroup.X25519MLKEM768 && groups.includes(NamedGroup.X25519) ? [best, NamedGroup.X25519] : [best];
}

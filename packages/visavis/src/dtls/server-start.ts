/**
 * The server until it has chosen a version: it takes the ClientHello, and the second one after a HelloVerifyRequest (1.2's
 * cookie) or a HelloRetryRequest (1.3's cookie, or a group for which the client sent no share).
 *
 * Without the cookie a hello from a forged address makes the server send more than it got. WebRTC does without: ICE has
 * proven the address before the first hello is taken. Whoever takes hellos from anywhere sets the option.
 */
import { equalBytes } from "../base/bytes.ts";
import { randomBytes } from "../base/random.ts";
import { answerKeyShare } from "../crypto/key-exchange.ts";
import { Alert } from "./alert.ts";
import { CIPHER_SUITES, type CipherSuite } from "./cipher-suites.ts";
import { versionsOf } from "./client-offer.ts";
import { fatal } from "./errors.ts";
import { startServer12 } from "./flight12/server.ts";
import { startServer13 } from "./flight13/server.ts";
import { groupName } from "./groups.ts";
import { type ClientHello, decodeClientHello } from "./handshake/client-hello.ts";
import { decodeCookie, encodeCookie } from "./handshake/extensions/cookie.ts";
import { ExtensionType } from "./handshake/extensions/extension.ts";
import { decodeClientShares, encodeSelectedGroup, type KeyShareEntry } from "./handshake/extensions/key-share.ts";
import { decodeNumberList } from "./handshake/extensions/number-list.ts";
import { decodeClientVersions, encodeSelectedVersion } from "./handshake/extensions/supported-versions.ts";
import { decodeUseSrtp } from "./handshake/extensions/use-srtp.ts";
import { type HandshakeMessage, HandshakeType } from "./handshake/handshake-type.ts";
import { encodeHelloVerifyRequest } from "./handshake/hello-verify-request.ts";
import { encodeServerHello, HELLO_RETRY_RANDOM } from "./handshake/server-hello.ts";
import { build } from "./handshake/vectors.ts";
import type { HandshakeContext, HandshakeStep } from "./handshake-context.ts";
import { choose, decoded, readExtension, requireExtension, takeRecordSizeLimit, unexpected } from "./negotiation.ts";
import { DtlsVersion } from "./version.ts";

const COOKIE_LENGTH = 32;

/** Hellos without the right cookie that are answered. */
const MAX_VERIFY_REQUESTS = 3;

/** What a HelloRetryRequest asked for. */
interface Retry {
  readonly suite: CipherSuite;
  readonly group: number;
  readonly cookie: Uint8Array | undefined;
}

/** Waits for the client's hello. */
export class ServerStart implements HandshakeStep {
  readonly #context: HandshakeContext;
  #verifyRequests = 0;
  #cookie12: Uint8Array | undefined = undefined;
  #retry: Retry | undefined = undefined;

  constructor(context: HandshakeContext) {
    this.#context = context;
  }

  handle(message: HandshakeMessage): void {
    const { type, body } = message;
    if (type !== HandshakeType.CLIENT_HELLO) unexpected(type);
    const hello = decoded(decodeClientHello(body, 0, body.length), "ClientHello");
    if (!hello.compressionMethods.includes(0)) throw fatal(Alert.ILLEGAL_PARAMETER, "the client demands compression");
    if (this.#choose(hello) === DtlsVersion.V1_3) {
      this.#answer13(hello, message);
      return;
    }
    if (this.#retry !== undefined) throw fatal(Alert.ILLEGAL_PARAMETER, "the client changed its versions");
    this.#answer12(hello, message);
  }

  #choose(hello: ClientHello): DtlsVersion {
    const listed = readExtension(hello.extensions, ExtensionType.SUPPORTED_VERSIONS, decodeClientVersions);
    // Without the list legacy_version says what the client speaks at most, and a smaller number is a newer version.
    const spoken = listed ?? (hello.legacyVersion <= DtlsVersion.V1_2 ? [DtlsVersion.V1_2] : []);
    const version = versionsOf(this.#context.settings).find((one) => spoken.includes(one));
    if (version === undefined) throw fatal(Alert.PROTOCOL_VERSION, "the client speaks no version that is spoken here");
    return version;
  }

  #answer12(hello: ClientHello, message: HandshakeMessage): void {
    const { settings, transcript } = this.#context;
    if (settings.cookie && !equalBytes(hello.cookie, this.#cookie12 ?? new Uint8Array(0))) {
      this.#requestVerify();
      return;
    }
    if (settings.cookie && this.#cookie12 === undefined) {
      this.#requestVerify();
      return;
    }
    // The hello without a cookie does not count (RFC 6347 §4.2.6).
    transcript.restart();
    this.#context.accept(message);
    startServer12(this.#context, hello);
  }

  #requestVerify(): void {
    if (++this.#verifyRequests > MAX_VERIFY_REQUESTS) unexpected(HandshakeType.CLIENT_HELLO);
    const cookie = this.#cookie12 ?? randomBytes(this.#context.settings.random, COOKIE_LENGTH);
    this.#cookie12 = cookie;
    this.#context.retry = "hello-verify-request";
    this.#context.beginFlight(false);
    this.#context.flight.add(
      HandshakeType.HELLO_VERIFY_REQUEST,
      build((out, at) => encodeHelloVerifyRequest(DtlsVersion.V1_2, cookie, out, at)),
    );
  }

  #answer13(hello: ClientHello, message: HandshakeMessage): void {
    const { settings } = this.#context;
    const { extensions } = hello;
    if (hello.cookie.length > 0 || hello.compressionMethods.length !== 1) {
      throw fatal(Alert.ILLEGAL_PARAMETER, "the hello has a field that 1.3 does not use");
    }
    const suites = CIPHER_SUITES.filter((one) => one.version === DtlsVersion.V1_3);
    const suite = this.#retry?.suite ?? suites.find((one) => hello.cipherSuites.includes(one.id));
    if (suite === undefined || !hello.cipherSuites.includes(suite.id)) {
      throw fatal(Alert.HANDSHAKE_FAILURE, "there is no cipher suite in common");
    }
    const groups = requireExtension(extensions, ExtensionType.SUPPORTED_GROUPS, decodeNumberList);
    const signatureSchemes = requireExtension(extensions, ExtensionType.SIGNATURE_ALGORITHMS, decodeNumberList);
    const shares = requireExtension(extensions, ExtensionType.KEY_SHARE, decodeClientShares);
    if (shares.some((entry) => !groups.includes(entry.group))) {
      throw fatal(Alert.ILLEGAL_PARAMETER, "the client sent a share for a group that it does not support");
    }
    const entry = this.#chosenShare(hello, groups, shares, suite, message);
    if (entry === undefined) return;
    const name = groupName(entry.group);
    const answer = name && answerKeyShare(name, entry.share, settings.random);
    if (answer === undefined) throw fatal(Alert.ILLEGAL_PARAMETER, "the client's key share is not valid");
    const profiles = readExtension(extensions, ExtensionType.USE_SRTP, decodeUseSrtp);
    const srtpProfile = choose(settings.srtpProfiles, profiles);
    this.#context.accept(message);
    this.#context.version = DtlsVersion.V1_3;
    takeRecordSizeLimit(this.#context, extensions);
    startServer13(this.#context, { suite, group: entry.group, answer, srtpProfile, signatureSchemes });
  }

  /** The client's share for the best group in common; undefined when it was asked for another hello first. */
  #chosenShare(
    hello: ClientHello,
    groups: readonly number[],
    shares: readonly KeyShareEntry[],
    suite: CipherSuite,
    message: HandshakeMessage,
  ): KeyShareEntry | undefined {
    const { settings } = this.#context;
    const retry = this.#retry;
    if (retry !== undefined) {
      const cookie = readExtension(hello.extensions, ExtensionType.COOKIE, decodeCookie);
      const [entry] = shares;
      const right = retry.cookie === undefined ? cookie === undefined : cookie && equalBytes(cookie, retry.cookie);
      // RFC 9846 §4.1.2: exactly the share that was asked for, and the cookie unchanged.
      if (right !== true) throw fatal(Alert.ILLEGAL_PARAMETER, "the client's cookie is not the one it was given");
      const found = shares.find((one) => one.group === retry.group) ?? entry;
      if (found?.group !== retry.group) throw fatal(Alert.ILLEGAL_PARAMETER, "the client did not send the share asked for");
      return found;
    }
    const shared = settings.groups.find((group) => shares.some((entry) => entry.group === group));
    const group = shared ?? choose(settings.groups, groups);
    if (group === undefined) throw fatal(Alert.HANDSHAKE_FAILURE, "there is no group in common");
    if (shared !== undefined && !settings.cookie) return shares.find((entry) => entry.group === shared);
    this.#requestRetry(suite, group, shared === undefined, message);
    return undefined;
  }

  #requestRetry(suite: CipherSuite, group: number, needsShare: boolean, message: HandshakeMessage): void {
    const { settings, transcript } = this.#context;
    const cookie = settings.cookie ? randomBytes(settings.random, COOKIE_LENGTH) : undefined;
    this.#retry = { suite, group, cookie };
    this.#context.retry = "hello-retry-request";
    this.#context.version = DtlsVersion.V1_3;
    this.#context.accept(message);
    transcript.retry(suite.hash);
    const extensions = new Map<number, Uint8Array>();
    const version = build((out, at) => encodeSelectedVersion(DtlsVersion.V1_3, out, at));
    extensions.set(ExtensionType.SUPPORTED_VERSIONS, version);
    if (cookie !== undefined)
      extensions.set(
        ExtensionType.COOKIE,
        build((out, at) => encodeCookie(cookie, out, at)),
      );
    if (needsShare)
      extensions.set(
        ExtensionType.KEY_SHARE,
        build((out, at) => encodeSelectedGroup(group, out, at)),
      );
    const hello = {
      legacyVersion: DtlsVersion.V1_2,
      random: HELLO_RETRY_RANDOM,
      sessionId: new Uint8Array(0),
      cipherSuite: suite.id,
      compressionMethod: 0,
      extensions,
    };
    // Not sent again by itself (RFC 9147 §3.1): the client asks again if it is lost.
    this.#context.beginFlight(false);
    this.#context.send(
      HandshakeType.SERVER_HELLO,
      build((out, at) => encodeServerHello(hello, out, at)),
    );
  }
}

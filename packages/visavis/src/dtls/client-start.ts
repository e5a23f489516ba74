/**
 * The client until the server has chosen a version: it sends its ClientHello and takes a HelloVerifyRequest (1.2's cookie),
 * a HelloRetryRequest (1.3's cookie or wish for another group), or a ServerHello.
 */
import { Alert } from "./alert.ts";
import { type CipherSuite, cipherSuite } from "./cipher-suites.ts";
import { ClientOffer } from "./client-offer.ts";
import { fatal } from "./errors.ts";
import { startClient12 } from "./flight12/client.ts";
import { startClient13 } from "./flight13/client.ts";
import { decodeCookie } from "./handshake/extensions/cookie.ts";
import { ExtensionType } from "./handshake/extensions/extension.ts";
import { decodeSelectedGroup } from "./handshake/extensions/key-share.ts";
import { decodeSelectedVersion } from "./handshake/extensions/supported-versions.ts";
import { type HandshakeMessage, HandshakeType } from "./handshake/handshake-type.ts";
import { decodeHelloVerifyRequest } from "./handshake/hello-verify-request.ts";
import { decodeServerHello, hasDowngradeSentinel, isHelloRetryRequest, type ServerHello } from "./handshake/server-hello.ts";
import type { HandshakeContext, HandshakeStep } from "./handshake-context.ts";
import { decoded, readExtension, requireAnswers, unexpected } from "./negotiation.ts";
import { DtlsVersion } from "./version.ts";

/** HelloVerifyRequests that are answered: one is the rule, a second if the server's secret has changed. */
const MAX_VERIFY_REQUESTS = 3;

/** The extensions of a HelloRetryRequest (RFC 9846 §4.1.4). */
const RETRY_EXTENSIONS: readonly number[] = [ExtensionType.SUPPORTED_VERSIONS, ExtensionType.KEY_SHARE, ExtensionType.COOKIE];

/** Waits for the server's hello. */
export class ClientStart implements HandshakeStep {
  readonly #context: HandshakeContext;
  readonly #offer: ClientOffer;
  #verifyRequests = 0;
  /** The suite of a HelloRetryRequest, from which the ServerHello must not differ. */
  #retried: CipherSuite | undefined = undefined;

  constructor(context: HandshakeContext) {
    this.#context = context;
    this.#offer = new ClientOffer(context.settings);
  }

  /** Sends the ClientHello. */
  start(): void {
    this.#context.beginFlight(true);
    this.#context.send(HandshakeType.CLIENT_HELLO, this.#offer.hello());
  }

  handle(message: HandshakeMessage): void {
    const { type, body } = message;
    if (type === HandshakeType.HELLO_VERIFY_REQUEST) {
      this.#handleVerifyRequest(body);
      return;
    }
    if (type !== HandshakeType.SERVER_HELLO) unexpected(type);
    const hello = decoded(decodeServerHello(body, 0, body.length), "ServerHello");
    const version = this.#chosenVersion(hello);
    const suite = this.#chosenSuite(hello, version);
    if (version === DtlsVersion.V1_2) {
      startClient12(this.#context, this.#offer, hello, suite, message);
      return;
    }
    // RFC 9147 §5: no compatibility mode.
    if (hello.sessionId.length > 0) throw fatal(Alert.ILLEGAL_PARAMETER, "the server sent a session id");
    if (isHelloRetryRequest(hello)) {
      this.#handleRetryRequest(hello, suite, message);
      return;
    }
    startClient13(this.#context, this.#offer, hello, suite, message);
  }

  #chosenVersion(hello: ServerHello): DtlsVersion {
    const selected = readExtension(hello.extensions, ExtensionType.SUPPORTED_VERSIONS, decodeSelectedVersion);
    // RFC 9846 §4.2.1: with the extension the version is 1.3 or newer, whatever legacy_version says.
    if (selected !== undefined) {
      if (selected === DtlsVersion.V1_3 && this.#offer.offers13) return selected;
      throw fatal(Alert.ILLEGAL_PARAMETER, "the server chose a version that was not offered");
    }
    if (hello.legacyVersion !== DtlsVersion.V1_2 || !this.#offer.versions.includes(DtlsVersion.V1_2)) {
      throw fatal(Alert.PROTOCOL_VERSION, "the server speaks no version that was offered");
    }
    // RFC 9846 §4.1.3: the server speaks 1.3 and did not see that we do.
    if (this.#retried !== undefined || (this.#offer.offers13 && hasDowngradeSentinel(hello.random))) {
      throw fatal(Alert.ILLEGAL_PARAMETER, "someone has downgraded the handshake");
    }
    return DtlsVersion.V1_2;
  }

  #chosenSuite(hello: ServerHello, version: DtlsVersion): CipherSuite {
    const suite = cipherSuite(hello.cipherSuite);
    const offered = suite?.version === version && this.#offer.suites.includes(suite);
    if (suite === undefined || !offered || hello.compressionMethod !== 0) {
      throw fatal(Alert.ILLEGAL_PARAMETER, "the server chose a cipher suite that was not offered");
    }
    if (this.#retried !== undefined && suite !== this.#retried) {
      throw fatal(Alert.ILLEGAL_PARAMETER, "the server changed its cipher suite");
    }
    return suite;
  }

  #handleVerifyRequest(body: Uint8Array): void {
    const cookie = decoded(decodeHelloVerifyRequest(body, 0, body.length), "HelloVerifyRequest");
    const speaks12 = this.#offer.versions.includes(DtlsVersion.V1_2);
    if (!speaks12 || this.#retried !== undefined || ++this.#verifyRequests > MAX_VERIFY_REQUESTS) {
      unexpected(HandshakeType.HELLO_VERIFY_REQUEST);
    }
    this.#offer.setCookie12(cookie);
    this.#context.retry = "hello-verify-request";
    this.#context.transcript.restart();
    this.start();
  }

  #handleRetryRequest(hello: ServerHello, suite: CipherSuite, message: HandshakeMessage): void {
    if (this.#retried !== undefined || this.#verifyRequests > 0) unexpected(HandshakeType.SERVER_HELLO);
    const { extensions } = hello;
    requireAnswers(extensions, (type) => RETRY_EXTENSIONS.includes(type));
    const group = readExtension(extensions, ExtensionType.KEY_SHARE, decodeSelectedGroup);
    const cookie = readExtension(extensions, ExtensionType.COOKIE, decodeCookie);
    const useless = group === undefined && cookie === undefined;
    const wrongGroup = group !== undefined && (!this.#offer.groups.includes(group) || this.#offer.share(group) !== undefined);
    if (useless || wrongGroup) throw fatal(Alert.ILLEGAL_PARAMETER, "the server's HelloRetryRequest asks for nothing new");
    this.#retried = suite;
    this.#context.retry = "hello-retry-request";
    this.#context.version = DtlsVersion.V1_3;
    this.#context.transcript.retry(suite.hash);
    this.#context.accept(message);
    this.#offer.retry(group, cookie);
    this.start();
  }
}

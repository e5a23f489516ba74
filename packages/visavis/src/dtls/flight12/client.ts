/**
 * The client of 1.2 from the ServerHello on (RFC 5246 §7.3, RFC 8422 §2).
 *
 * ```text
 *  ServerHello Certificate ServerKeyExchange CertificateRequest* ServerHelloDone
 *     -> Certificate* ClientKeyExchange CertificateVerify* [ChangeCipherSpec] Finished
 *  [ChangeCipherSpec] Finished
 * ```
 */
import { concatBytes, equalBytes } from "../../base/bytes.ts";
import { createKeyShare } from "../../crypto/key-exchange.ts";
import type { PublicKey } from "../../crypto/signature.ts";
import { Alert } from "../alert.ts";
import type { CipherSuite } from "../cipher-suites.ts";
import type { ClientOffer } from "../client-offer.ts";
import { fatal } from "../errors.ts";
import { groupName, isGroupOf12 } from "../groups.ts";
import { decodeCertificate12, encodeCertificate12 } from "../handshake/certificate.ts";
import { type CertificateRequest, decodeCertificateRequest12 } from "../handshake/certificate-request.ts";
import { ExtensionType } from "../handshake/extensions/extension.ts";
import { decodeUseSrtp } from "../handshake/extensions/use-srtp.ts";
import { type HandshakeMessage, HandshakeType } from "../handshake/handshake-type.ts";
import type { ServerHello } from "../handshake/server-hello.ts";
import {
  decodeServerKeyExchange,
  encodeClientKeyExchange,
  encodeServerParameters,
  type ServerKeyExchange,
} from "../handshake/server-key-exchange.ts";
import { build } from "../handshake/vectors.ts";
import type { HandshakeContext, HandshakeStep } from "../handshake-context.ts";
import {
  chosenProfile,
  decoded,
  readExtension,
  requireAnswers,
  requireUncompressed,
  takeRecordSizeLimit,
  unexpected,
} from "../negotiation.ts";
import { checkPeerCertificate, checkSignature } from "../peer-certificate.ts";
import { DtlsVersion } from "../version.ts";
import {
  type Agreement12,
  checkFinished,
  createSession,
  deriveMasterSecret,
  installRead,
  NO_MORE,
  ourScheme,
  sendCertificateVerify,
  sendFinished,
} from "./session.ts";

/** An empty renegotiation_info (RFC 5746 §3.4): anything else belongs to a renegotiation. */
const NO_RENEGOTIATION = Uint8Array.of(0);

interface Authenticated {
  readonly exchange: ServerKeyExchange;
  readonly remoteCertificates: readonly Uint8Array[];
}

/** What is known when the server's flights have come so far. */
type State =
  | { readonly wait: "certificate" }
  | { readonly wait: "server-key-exchange"; readonly key: PublicKey; readonly remoteCertificates: readonly Uint8Array[] }
  | ({ readonly wait: "certificate-request" } & Authenticated)
  | ({ readonly wait: "server-hello-done"; readonly request: CertificateRequest | undefined } & Authenticated)
  | ({ readonly wait: "finished"; readonly masterSecret: Uint8Array } & Authenticated);

/** Takes the ServerHello of 1.2 and waits for the rest. */
export function startClient12(
  context: HandshakeContext,
  offer: ClientOffer,
  hello: ServerHello,
  suite: CipherSuite,
  message: HandshakeMessage,
): void {
  const { extensions } = hello;
  const offered = offer.extensions();
  requireAnswers(extensions, (type) => offered.has(type));
  if (!extensions.has(ExtensionType.EXTENDED_MASTER_SECRET)) {
    throw fatal(Alert.HANDSHAKE_FAILURE, "the server does not know the extended master secret");
  }
  requireUncompressed(extensions);
  const renegotiation = extensions.get(ExtensionType.RENEGOTIATION_INFO);
  if (renegotiation !== undefined && !equalBytes(renegotiation, NO_RENEGOTIATION)) {
    throw fatal(Alert.HANDSHAKE_FAILURE, "the server believes that this is a renegotiation");
  }
  const profiles = readExtension(extensions, ExtensionType.USE_SRTP, decodeUseSrtp);
  const srtpProfile = chosenProfile(profiles, context.settings.srtpProfiles);
  context.version = DtlsVersion.V1_2;
  takeRecordSizeLimit(context, extensions);
  // 1.2 acknowledges nothing, so nothing is remembered for it.
  context.received.clear();
  context.transcript.settle(DtlsVersion.V1_2, suite.hash);
  context.accept(message);
  context.step = new Client12(context, { suite, randoms: { client: offer.random, server: hello.random }, srtpProfile });
}

/** Waits for the messages of the server's flights. */
class Client12 implements HandshakeStep {
  readonly #context: HandshakeContext;
  readonly #agreement: Agreement12;
  #state: State = { wait: "certificate" };

  constructor(context: HandshakeContext, agreement: Agreement12) {
    this.#context = context;
    this.#agreement = agreement;
  }

  handle(message: HandshakeMessage): void {
    const { type, body } = message;
    const state = this.#state;
    switch (state.wait) {
      case "certificate": {
        if (type !== HandshakeType.CERTIFICATE) unexpected(type);
        const certificates = decoded(decodeCertificate12(body, 0, body.length), "Certificate");
        const key = checkPeerCertificate(certificates, this.#context.settings.remoteFingerprints);
        this.#state = { wait: "server-key-exchange", key, remoteCertificates: certificates };
        break;
      }
      case "server-key-exchange": {
        if (type !== HandshakeType.SERVER_KEY_EXCHANGE) unexpected(type);
        const exchange = decoded(decodeServerKeyExchange(body, 0, body.length), "ServerKeyExchange");
        this.#checkExchange(exchange, state.key);
        this.#state = { wait: "certificate-request", exchange, remoteCertificates: state.remoteCertificates };
        break;
      }
      case "certificate-request": {
        const isRequest = type === HandshakeType.CERTIFICATE_REQUEST;
        const request = isRequest ? decoded(decodeCertificateRequest12(body, 0, body.length), "CertificateRequest") : undefined;
        const { exchange, remoteCertificates } = state;
        this.#state = { wait: "server-hello-done", request, exchange, remoteCertificates };
        if (!isRequest) {
          this.handle(message);
          return;
        }
        break;
      }
      case "server-hello-done": {
        if (type !== HandshakeType.SERVER_HELLO_DONE) unexpected(type);
        if (body.length > 0) throw fatal(Alert.DECODE_ERROR, "ServerHelloDone is malformed");
        this.#context.accept(message);
        const { exchange, remoteCertificates } = state;
        const masterSecret = this.#sendFlight(exchange, state.request);
        this.#state = { wait: "finished", masterSecret, exchange, remoteCertificates };
        return;
      }
      case "finished":
        if (type !== HandshakeType.FINISHED) unexpected(type);
        this.#finish(state, message);
        return;
    }
    this.#context.accept(message);
  }

  #checkExchange({ group, share, signed }: ServerKeyExchange, key: PublicKey): void {
    const { suite, randoms } = this.#agreement;
    if (!isGroupOf12(group) || !this.#context.settings.groups.includes(group)) {
      throw fatal(Alert.ILLEGAL_PARAMETER, "the server chose a group that was not offered");
    }
    if ((suite.authentication === "rsa") !== (key.type === "rsa")) {
      throw fatal(Alert.ILLEGAL_PARAMETER, "the server's certificate does not go with its cipher suite");
    }
    const parameters = build((out, at) => encodeServerParameters(group, share, out, at));
    checkSignature(key, signed, concatBytes(randoms.client, randoms.server, parameters), DtlsVersion.V1_2);
  }

  #sendFlight({ group, share }: ServerKeyExchange, request: CertificateRequest | undefined): Uint8Array {
    const context = this.#context;
    const { certificate, random } = context.settings;
    const name = groupName(group);
    const own = name && createKeyShare(name, random);
    const secret = own?.finish(share);
    if (own === undefined || secret === undefined) throw fatal(Alert.ILLEGAL_PARAMETER, "the server's key share is not valid");
    const scheme = request && ourScheme(context, request.signatureSchemes);
    context.beginFlight(true);
    if (scheme !== undefined) {
      context.send(
        HandshakeType.CERTIFICATE,
        build((out, at) => encodeCertificate12([certificate.der], out, at)),
      );
    }
    context.send(
      HandshakeType.CLIENT_KEY_EXCHANGE,
      build((out, at) => encodeClientKeyExchange(own.share, out, at)),
    );
    const masterSecret = deriveMasterSecret(context, this.#agreement.suite, secret);
    if (scheme !== undefined) sendCertificateVerify(context, scheme);
    sendFinished(context, this.#agreement, masterSecret);
    installRead(context, this.#agreement, masterSecret);
    return masterSecret;
  }

  #finish(state: Authenticated & { readonly masterSecret: Uint8Array }, message: HandshakeMessage): void {
    checkFinished(this.#context, this.#agreement, state.masterSecret, message);
    this.#context.flight.clear();
    const { exchange, masterSecret, remoteCertificates } = state;
    this.#context.complete(createSession(this.#agreement, masterSecret, exchange.group, remoteCertificates), NO_MORE);
  }
}

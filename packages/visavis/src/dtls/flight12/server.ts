/**
 * The server of 1.2 from the ClientHello on (RFC 5246 §7.3, RFC 8422 §2).
 *
 * ```text
 *  ServerHello Certificate ServerKeyExchange CertificateRequest ServerHelloDone ->
 *     <- Certificate ClientKeyExchange CertificateVerify [ChangeCipherSpec] Finished
 *  [ChangeCipherSpec] Finished ->
 * ```
 */
import { concatBytes } from "../../base/bytes.ts";
import { randomBytes } from "../../base/random.ts";
import { createKeyShare, type KeyShare } from "../../crypto/key-exchange.ts";
import type { PublicKey } from "../../crypto/signature.ts";
import { Alert } from "../alert.ts";
import { CIPHER_SUITES, type CipherSuite, EMPTY_RENEGOTIATION_INFO_SCSV } from "../cipher-suites.ts";
import { versionsOf } from "../client-offer.ts";
import { fatal } from "../errors.ts";
import { groupName, isGroupOf12, NamedGroup } from "../groups.ts";
import { decodeCertificate12, encodeCertificate12 } from "../handshake/certificate.ts";
import { encodeCertificateRequest12 } from "../handshake/certificate-request.ts";
import { decodeCertificateVerify } from "../handshake/certificate-verify.ts";
import { type ClientHello, RANDOM_LENGTH } from "../handshake/client-hello.ts";
import { ExtensionType } from "../handshake/extensions/extension.ts";
import { decodeNumberList } from "../handshake/extensions/number-list.ts";
import { POINT_FORMATS } from "../handshake/extensions/point-formats.ts";
import { RECORD_SIZE_LIMIT } from "../handshake/extensions/record-size-limit.ts";
import { decodeUseSrtp, encodeUseSrtp } from "../handshake/extensions/use-srtp.ts";
import { type HandshakeMessage, HandshakeType } from "../handshake/handshake-type.ts";
import { DOWNGRADE_SENTINEL, encodeServerHello } from "../handshake/server-hello.ts";
import { decodeClientKeyExchange, encodeServerKeyExchange, encodeServerParameters } from "../handshake/server-key-exchange.ts";
import { build } from "../handshake/vectors.ts";
import type { HandshakeContext, HandshakeStep } from "../handshake-context.ts";
import {
  choose,
  decoded,
  readExtension,
  requireExtension,
  requireUncompressed,
  takeRecordSizeLimit,
  unexpected,
} from "../negotiation.ts";
import { checkPeerCertificate, checkSignature } from "../peer-certificate.ts";
import { SIGNATURE_SCHEMES } from "../signature-schemes.ts";
import { DtlsVersion } from "../version.ts";
import {
  type Agreement12,
  checkFinished,
  createSession,
  deriveMasterSecret,
  installRead,
  NO_MORE,
  ourScheme,
  sendFinished,
  sign,
} from "./session.ts";

const EMPTY = new Uint8Array(0);
const NO_RENEGOTIATION = Uint8Array.of(0);

/** What is known when the client's flight has come so far. */
type State =
  | { readonly wait: "certificate" }
  | { readonly wait: "client-key-exchange"; readonly key: PublicKey; readonly remoteCertificates: readonly Uint8Array[] }
  | {
      readonly wait: "certificate-verify";
      readonly key: PublicKey;
      readonly remoteCertificates: readonly Uint8Array[];
      readonly masterSecret: Uint8Array;
    }
  | { readonly wait: "finished"; readonly remoteCertificates: readonly Uint8Array[]; readonly masterSecret: Uint8Array };

/** Answers the ClientHello, which is in the transcript. @throws DtlsError when there is nothing in common */
export function startServer12(context: HandshakeContext, hello: ClientHello): void {
  const { settings, transcript } = context;
  const { extensions } = hello;
  if (!extensions.has(ExtensionType.EXTENDED_MASTER_SECRET)) {
    throw fatal(Alert.HANDSHAKE_FAILURE, "the client does not know the extended master secret");
  }
  requireUncompressed(extensions);
  const suite = chosenSuite(context, hello);
  const group = chosenGroup(context, hello);
  const offered = requireExtension(extensions, ExtensionType.SIGNATURE_ALGORITHMS, decodeNumberList);
  const scheme = ourScheme(context, offered);
  const srtpProfile = choose(settings.srtpProfiles, readExtension(extensions, ExtensionType.USE_SRTP, decodeUseSrtp));
  const name = groupName(group);
  if (name === undefined) throw fatal(Alert.INTERNAL_ERROR, "no such group");
  const share = createKeyShare(name, settings.random);
  const random = serverRandom(context);
  context.version = DtlsVersion.V1_2;
  takeRecordSizeLimit(context, extensions);
  transcript.settle(DtlsVersion.V1_2, suite.hash);
  context.beginFlight(true);
  context.send(HandshakeType.SERVER_HELLO, serverHello(hello, random, suite, srtpProfile));
  context.send(
    HandshakeType.CERTIFICATE,
    build((out, at) => encodeCertificate12([settings.certificate.der], out, at)),
  );
  const parameters = build((out, at) => encodeServerParameters(group, share.share, out, at));
  const signature = sign(context, scheme, concatBytes(hello.random, random, parameters));
  const exchange = { group, share: share.share, signed: { scheme, signature } };
  context.send(
    HandshakeType.SERVER_KEY_EXCHANGE,
    build((out, at) => encodeServerKeyExchange(exchange, out, at)),
  );
  context.send(
    HandshakeType.CERTIFICATE_REQUEST,
    build((out, at) => encodeCertificateRequest12(SIGNATURE_SCHEMES, out, at)),
  );
  context.send(HandshakeType.SERVER_HELLO_DONE, EMPTY);
  const randoms = { client: Uint8Array.from(hello.random), server: random };
  context.step = new Server12(context, { suite, randoms, srtpProfile }, group, share);
}

function chosenSuite(context: HandshakeContext, hello: ClientHello): CipherSuite {
  const authentication = context.settings.certificate.privateKey.type === "rsa" ? "rsa" : "ecdsa";
  const suite = CIPHER_SUITES.find((one) => one.authentication === authentication && hello.cipherSuites.includes(one.id));
  if (suite === undefined) throw fatal(Alert.HANDSHAKE_FAILURE, "there is no cipher suite in common");
  return suite;
}

function chosenGroup(context: HandshakeContext, hello: ClientHello): number {
  const ours = context.settings.groups.filter(isGroupOf12);
  // RFC 8422 §4: without the extension the client takes any group; P-256 is the one that all know.
  const theirs = readExtension(hello.extensions, ExtensionType.SUPPORTED_GROUPS, decodeNumberList) ?? [NamedGroup.SECP256R1];
  const group = choose(ours, theirs);
  if (group === undefined) throw fatal(Alert.HANDSHAKE_FAILURE, "there is no group in common");
  return group;
}

/** Marked when we speak 1.3 too (RFC 9846 §4.1.3). */
function serverRandom({ settings }: HandshakeContext): Uint8Array {
  const random = randomBytes(settings.random, RANDOM_LENGTH);
  if (versionsOf(settings).includes(DtlsVersion.V1_3)) random.set(DOWNGRADE_SENTINEL, RANDOM_LENGTH - DOWNGRADE_SENTINEL.length);
  return random;
}

function serverHello(hello: ClientHello, random: Uint8Array, suite: CipherSuite, srtpProfile: number | undefined): Uint8Array {
  const extensions = new Map<number, Uint8Array>([[ExtensionType.EXTENDED_MASTER_SECRET, EMPTY]]);
  const asked = hello.extensions;
  if (asked.has(ExtensionType.RENEGOTIATION_INFO) || hello.cipherSuites.includes(EMPTY_RENEGOTIATION_INFO_SCSV)) {
    extensions.set(ExtensionType.RENEGOTIATION_INFO, NO_RENEGOTIATION);
  }
  if (asked.has(ExtensionType.EC_POINT_FORMATS)) extensions.set(ExtensionType.EC_POINT_FORMATS, POINT_FORMATS);
  if (asked.has(ExtensionType.RECORD_SIZE_LIMIT)) extensions.set(ExtensionType.RECORD_SIZE_LIMIT, RECORD_SIZE_LIMIT.of12);
  if (srtpProfile !== undefined) {
    extensions.set(
      ExtensionType.USE_SRTP,
      build((out, at) => encodeUseSrtp([srtpProfile], out, at)),
    );
  }
  const message = {
    legacyVersion: DtlsVersion.V1_2,
    random,
    // Empty: sessions are not resumed.
    sessionId: EMPTY,
    cipherSuite: suite.id,
    compressionMethod: 0,
    extensions,
  };
  return build((out, at) => encodeServerHello(message, out, at));
}

/** Waits for the messages of the client's flight. */
class Server12 implements HandshakeStep {
  readonly #context: HandshakeContext;
  readonly #agreement: Agreement12;
  readonly #group: number;
  readonly #share: KeyShare;
  #state: State = { wait: "certificate" };

  constructor(context: HandshakeContext, agreement: Agreement12, group: number, share: KeyShare) {
    this.#context = context;
    this.#agreement = agreement;
    this.#group = group;
    this.#share = share;
  }

  handle(message: HandshakeMessage): void {
    const { type, body } = message;
    const state = this.#state;
    switch (state.wait) {
      case "certificate": {
        if (type !== HandshakeType.CERTIFICATE) unexpected(type);
        const certificates = decoded(decodeCertificate12(body, 0, body.length), "Certificate");
        // 1.2 has no alert of its own for this (RFC 5246 §7.4.6).
        if (certificates.length === 0) throw fatal(Alert.HANDSHAKE_FAILURE, "the client has no certificate");
        const key = checkPeerCertificate(certificates, this.#context.settings.remoteFingerprints);
        this.#state = { wait: "client-key-exchange", key, remoteCertificates: certificates };
        break;
      }
      case "client-key-exchange": {
        if (type !== HandshakeType.CLIENT_KEY_EXCHANGE) unexpected(type);
        this.#context.accept(message);
        const { key, remoteCertificates } = state;
        this.#state = { wait: "certificate-verify", key, remoteCertificates, masterSecret: this.#masterSecret(body) };
        return;
      }
      case "certificate-verify": {
        if (type !== HandshakeType.CERTIFICATE_VERIFY) unexpected(type);
        const signed = decoded(decodeCertificateVerify(body, 0, body.length), "CertificateVerify");
        checkSignature(state.key, signed, this.#context.transcript.messages(), DtlsVersion.V1_2);
        const { remoteCertificates, masterSecret } = state;
        this.#state = { wait: "finished", remoteCertificates, masterSecret };
        break;
      }
      case "finished": {
        if (type !== HandshakeType.FINISHED) unexpected(type);
        const { remoteCertificates, masterSecret } = state;
        checkFinished(this.#context, this.#agreement, masterSecret, message);
        // Not sent again by itself: the client, which waits for it, repeats its own flight (RFC 6347 §4.2.4).
        this.#context.beginFlight(false);
        sendFinished(this.#context, this.#agreement, masterSecret);
        const session = createSession(this.#agreement, masterSecret, this.#group, remoteCertificates);
        this.#context.complete(session, NO_MORE);
        return;
      }
    }
    this.#context.accept(message);
  }

  #masterSecret(body: Uint8Array): Uint8Array {
    const share = decoded(decodeClientKeyExchange(body, 0, body.length), "ClientKeyExchange");
    const secret = this.#share.finish(share);
    if (secret === undefined) throw fatal(Alert.ILLEGAL_PARAMETER, "the client's key share is not valid");
    const masterSecret = deriveMasterSecret(this.#context, this.#agreement.suite, secret);
    installRead(this.#context, this.#agreement, masterSecret);
    return masterSecret;
  }
}

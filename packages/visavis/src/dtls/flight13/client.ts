/**
 * The client of 1.3 from the ServerHello on (RFC 9846 §2): takes the server's flight, answers with its own.
 *
 * ```text
 *  ServerHello  {EncryptedExtensions} {CertificateRequest*} {Certificate} {CertificateVerify} {Finished}
 *                                                  -> {Certificate*} {CertificateVerify*} {Finished}   [ACK] <-
 * ```
 */
import { timingSafeEqual } from "../../crypto/hash.ts";
import type { PublicKey } from "../../crypto/signature.ts";
import { Alert } from "../alert.ts";
import type { CipherSuite } from "../cipher-suites.ts";
import type { ClientOffer } from "../client-offer.ts";
import { fatal } from "../errors.ts";
import { decodeCertificate13 } from "../handshake/certificate.ts";
import { type CertificateRequest, decodeCertificateRequest13 } from "../handshake/certificate-request.ts";
import { decodeCertificateVerify, signedContent13 } from "../handshake/certificate-verify.ts";
import { decodeEncryptedExtensions } from "../handshake/encrypted-extensions.ts";
import { ExtensionType } from "../handshake/extensions/extension.ts";
import { decodeServerShare } from "../handshake/extensions/key-share.ts";
import { decodeUseSrtp } from "../handshake/extensions/use-srtp.ts";
import { type HandshakeMessage, HandshakeType } from "../handshake/handshake-type.ts";
import type { ServerHello } from "../handshake/server-hello.ts";
import type { HandshakeContext, HandshakeStep } from "../handshake-context.ts";
import { exportKeyingMaterial13, finishedData, KeySchedule, type TrafficSecrets, trafficKeys } from "../key-schedule.ts";
import {
  chosenProfile,
  decoded,
  readExtension,
  requireAnswers,
  requireExtension,
  takeRecordSizeLimit,
  unexpected,
} from "../negotiation.ts";
import { checkPeerCertificate, checkSignature } from "../peer-certificate.ts";
import { DtlsVersion } from "../version.ts";
import { Epoch } from "./epoch.ts";
import { PostHandshake } from "./post-handshake.ts";
import { sendCertificate, sendFinished } from "./proof.ts";

/** The extensions of a ServerHello (RFC 9846 §4.1.3). */
const HELLO_EXTENSIONS: readonly number[] = [ExtensionType.SUPPORTED_VERSIONS, ExtensionType.KEY_SHARE];

/** What is known when the server's flight has come so far. */
type State =
  | { readonly wait: "encrypted-extensions" }
  | { readonly wait: "certificate-request"; readonly srtpProfile: number | undefined }
  | { readonly wait: "certificate"; readonly srtpProfile: number | undefined; readonly request: CertificateRequest | undefined }
  | ({ readonly wait: "certificate-verify"; readonly key: PublicKey } & Authenticated)
  | ({ readonly wait: "finished" } & Authenticated);

interface Authenticated {
  readonly srtpProfile: number | undefined;
  readonly request: CertificateRequest | undefined;
  readonly remoteCertificates: readonly Uint8Array[];
}

/** Takes the ServerHello of 1.3 and waits for the rest. */
export function startClient13(
  context: HandshakeContext,
  offer: ClientOffer,
  hello: ServerHello,
  suite: CipherSuite,
  message: HandshakeMessage,
): void {
  requireAnswers(hello.extensions, (type) => HELLO_EXTENSIONS.includes(type));
  const { group, share } = requireExtension(hello.extensions, ExtensionType.KEY_SHARE, decodeServerShare);
  const secret = offer.share(group)?.finish(share);
  if (secret === undefined) throw fatal(Alert.ILLEGAL_PARAMETER, "the server's key share is not valid");
  context.version = DtlsVersion.V1_3;
  context.transcript.settle(DtlsVersion.V1_3, suite.hash);
  context.accept(message);
  const schedule = new KeySchedule(suite, secret);
  const secrets = schedule.handshakeSecrets(context.transcript.digest());
  // The server has our hello.
  context.flight.clear();
  context.expectEpoch(Epoch.HANDSHAKE);
  context.records.installRead13(Epoch.HANDSHAKE, trafficKeys(suite, secrets.server));
  context.records.installWrite13(Epoch.HANDSHAKE, trafficKeys(suite, secrets.client));
  context.step = new Client13(context, offer, { suite, group, schedule, secrets });
}

/** What the hellos settled. */
interface Agreement {
  readonly suite: CipherSuite;
  readonly group: number;
  readonly schedule: KeySchedule;
  readonly secrets: TrafficSecrets;
}

/** Waits for the messages of the server's flight. */
class Client13 implements HandshakeStep {
  readonly #context: HandshakeContext;
  readonly #offer: ClientOffer;
  readonly #agreement: Agreement;
  #state: State = { wait: "encrypted-extensions" };

  constructor(context: HandshakeContext, offer: ClientOffer, agreement: Agreement) {
    this.#context = context;
    this.#offer = offer;
    this.#agreement = agreement;
  }

  handle(message: HandshakeMessage): void {
    const { type, body } = message;
    const state = this.#state;
    switch (state.wait) {
      case "encrypted-extensions":
        if (type !== HandshakeType.ENCRYPTED_EXTENSIONS) unexpected(type);
        this.#state = { wait: "certificate-request", srtpProfile: this.#handleExtensions(body) };
        break;
      case "certificate-request": {
        const isRequest = type === HandshakeType.CERTIFICATE_REQUEST;
        const request = isRequest ? decoded(decodeCertificateRequest13(body, 0, body.length), "CertificateRequest") : undefined;
        this.#state = { wait: "certificate", srtpProfile: state.srtpProfile, request };
        if (!isRequest) {
          this.handle(message);
          return;
        }
        break;
      }
      case "certificate": {
        if (type !== HandshakeType.CERTIFICATE) unexpected(type);
        const { certificates, context } = decoded(decodeCertificate13(body, 0, body.length), "Certificate");
        if (context.length > 0) throw fatal(Alert.ILLEGAL_PARAMETER, "the server's Certificate has a context");
        const key = checkPeerCertificate(certificates, this.#context.settings.remoteFingerprints);
        const { srtpProfile, request } = state;
        this.#state = { wait: "certificate-verify", key, srtpProfile, request, remoteCertificates: certificates };
        break;
      }
      case "certificate-verify": {
        if (type !== HandshakeType.CERTIFICATE_VERIFY) unexpected(type);
        const signed = decoded(decodeCertificateVerify(body, 0, body.length), "CertificateVerify");
        const content = signedContent13("server", this.#context.transcript.digest());
        checkSignature(state.key, signed, content, DtlsVersion.V1_3);
        const { srtpProfile, request, remoteCertificates } = state;
        this.#state = { wait: "finished", srtpProfile, request, remoteCertificates };
        break;
      }
      case "finished":
        if (type !== HandshakeType.FINISHED) unexpected(type);
        this.#finish(state, message);
        return;
    }
    this.#context.accept(message);
  }

  #handleExtensions(body: Uint8Array): number | undefined {
    const extensions = decoded(decodeEncryptedExtensions(body, 0, body.length), "EncryptedExtensions");
    const offered = this.#offer.extensions();
    requireAnswers(extensions, (type) => offered.has(type) && !HELLO_EXTENSIONS.includes(type));
    takeRecordSizeLimit(this.#context, extensions);
    const profiles = readExtension(extensions, ExtensionType.USE_SRTP, decodeUseSrtp);
    return chosenProfile(profiles, this.#context.settings.srtpProfiles);
  }

  #finish(state: Authenticated, message: HandshakeMessage): void {
    const { suite, group, schedule, secrets } = this.#agreement;
    const { records, transcript } = this.#context;
    if (!timingSafeEqual(message.body, finishedData(suite, secrets.server, transcript.digest()))) {
      throw fatal(Alert.DECRYPT_ERROR, "the server's Finished is wrong");
    }
    this.#context.accept(message);
    const finishedHash = transcript.digest();
    schedule.advanceToMain();
    const application = schedule.applicationSecrets(finishedHash);
    const exporter = schedule.exporterSecret(finishedHash);
    this.#context.beginFlight(true);
    if (state.request !== undefined) sendCertificate(this.#context, "client", state.request);
    sendFinished(this.#context, suite, secrets.client);
    this.#context.expectEpoch(Epoch.APPLICATION);
    records.installRead13(Epoch.APPLICATION, trafficKeys(suite, application.server));
    records.installWrite13(Epoch.APPLICATION, trafficKeys(suite, application.client));
    const next = new PostHandshake(this.#context, suite, { read: application.server, write: application.client });
    const session = {
      version: DtlsVersion.V1_3,
      suite,
      group,
      srtpProfile: state.srtpProfile,
      remoteCertificates: state.remoteCertificates,
      exportKeyingMaterial: (label: string, context: Uint8Array | undefined, length: number): Uint8Array =>
        exportKeyingMaterial13(suite, exporter, label, context, length),
      keyUpdates: next,
    };
    this.#context.complete(session, next);
  }
}

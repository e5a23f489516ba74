/**
 * The server of 1.3 from the ClientHello on (RFC 9846 §2): sends its flight, takes the client's.
 *
 * ```text
 *  ServerHello {EncryptedExtensions} {CertificateRequest} {Certificate} {CertificateVerify} {Finished} ->
 *                                   <- {Certificate} {CertificateVerify} {Finished}
 *  [ACK] ->
 * ```
 */
import { randomBytes } from "../../base/random.ts";
import { timingSafeEqual } from "../../crypto/hash.ts";
import type { KeyAnswer } from "../../crypto/key-exchange.ts";
import type { PublicKey } from "../../crypto/signature.ts";
import { Alert } from "../alert.ts";
import type { CipherSuite } from "../cipher-suites.ts";
import { fatal } from "../errors.ts";
import { decodeCertificate13 } from "../handshake/certificate.ts";
import { buildCertificateRequest13 } from "../handshake/certificate-request.ts";
import { decodeCertificateVerify, signedContent13 } from "../handshake/certificate-verify.ts";
import { RANDOM_LENGTH } from "../handshake/client-hello.ts";
import { encodeEncryptedExtensions } from "../handshake/encrypted-extensions.ts";
import { ExtensionType } from "../handshake/extensions/extension.ts";
import { encodeServerShare } from "../handshake/extensions/key-share.ts";
import { RECORD_SIZE_LIMIT } from "../handshake/extensions/record-size-limit.ts";
import { encodeSelectedVersion } from "../handshake/extensions/supported-versions.ts";
import { encodeUseSrtp } from "../handshake/extensions/use-srtp.ts";
import { type HandshakeMessage, HandshakeType } from "../handshake/handshake-type.ts";
import { encodeServerHello } from "../handshake/server-hello.ts";
import { build } from "../handshake/vectors.ts";
import type { HandshakeContext, HandshakeStep } from "../handshake-context.ts";
import { exportKeyingMaterial13, finishedData, KeySchedule, type TrafficSecrets, trafficKeys } from "../key-schedule.ts";
import { decoded, unexpected } from "../negotiation.ts";
import { checkPeerCertificate, checkSignature } from "../peer-certificate.ts";
import { SIGNATURE_SCHEMES } from "../signature-schemes.ts";
import { DtlsVersion } from "../version.ts";
import { Epoch } from "./epoch.ts";
import { PostHandshake } from "./post-handshake.ts";
import { sendCertificate, sendFinished } from "./proof.ts";

/** What the client's hello led to. */
export interface Choice13 {
  readonly suite: CipherSuite;
  readonly group: number;
  readonly answer: KeyAnswer;
  readonly srtpProfile: number | undefined;
  /** What the client verifies. */
  readonly signatureSchemes: readonly number[];
}

/** What is known when the client's flight has come so far. */
type State =
  | { readonly wait: "certificate" }
  | { readonly wait: "certificate-verify"; readonly key: PublicKey; readonly remoteCertificates: readonly Uint8Array[] }
  | { readonly wait: "finished"; readonly remoteCertificates: readonly Uint8Array[] };

/** Answers the ClientHello, which is in the transcript. */
export function startServer13(context: HandshakeContext, choice: Choice13): void {
  const { suite, answer } = choice;
  const { transcript, records } = context;
  context.version = DtlsVersion.V1_3;
  transcript.settle(DtlsVersion.V1_3, suite.hash);
  context.expectEpoch(Epoch.HANDSHAKE);
  context.beginFlight(true);
  context.send(HandshakeType.SERVER_HELLO, serverHello(context, choice));
  const schedule = new KeySchedule(suite, answer.secret);
  const secrets = schedule.handshakeSecrets(transcript.digest());
  records.installWrite13(Epoch.HANDSHAKE, trafficKeys(suite, secrets.server));
  records.installRead13(Epoch.HANDSHAKE, trafficKeys(suite, secrets.client));
  const extensions = encryptedExtensions(context, choice.srtpProfile);
  context.send(
    HandshakeType.ENCRYPTED_EXTENSIONS,
    build((out, at) => encodeEncryptedExtensions(extensions, out, at)),
  );
  context.send(HandshakeType.CERTIFICATE_REQUEST, buildCertificateRequest13(SIGNATURE_SCHEMES));
  sendCertificate(context, "server", { context: new Uint8Array(0), signatureSchemes: choice.signatureSchemes });
  sendFinished(context, suite, secrets.server);
  const finishedHash = transcript.digest();
  schedule.advanceToMain();
  const application = schedule.applicationSecrets(finishedHash);
  // Nothing but ACKs and alerts is written with these before the client's Finished: until then it has proven nothing.
  records.installWrite13(Epoch.APPLICATION, trafficKeys(suite, application.server));
  const exporter = schedule.exporterSecret(finishedHash);
  context.step = new Server13(context, choice, { secrets, application, exporter });
}

function serverHello(context: HandshakeContext, { suite, group, answer }: Choice13): Uint8Array {
  const version = build((out, at) => encodeSelectedVersion(DtlsVersion.V1_3, out, at));
  const share = build((out, at) => encodeServerShare({ group, share: answer.share }, out, at));
  const message = {
    legacyVersion: DtlsVersion.V1_2,
    random: randomBytes(context.settings.random, RANDOM_LENGTH),
    sessionId: new Uint8Array(0),
    cipherSuite: suite.id,
    compressionMethod: 0,
    extensions: new Map([
      [ExtensionType.SUPPORTED_VERSIONS, version],
      [ExtensionType.KEY_SHARE, share],
    ]),
  };
  return build((out, at) => encodeServerHello(message, out, at));
}

function encryptedExtensions(context: HandshakeContext, srtpProfile: number | undefined): ReadonlyMap<number, Uint8Array> {
  const out = new Map<number, Uint8Array>();
  // Only whoever said his own is told ours.
  if (context.remoteRecordSizeLimit !== undefined) out.set(ExtensionType.RECORD_SIZE_LIMIT, RECORD_SIZE_LIMIT.of13);
  if (srtpProfile !== undefined)
    out.set(
      ExtensionType.USE_SRTP,
      build((bytes, at) => encodeUseSrtp([srtpProfile], bytes, at)),
    );
  return out;
}

/** The secrets of the handshake. */
interface Secrets {
  readonly secrets: TrafficSecrets;
  readonly application: TrafficSecrets;
  readonly exporter: Uint8Array;
}

/** Waits for the messages of the client's flight. */
class Server13 implements HandshakeStep {
  readonly #context: HandshakeContext;
  readonly #choice: Choice13;
  readonly #secrets: Secrets;
  #state: State = { wait: "certificate" };

  constructor(context: HandshakeContext, choice: Choice13, secrets: Secrets) {
    this.#context = context;
    this.#choice = choice;
    this.#secrets = secrets;
  }

  handle(message: HandshakeMessage): void {
    const { type, body } = message;
    const state = this.#state;
    switch (state.wait) {
      case "certificate": {
        if (type !== HandshakeType.CERTIFICATE) unexpected(type);
        const { certificates, context } = decoded(decodeCertificate13(body, 0, body.length), "Certificate");
        if (context.length > 0) throw fatal(Alert.ILLEGAL_PARAMETER, "the client's Certificate has a context");
        const key = checkPeerCertificate(certificates, this.#context.settings.remoteFingerprints);
        this.#state = { wait: "certificate-verify", key, remoteCertificates: certificates };
        break;
      }
      case "certificate-verify": {
        if (type !== HandshakeType.CERTIFICATE_VERIFY) unexpected(type);
        const signed = decoded(decodeCertificateVerify(body, 0, body.length), "CertificateVerify");
        const content = signedContent13("client", this.#context.transcript.digest());
        checkSignature(state.key, signed, content, DtlsVersion.V1_3);
        this.#state = { wait: "finished", remoteCertificates: state.remoteCertificates };
        break;
      }
      case "finished":
        if (type !== HandshakeType.FINISHED) unexpected(type);
        this.#finish(state.remoteCertificates, body);
        return;
    }
    this.#context.accept(message);
  }

  #finish(remoteCertificates: readonly Uint8Array[], body: Uint8Array): void {
    const { suite, group, srtpProfile } = this.#choice;
    const { secrets, application, exporter } = this.#secrets;
    const { records, transcript, flight } = this.#context;
    if (!timingSafeEqual(body, finishedData(suite, secrets.client, transcript.digest()))) {
      throw fatal(Alert.DECRYPT_ERROR, "the client's Finished is wrong");
    }
    flight.clear();
    this.#context.expectEpoch(Epoch.APPLICATION);
    records.installRead13(Epoch.APPLICATION, trafficKeys(suite, application.client));
    const next = new PostHandshake(this.#context, suite, { read: application.client, write: application.server });
    const session = {
      version: DtlsVersion.V1_3,
      suite,
      group,
      srtpProfile,
      remoteCertificates,
      exportKeyingMaterial: (label: string, context: Uint8Array | undefined, length: number): Uint8Array =>
        exportKeyingMaterial13(suite, exporter, label, context, length),
      keyUpdates: next,
    };
    this.#context.complete(session, next);
  }
}

/**
 * What both roles of 1.2 do alike: derive the keys, check and send Finished, and describe the result.
 */
import { timingSafeEqual } from "../../crypto/hash.ts";
import { Alert } from "../alert.ts";
import type { CipherSuite } from "../cipher-suites.ts";
import { fatal } from "../errors.ts";
import { encodeCertificateVerify } from "../handshake/certificate-verify.ts";
import { type HandshakeMessage, HandshakeType } from "../handshake/handshake-type.ts";
import { build } from "../handshake/vectors.ts";
import type { DtlsRole, HandshakeContext, HandshakeStep, Session } from "../handshake-context.ts";
import { unexpected } from "../negotiation.ts";
import { expandKeys, exportKeyingMaterial12, extendedMasterSecret, type HelloRandoms, verifyData } from "../prf.ts";
import { chooseScheme, signatureAlgorithm } from "../signature-schemes.ts";
import { DtlsVersion } from "../version.ts";

/** The one epoch in which 1.2 encrypts: without renegotiation there is no second. */
export const PROTECTED_EPOCH = 1;

/** What the hellos settled. */
export interface Agreement12 {
  readonly suite: CipherSuite;
  readonly randoms: HelloRandoms;
  readonly srtpProfile: number | undefined;
}

/** Derives the master secret; the ClientKeyExchange is the last message of the transcript (RFC 7627 §3). */
export function deriveMasterSecret(context: HandshakeContext, suite: CipherSuite, preMasterSecret: Uint8Array): Uint8Array {
  return extendedMasterSecret(suite.hash, preMasterSecret, context.transcript.digest());
}

/** Adds the keys by which the peer's records are opened. Its Finished may have overtaken the rest. */
export function installRead(context: HandshakeContext, agreement: Agreement12, masterSecret: Uint8Array): void {
  const keys = expandKeys(agreement.suite, masterSecret, agreement.randoms);
  context.records.installRead12(PROTECTED_EPOCH, context.settings.role === "client" ? keys.server : keys.client);
}

/** Adds ChangeCipherSpec and Finished to our flight. */
export function sendFinished(context: HandshakeContext, agreement: Agreement12, masterSecret: Uint8Array): void {
  const { suite, randoms } = agreement;
  const keys = expandKeys(suite, masterSecret, randoms);
  const { role } = context.settings;
  context.flight.addChangeCipherSpec();
  context.records.installWrite12(PROTECTED_EPOCH, role === "client" ? keys.client : keys.server);
  context.send(HandshakeType.FINISHED, verifyData(suite, masterSecret, role, context.transcript.digest()));
}

/** Checks the peer's Finished and adds it to the transcript. @throws DtlsError `decrypt-error` */
export function checkFinished(
  context: HandshakeContext,
  agreement: Agreement12,
  masterSecret: Uint8Array,
  message: HandshakeMessage,
): void {
  const sender: DtlsRole = context.settings.role === "client" ? "server" : "client";
  const expected = verifyData(agreement.suite, masterSecret, sender, context.transcript.digest());
  if (!timingSafeEqual(message.body, expected)) throw fatal(Alert.DECRYPT_ERROR, `the ${sender}'s Finished is wrong`);
  context.accept(message);
}

/** A scheme and the algorithm it stands for. @throws DtlsError `handshake-failure` when the peer verifies nothing of ours */
export function ourScheme(context: HandshakeContext, offered: readonly number[]): number {
  const scheme = chooseScheme(context.settings.certificate.privateKey.type, offered, DtlsVersion.V1_2);
  if (scheme === undefined) throw fatal(Alert.HANDSHAKE_FAILURE, "the peer cannot verify our signatures");
  return scheme;
}

/** Signs with our certificate's key. */
export function sign(context: HandshakeContext, scheme: number, content: Uint8Array): Uint8Array {
  const { certificate, random } = context.settings;
  const algorithm = signatureAlgorithm(scheme, DtlsVersion.V1_2);
  if (algorithm === undefined) throw fatal(Alert.INTERNAL_ERROR, "no such signature scheme");
  return certificate.privateKey.sign(algorithm, content, random);
}

/** Adds CertificateVerify to our flight: the messages so far are signed, not their hash (RFC 5246 §7.4.8). */
export function sendCertificateVerify(context: HandshakeContext, scheme: number): void {
  const signed = { scheme, signature: sign(context, scheme, context.transcript.messages()) };
  context.send(
    HandshakeType.CERTIFICATE_VERIFY,
    build((out, at) => encodeCertificateVerify(signed, out, at)),
  );
}

/** The result of a handshake. */
export function createSession(
  agreement: Agreement12,
  masterSecret: Uint8Array,
  group: number,
  remoteCertificates: readonly Uint8Array[],
): Session {
  const { suite, randoms, srtpProfile } = agreement;
  return {
    version: DtlsVersion.V1_2,
    suite,
    group,
    srtpProfile,
    remoteCertificates,
    exportKeyingMaterial: (label, context, length) =>
      exportKeyingMaterial12(suite, masterSecret, randoms, label, context, length),
    keyUpdates: undefined,
  };
}

/** After the handshake 1.2 takes no message: renegotiation is refused before it gets here. */
export const NO_MORE: HandshakeStep = {
  handle: ({ type }) => unexpected(type),
};

/**
 * What each side sends to prove who it is and that nobody changed a message: Certificate, CertificateVerify and Finished
 * (RFC 9846 §4.4).
 */
import { Alert } from "../alert.ts";
import type { CipherSuite } from "../cipher-suites.ts";
import { fatal } from "../errors.ts";
import { encodeCertificate13 } from "../handshake/certificate.ts";
import type { CertificateRequest } from "../handshake/certificate-request.ts";
import { encodeCertificateVerify, signedContent13 } from "../handshake/certificate-verify.ts";
import { HandshakeType } from "../handshake/handshake-type.ts";
import { build } from "../handshake/vectors.ts";
import type { DtlsRole, HandshakeContext } from "../handshake-context.ts";
import { finishedData } from "../key-schedule.ts";
import { chooseScheme, signatureAlgorithm } from "../signature-schemes.ts";
import { DtlsVersion } from "../version.ts";

/**
 * Adds Certificate and CertificateVerify to our flight.
 * @throws DtlsError `handshake-failure` when the peer verifies no signature that our key can make
 */
export function sendCertificate(context: HandshakeContext, role: DtlsRole, request: CertificateRequest): void {
  const { certificate, random } = context.settings;
  const scheme = chooseScheme(certificate.privateKey.type, request.signatureSchemes, DtlsVersion.V1_3);
  const algorithm = scheme && signatureAlgorithm(scheme, DtlsVersion.V1_3);
  if (scheme === undefined || !algorithm) throw fatal(Alert.HANDSHAKE_FAILURE, "the peer cannot verify our signatures");
  const message = { context: request.context, certificates: [certificate.der] };
  context.send(
    HandshakeType.CERTIFICATE,
    build((out, offset) => encodeCertificate13(message, out, offset)),
  );
  const content = signedContent13(role, context.transcript.digest());
  const signature = certificate.privateKey.sign(algorithm, content, random);
  context.send(
    HandshakeType.CERTIFICATE_VERIFY,
    build((out, offset) => encodeCertificateVerify({ scheme, signature }, out, offset)),
  );
}

/** Adds Finished to our flight. @param secret our handshake traffic secret */
export function sendFinished(context: HandshakeContext, suite: CipherSuite, secret: Uint8Array): void {
  context.send(HandshakeType.FINISHED, finishedData(suite, secret, context.transcript.digest()));
}

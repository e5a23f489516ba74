/**
 * RTCCertificate and generateCertificate: https://w3c.github.io/webrtc-pc/#sec.cert-mgmt
 */
import type { Platform } from "../base/platform.ts";
import { generateRsaKey } from "../node/rsa-key.ts";
import { type Certificate, createCertificate, fingerprint } from "../peer/certificate.ts";
import { domError } from "./errors.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import {
  type Converter,
  dictionary,
  domString,
  isObject,
  object,
  unsignedLongInRange,
  unsignedLongLongInRange,
} from "./webidl.ts";

/** One fingerprint of a certificate (RFC 8122 §5). */
export interface RTCDtlsFingerprint {
  algorithm?: string;
  /** Lower-case hexadecimal pairs with colons between. */
  value?: string;
}

/** A certificate with its private key, which scripts cannot read. */
export interface RTCCertificate {
  /** Milliseconds since the Unix epoch. */
  readonly expires: number;
  getFingerprints(): RTCDtlsFingerprint[];
}

/** The interface object of RTCCertificate. */
export interface RTCCertificateConstructor {
  readonly prototype: RTCCertificate;
  new (): RTCCertificate;
}

/** An algorithm as WebCrypto names it, with its parameters, and `expires` in milliseconds from now. */
export type CertificateAlgorithm = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

let create: (certificate: Certificate) => RTCCertificate;
let hasBrand: (value: object) => boolean;
let slotOf: (certificate: RTCCertificate) => Certificate;

/** The class RTCCertificate. Scripts make one with `RTCPeerConnection.generateCertificate`. */
export const RTCCertificate: RTCCertificateConstructor = class RTCCertificate {
  readonly #certificate: Certificate;

  static {
    create = (certificate) => new RTCCertificate(CONSTRUCT, certificate);
    hasBrand = (value) => #certificate in value;
    slotOf = (certificate) => (certificate as RTCCertificate).#certificate;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    this.#certificate = args[1] as Certificate;
  }

  get expires(): number {
    return this.#certificate.expires;
  }

  getFingerprints(): RTCDtlsFingerprint[] {
    // The digest of the signature, which is SHA-256 with every key that is made here.
    return [{ algorithm: "sha-256", value: fingerprint(this.#certificate.der, "sha-256").toLowerCase() }];
  }
};

defineInterface(RTCCertificate, "RTCCertificate");

/** Whether a value is an RTCCertificate. */
export function isRTCCertificate(value: unknown): value is RTCCertificate {
  return isObject(value) && hasBrand(value);
}

/** The certificate and key inside an RTCCertificate. */
export function certificateOf(certificate: RTCCertificate): Certificate {
  return slotOf(certificate);
}

/** The certificate of a connection that was given none. */
export function defaultCertificate({ clock, random }: Platform): Certificate {
  return createCertificate({ random, wallTime: clock.wallTime() });
}

/** How long a certificate may last, in milliseconds: a year. */
const LONGEST = 31_536_000_000;
/** How long one lasts when nothing is asked, in milliseconds: 30 days. */
const DEFAULT_LIFETIME = 2_592_000_000;

const EXPIRATION = dictionary<{ expires?: number }>("RTCCertificateExpiration", {
  expires: { type: unsignedLongLongInRange },
});

/**
 * The steps of generateCertificate before its promise: https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-generatecertificate
 * @returns makes the certificate, as many milliseconds as RSA takes
 * @throws TypeError, NotSupportedError
 */
export function prepareCertificate(keygenAlgorithm: unknown, platform: Platform, context: string): () => Promise<RTCCertificate> {
  // 2. Let expires be the result of converting keygenAlgorithm to RTCCertificateExpiration.
  const { expires } = isObject(keygenAlgorithm) ? EXPIRATION(keygenAlgorithm, `${context}: parameter 1`) : {};
  // 4. Without it 30 days from now; in any case a year at most.
  const lifetime = Math.min(expires ?? DEFAULT_LIFETIME, LONGEST);
  // 5.-7. Normalize the algorithm.
  const key = normalizeAlgorithm(keygenAlgorithm, `${context}: parameter 1`);
  return async () => {
    const privateKey = key === undefined ? undefined : await generateRsaKey(key.modulusLength, key.publicExponent);
    const wallTime = platform.clock.wallTime();
    return create(
      createCertificate({
        random: platform.random,
        wallTime,
        expires: wallTime + lifetime,
        ...(privateKey !== undefined && { privateKey }),
      }),
    );
  };
}

interface RsaParameters {
  modulusLength: number;
  publicExponent: Uint8Array;
}

const exponent: Converter<Uint8Array> = (value, context) => {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${context} is not a Uint8Array.`);
  return value;
};

const ALGORITHM = dictionary<{ name: string }>("Algorithm", { name: { type: domString, required: true } });
const EC_KEY = dictionary<{ namedCurve: string }>("EcKeyGenParams", { namedCurve: { type: domString, required: true } });
const RSA_KEY = dictionary<RsaParameters & { hash: string }>("RsaHashedKeyGenParams", {
  hash: { type: (value, context) => algorithmName(value, context), required: true },
  modulusLength: { type: unsignedLongInRange, required: true },
  publicExponent: { type: exponent, required: true },
});

/**
 * https://w3c.github.io/webcrypto/#dfn-normalize-an-algorithm, for the two that the specification names.
 * @returns the parameters of RSA; undefined for ECDSA with P-256
 */
function normalizeAlgorithm(value: unknown, context: string): RsaParameters | undefined {
  const name = algorithmName(value, context);
  switch (name) {
    case "ECDSA":
      if (EC_KEY(object(value, context), context).namedCurve === "P-256") return undefined;
      break;
    case "RSASSA-PKCS1-V1_5": {
      const parameters = RSA_KEY(object(value, context), context);
      if (parameters.hash === "SHA-256" && isUsableRsa(parameters)) return parameters;
      break;
    }
  }
  throw domError("NotSupportedError", `${context}: certificates with these parameters of ${name} are not made.`);
}

/** The name of an AlgorithmIdentifier, in upper case. */
function algorithmName(value: unknown, context: string): string {
  const name = isObject(value) ? ALGORITHM(value, context).name : domString(value, context);
  return name.toUpperCase();
}

/** Moduli that a handshake carries without pain, and the one exponent that everybody takes. */
function isUsableRsa({ modulusLength, publicExponent }: RsaParameters): boolean {
  const value = publicExponent.reduce((sum, byte) => sum * 256 + byte, 0);
  return [1024, 2048, 3072, 4096].includes(modulusLength) && value === 65_537;
}

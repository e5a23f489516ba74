/**
 * RTCConfiguration: its conversion, and "set the configuration" (https://w3c.github.io/webrtc-pc/#set-the-configuration).
 */
import type { PeerConfiguration } from "../peer/peer-options.ts";
import { domError } from "./errors.ts";
import { iceServerScheme } from "./ice-server-url.ts";
import { isRTCCertificate, type RTCCertificate } from "./rtc-certificate.ts";
import {
  type Converter,
  dictionary,
  domString,
  enumeration,
  interfaceType,
  octetInRange,
  oneOrSequence,
  sequence,
  usvString,
} from "./webidl.ts";

/** Which media sections a peer that knows no BUNDLE could still use. */
export type RTCBundlePolicy = "balanced" | "max-compat" | "max-bundle";
/** Which candidates may be used. */
export type RTCIceTransportPolicy = "all" | "relay";
/** RTP and RTCP always share a port. */
export type RTCRtcpMuxPolicy = "require";

/** A STUN or TURN server. */
export interface RTCIceServer {
  credential?: string;
  urls: string | string[];
  username?: string;
}

/** How a connection is to be made. */
export interface RTCConfiguration {
  bundlePolicy?: RTCBundlePolicy;
  certificates?: RTCCertificate[];
  iceCandidatePoolSize?: number;
  iceServers?: RTCIceServer[];
  iceTransportPolicy?: RTCIceTransportPolicy;
  rtcpMuxPolicy?: RTCRtcpMuxPolicy;
}

/** A configuration of which nothing is missing: the slot [[Configuration]]. */
export type Configuration = Required<RTCConfiguration>;

const ICE_SERVER = dictionary<RTCIceServer>("RTCIceServer", {
  credential: { type: domString },
  urls: { type: oneOrSequence(usvString), required: true },
  username: { type: domString },
});

/** `sequence<RTCIceServer>`. */
export const ICE_SERVERS: Converter<RTCIceServer[]> = sequence(ICE_SERVER);

/** The enumeration RTCIceTransportPolicy. */
export const ICE_TRANSPORT_POLICY: Converter<RTCIceTransportPolicy> = enumeration("RTCIceTransportPolicy", ["relay", "all"]);

/** The dictionary RTCConfiguration. */
export const CONFIGURATION: Converter<Configuration> = dictionary<Configuration>("RTCConfiguration", {
  bundlePolicy: {
    type: enumeration<RTCBundlePolicy>("RTCBundlePolicy", ["balanced", "max-compat", "max-bundle"]),
    byDefault: () => "balanced",
  },
  certificates: { type: sequence(interfaceType("RTCCertificate", isRTCCertificate)), byDefault: () => [] },
  iceCandidatePoolSize: { type: octetInRange, byDefault: () => 0 },
  iceServers: { type: ICE_SERVERS, byDefault: () => [] },
  iceTransportPolicy: { type: ICE_TRANSPORT_POLICY, byDefault: () => "all" },
  rtcpMuxPolicy: {
    type: enumeration<RTCRtcpMuxPolicy>("RTCRtcpMuxPolicy", ["require"]),
    byDefault: () => "require",
  },
});

/** The longest username of TURN, in bytes of UTF-8 (RFC 8489 §14.3). */
const LONGEST_USERNAME = 509;

/**
 * Checks a configuration whole, before any of it is applied.
 * @param old what is in force; null in the constructor
 * @param mayResizePool whether no local description was set yet
 * @throws InvalidModificationError, InvalidAccessError, SyntaxError
 */
export function validateConfiguration(
  configuration: Configuration,
  old: Configuration | null,
  mayResizePool: boolean,
  wallTime: number,
): void {
  if (old === null) {
    // The constructor: every certificate must be good for a while yet.
    for (const certificate of configuration.certificates) {
      if (certificate.expires <= wallTime) throw domError("InvalidAccessError", "A certificate has expired.");
    }
  } else {
    checkModification(configuration, old, mayResizePool);
  }
  validateServers(configuration.iceServers);
}

/** @throws InvalidAccessError, SyntaxError */
export function validateServers(servers: readonly RTCIceServer[]): void {
  for (const server of servers) checkServer(server);
}

/** What cannot change any more once the connection is there. */
function checkModification(configuration: Configuration, old: Configuration, mayResizePool: boolean): void {
  const { certificates } = configuration;
  if (certificates.length !== old.certificates.length || certificates.some((one, i) => one !== old.certificates[i])) {
    throw domError("InvalidModificationError", "The certificates cannot be changed.");
  }
  if (configuration.bundlePolicy !== old.bundlePolicy) {
    throw domError("InvalidModificationError", "The bundlePolicy cannot be changed.");
  }
  if (configuration.iceCandidatePoolSize !== old.iceCandidatePoolSize && !mayResizePool) {
    throw domError("InvalidModificationError", "The iceCandidatePoolSize cannot be changed after setLocalDescription.");
  }
}

function checkServer(server: RTCIceServer): void {
  const urls = urlsOf(server);
  if (urls.length === 0) throw domError("SyntaxError", "An ICE server has no URL.");
  for (const url of urls) {
    const scheme = iceServerScheme(url);
    if (scheme === undefined)
      throw domError("SyntaxError", `'${url}' is not the URL of a STUN or TURN server, such as 'stun:host:port'.`);
    if (!scheme.startsWith("turn")) continue;
    if (server.username === undefined || server.credential === undefined) {
      throw domError("InvalidAccessError", "A TURN server needs a username and a credential.");
    }
    if (Buffer.byteLength(server.username) > LONGEST_USERNAME) {
      throw domError("InvalidAccessError", `The username is longer than ${LONGEST_USERNAME} bytes.`);
    }
  }
}

const urlsOf = ({ urls }: RTCIceServer): string[] => (typeof urls === "string" ? [urls] : urls);

/** What `getConfiguration` gives: a copy, in which every server has a list of URLs. */
export function copyConfiguration(configuration: Configuration): Configuration {
  return {
    ...configuration,
    certificates: [...configuration.certificates],
    iceServers: configuration.iceServers.map((server) => ({ ...server, urls: [...urlsOf(server)] })),
  };
}

/** The part of a configuration that the peer connection below wants to know. */
export function peerConfiguration(configuration: Configuration): PeerConfiguration {
  const { iceTransportPolicy, iceCandidatePoolSize } = configuration;
  return { iceServers: serversOf(configuration.iceServers), iceTransportPolicy, iceCandidatePoolSize };
}

/** Servers as the layers below know them. */
export function serversOf(servers: readonly RTCIceServer[]): PeerConfiguration["iceServers"] {
  return servers.map((server) => ({ ...server, urls: urlsOf(server) }));
}

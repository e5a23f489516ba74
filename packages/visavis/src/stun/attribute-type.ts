/**
 * The registry of STUN attributes: RFC 8489 §18.3, RFC 8445 §16.1, RFC 8656 §18, RFC 6679 and those seen on the wire.
 * https://www.iana.org/assignments/stun-parameters
 */

/** Attribute types by the names of their standards. */
export const AttributeType = {
  MAPPED_ADDRESS: 0x0001,
  /** RFC 5780, as PADDING, RESPONSE-PORT, RESPONSE-ORIGIN and OTHER-ADDRESS. */
  CHANGE_REQUEST: 0x0003,
  USERNAME: 0x0006,
  MESSAGE_INTEGRITY: 0x0008,
  ERROR_CODE: 0x0009,
  UNKNOWN_ATTRIBUTES: 0x000a,
  CHANNEL_NUMBER: 0x000c,
  LIFETIME: 0x000d,
  XOR_PEER_ADDRESS: 0x0012,
  DATA: 0x0013,
  REALM: 0x0014,
  NONCE: 0x0015,
  XOR_RELAYED_ADDRESS: 0x0016,
  REQUESTED_ADDRESS_FAMILY: 0x0017,
  EVEN_PORT: 0x0018,
  REQUESTED_TRANSPORT: 0x0019,
  DONT_FRAGMENT: 0x001a,
  /** RFC 7635. */
  ACCESS_TOKEN: 0x001b,
  MESSAGE_INTEGRITY_SHA256: 0x001c,
  PASSWORD_ALGORITHM: 0x001d,
  USERHASH: 0x001e,
  XOR_MAPPED_ADDRESS: 0x0020,
  RESERVATION_TOKEN: 0x0022,
  PRIORITY: 0x0024,
  USE_CANDIDATE: 0x0025,
  PADDING: 0x0026,
  RESPONSE_PORT: 0x0027,
  ADDITIONAL_ADDRESS_FAMILY: 0x8000,
  ADDRESS_ERROR_CODE: 0x8001,
  PASSWORD_ALGORITHMS: 0x8002,
  ALTERNATE_DOMAIN: 0x8003,
  ICMP: 0x8004,
  SOFTWARE: 0x8022,
  ALTERNATE_SERVER: 0x8023,
  FINGERPRINT: 0x8028,
  ICE_CONTROLLED: 0x8029,
  ICE_CONTROLLING: 0x802a,
  RESPONSE_ORIGIN: 0x802b,
  OTHER_ADDRESS: 0x802c,
  /** RFC 7635. */
  THIRD_PARTY_AUTHORIZATION: 0x802e,
  /** draft-thatcher-ice-renomination-01, with the number that libwebrtc gave it. */
  NOMINATION: 0xc001,
  /** What libwebrtc says about the cost of its network; ignored. */
  NETWORK_COST: 0xc057,
} as const;

/** Whether a receiver that does not know this type must refuse the message: RFC 8489 §14. */
export function isComprehensionRequired(type: number): boolean {
  return type < 0x8000;
}

/** What an ICE agent or a plain Binding server understands of the comprehension-required types. */
export const BINDING_ATTRIBUTES: ReadonlySet<number> = new Set([
  AttributeType.MAPPED_ADDRESS,
  AttributeType.USERNAME,
  AttributeType.MESSAGE_INTEGRITY,
  AttributeType.ERROR_CODE,
  AttributeType.UNKNOWN_ATTRIBUTES,
  AttributeType.REALM,
  AttributeType.NONCE,
  AttributeType.MESSAGE_INTEGRITY_SHA256,
  AttributeType.PASSWORD_ALGORITHM,
  AttributeType.USERHASH,
  AttributeType.XOR_MAPPED_ADDRESS,
  AttributeType.PRIORITY,
  AttributeType.USE_CANDIDATE,
]);

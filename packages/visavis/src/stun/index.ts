/**
 * `visavis/stun`: the STUN codec of RFC 8489, its transactions, a client and a server for Binding requests.
 */
export {
  decodePlainAddress,
  decodeXorAddress,
  encodePlainAddress,
  encodeXorAddress,
  type TransportAddress,
} from "./address-attribute.ts";
export { AttributeType, BINDING_ATTRIBUTES, isComprehensionRequired } from "./attribute-type.ts";
export { BindingClient, type BindingOutcome } from "./binding-client.ts";
export { answerBindingRequest, MAX_GROWTH } from "./binding-server.ts";
export {
  decodeErrorCode,
  decodeUnknownAttributes,
  encodeErrorCode,
  encodeUnknownAttributes,
  type StunError,
  StunErrorCode,
} from "./error-code.ts";
export { checkFingerprint, encodeFingerprint, FINGERPRINT_LENGTH } from "./fingerprint.ts";
export { decodeU32, decodeU64, encodeFlag, encodeU32, encodeU64 } from "./integer-attribute.ts";
export {
  checkIntegrity,
  checkIntegritySha256,
  encodeIntegrity,
  encodeIntegritySha256,
  INTEGRITY_LENGTH,
} from "./integrity.ts";
export {
  attributeValue,
  createTransactionId,
  decodeMessage,
  encodeAttribute,
  encodeHeader,
  findAttribute,
  finishMessage,
  HEADER_LENGTH,
  looksLikeStun,
  MAGIC_COOKIE,
  type StunAttribute,
  StunClass,
  type StunMessage,
  StunMethod,
  type TransactionId,
  unknownAttributes,
} from "./message.ts";
export {
  DISCOVERY_TIMING,
  NatDiscovery,
  type NatDiscoveryDrop,
  type NatDiscoveryEvent,
  type NatDiscoveryOptions,
} from "./nat-discovery.ts";
export {
  type ChangeRequest,
  decodeChangeRequest,
  decodeResponsePort,
  encodeChangeRequest,
  encodePadding,
  encodeResponsePort,
} from "./nat-discovery-attributes.ts";
export { answerDiscoveryRequest, type DiscoveryAddresses, type DiscoveryAnswer } from "./nat-discovery-server.ts";
export type { NatBehaviour, NatDiscoveryProblem, NatReport } from "./nat-report.ts";
export { meetDirectly, type NatKind } from "./nat-traversal.ts";
export {
  decodePasswordAlgorithm,
  decodePasswordAlgorithms,
  encodePasswordAlgorithms,
  longTermKey,
  PasswordAlgorithm,
  shortTermKey,
  userhash,
} from "./password-algorithm.ts";
export { decodeText, encodeText } from "./text-attribute.ts";
export { STANDARD_TIMING, StunTransaction, type TransactionTiming, transactionDuration } from "./transaction.ts";

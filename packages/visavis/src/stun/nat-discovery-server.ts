/**
 * A STUN server for NAT behaviour discovery as one pure function: RFC 5780 §6.
 *
 * It has two addresses and two ports, and answers from another one where it is asked to. It keeps no state. An answer is longer than its
 * request by the addresses that §6 demands, and by nothing else: padding is as long as that of the request.
 */
import { encodePlainAddress, encodeXorAddress, type TransportAddress } from "./address-attribute.ts";
import { AttributeType, BINDING_ATTRIBUTES } from "./attribute-type.ts";
import { encodeErrorCode, StunErrorCode } from "./error-code.ts";
import { checkFingerprint, encodeFingerprint } from "./fingerprint.ts";
import {
  encodeHeader,
  findAttribute,
  finishMessage,
  StunClass,
  type StunMessage,
  StunMethod,
  unknownAttributes,
} from "./message.ts";
import { decodeChangeRequest, decodeResponsePort, encodePadding } from "./nat-discovery-attributes.ts";

/** Where such a server listens: at each address with each port. */
export interface DiscoveryAddresses {
  readonly addresses: readonly [string, string];
  readonly ports: readonly [number, number];
}

/** An answer, and the way that it takes. */
export interface DiscoveryAnswer {
  readonly bytes: Uint8Array;
  /** Of the four. */
  readonly from: TransportAddress;
  /** Of the client. */
  readonly toPort: number;
}

const KNOWN: ReadonlySet<number> = new Set([
  ...BINDING_ATTRIBUTES,
  AttributeType.CHANGE_REQUEST,
  AttributeType.PADDING,
  AttributeType.RESPONSE_PORT,
]);

/** Most bytes that an answer has besides padding: header, five addresses of IPv6, fingerprint. */
const MAX_ANSWER = 20 + 5 * 24 + 8;

const other = <T>([first, second]: readonly [T, T], one: T): T => (one === first ? second : first);

/**
 * The answer to one request that came to `at`; undefined when it is none for this server: its attributes are not all known, or it is no
 * Binding request. Those of the plain server's are answered alike.
 * @throws RangeError when an address is no IP address
 */
export function answerDiscoveryRequest(
  request: StunMessage,
  client: TransportAddress,
  at: TransportAddress,
  { addresses, ports }: DiscoveryAddresses,
): DiscoveryAnswer | undefined {
  if (request.class !== StunClass.REQUEST || request.method !== StunMethod.BINDING) return undefined;
  const fingerprint = checkFingerprint(request);
  if (fingerprint === "wrong" || unknownAttributes(request, KNOWN).length > 0) return undefined;
  const change = decodeChangeRequest(request);
  const responsePort = decodeResponsePort(request);
  const padding = findAttribute(request, AttributeType.PADDING)?.length;
  const from = {
    address: change?.address === true ? other(addresses, at.address) : at.address,
    port: change?.port === true ? other(ports, at.port) : at.port,
  };
  const out = new Uint8Array(MAX_ANSWER + 8 + (padding ?? 0));
  let end: number;
  if (padding !== undefined && responsePort !== undefined) {
    // §7.6: a way to send much to somebody else.
    end = encodeHeader(out, 0, StunClass.ERROR, StunMethod.BINDING, request.transactionId);
    end = encodeErrorCode(out, end, StunErrorCode.BAD_REQUEST, "");
  } else {
    end = encodeHeader(out, 0, StunClass.SUCCESS, StunMethod.BINDING, request.transactionId);
    end = encodeXorAddress(out, 0, end, AttributeType.XOR_MAPPED_ADDRESS, client.address, client.port);
    end = encodePlainAddress(out, end, AttributeType.RESPONSE_ORIGIN, from.address, from.port);
    const [address, port] = [other(addresses, at.address), other(ports, at.port)];
    end = encodePlainAddress(out, end, AttributeType.OTHER_ADDRESS, address, port);
    if (padding !== undefined) end = encodePadding(out, end, padding);
  }
  if (fingerprint === "right") end = encodeFingerprint(out, 0, end);
  else finishMessage(out, 0, end);
  return { bytes: out.subarray(0, end), from, toPort: responsePort ?? client.port };
}

/**
 * The priority of a data channel: https://w3c.github.io/webrtc-priority/#rtc-priority-type
 *
 * Below the API it is a number (RFC 8831 §6.4, RFC 8832 §5.1): the weight of the channel's stream where streams share an association.
 */
import { type Converter, enumeration } from "./webidl.ts";

/** Four shares of a connection, each twice the one before. */
export type RTCPriorityType = "very-low" | "low" | "medium" | "high";

const NUMBERS: Readonly<Record<RTCPriorityType, number>> = { "very-low": 128, low: 256, medium: 512, high: 1024 };

/** The enumeration RTCPriorityType. */
export const PRIORITY_TYPE: Converter<RTCPriorityType> = enumeration("RTCPriorityType", ["very-low", "low", "medium", "high"]);

/** What is said to the other side: 128, 256, 512 or 1024. */
export function priorityNumber(type: RTCPriorityType): number {
  return NUMBERS[type];
}

/** The priority of a number that came from the other side: any from 0 to 65535. */
export function priorityOf(number: number): RTCPriorityType {
  if (number <= NUMBERS["very-low"]) return "very-low";
  if (number <= NUMBERS.low) return "low";
  return number <= NUMBERS.medium ? "medium" : "high";
}

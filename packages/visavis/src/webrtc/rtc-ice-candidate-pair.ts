/**
 * RTCIceCandidatePair: https://w3c.github.io/webrtc-pc/#rtcicecandidatepair
 */
import { printCandidate } from "../peer/candidate.ts";
import type { PeerEvent } from "../peer/peer-events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import { RTCIceCandidate } from "./rtc-ice-candidate.ts";

/** Two candidates that data can go between. */
export interface RTCIceCandidatePair {
  readonly local: RTCIceCandidate;
  readonly remote: RTCIceCandidate;
}

/** The interface object of RTCIceCandidatePair. */
export interface RTCIceCandidatePairConstructor {
  readonly prototype: RTCIceCandidatePair;
  new (): RTCIceCandidatePair;
}

let createPair: (local: RTCIceCandidate, remote: RTCIceCandidate) => RTCIceCandidatePair;

/** The class RTCIceCandidatePair. Scripts cannot construct it. */
export const RTCIceCandidatePair: RTCIceCandidatePairConstructor = class RTCIceCandidatePair {
  readonly #local: RTCIceCandidate;
  readonly #remote: RTCIceCandidate;

  static {
    createPair = (local, remote) => new RTCIceCandidatePair(CONSTRUCT, local, remote);
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    this.#local = args[1] as RTCIceCandidate;
    this.#remote = args[2] as RTCIceCandidate;
  }

  get local(): RTCIceCandidate {
    return this.#local;
  }

  get remote(): RTCIceCandidate {
    return this.#remote;
  }
};

defineInterface(RTCIceCandidatePair, "RTCIceCandidatePair");

type ParsedPair = Extract<PeerEvent, { type: "selected-pair" }>["pair"];

/** The candidates that scripts know. */
interface KnownCandidates {
  readonly localCandidates: readonly RTCIceCandidate[];
  readonly remoteCandidates: readonly RTCIceCandidate[];
}

/** The pair for scripts, made of the candidates they know wherever there are such. */
export function pairOf(candidates: KnownCandidates, { local, remote }: ParsedPair): RTCIceCandidatePair {
  return createPair(
    known(candidates.localCandidates, local) ?? candidateOf(local),
    known(candidates.remoteCandidates, remote) ?? candidateOf(remote),
  );
}

function known(list: readonly RTCIceCandidate[], wanted: ParsedPair["local"]): RTCIceCandidate | undefined {
  return list.find(
    ({ address, port, type, protocol }) =>
      address === wanted.address && port === wanted.port && type === wanted.type && protocol === wanted.protocol,
  );
}

/** A candidate that was learnt by checks only: no description or signalling named it. */
function candidateOf(candidate: ParsedPair["local"]): RTCIceCandidate {
  return new RTCIceCandidate({
    candidate: printCandidate(candidate),
    sdpMLineIndex: 0,
    ...(candidate.usernameFragment !== undefined && { usernameFragment: candidate.usernameFragment }),
  });
}

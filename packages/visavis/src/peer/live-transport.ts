/**
 * One transport that is in use, with what the peer connection notes of it.
 */
import type { TransportPlan } from "../jsep/negotiation.ts";
import type { BundleTransport } from "../transport/bundle-transport.ts";
import type { DtlsError, IceGatheringState } from "../transport/parts.ts";
import type { SctpInfo, TransportInfo } from "./transport-info.ts";

/** A transport and its place in the descriptions. */
export class LiveTransport {
  /** Numbers the transports of a peer connection. It stays when the transport goes on at another section. */
  readonly key: number;
  readonly transport: BundleTransport;
  /** `TransportPlan.key` */
  planKey: string;
  /** The section that gives it its parameters, which another may become when it is rejected. */
  mid: string;
  index: number;
  /** The mids of all sections on it. */
  mids: readonly string[];
  gatheringState: IceGatheringState = "new";
  /** What the last news that was taken said of it. */
  toldGatheringState: IceGatheringState = "new";
  dtlsError: DtlsError | undefined = undefined;
  remoteCertificates: readonly Uint8Array[] = [];

  constructor(key: number, transport: BundleTransport, plan: Pick<TransportPlan, "key" | "mid" | "index" | "mids">) {
    this.key = key;
    this.transport = transport;
    this.planKey = plan.key;
    this.mid = plan.mid;
    this.index = plan.index;
    this.mids = plan.mids;
  }

  /** What the transport objects of webrtc-pc show. @param sctp when it carries the channels */
  info(sctp: SctpInfo | undefined): TransportInfo {
    const { ice, dtlsState } = this.transport;
    return {
      key: this.key,
      mids: this.mids,
      iceRole: ice.role,
      iceState: ice.state,
      gatheringState: this.gatheringState,
      localCandidates: ice.localCandidates,
      remoteCandidates: ice.remoteCandidates,
      localParameters: ice.localParameters,
      remoteParameters: ice.remoteParameters ?? null,
      selectedPair: ice.selectedPair ?? null,
      dtlsState,
      remoteCertificates: this.remoteCertificates,
      sctp,
    };
  }
}

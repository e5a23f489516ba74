/**
 * Makes the transport be what offer and answer ask it to be: RFC 9429 §5.9 to §5.11, webrtc-pc §4.4.1.5.
 */
import type { Instant } from "../base/instant.ts";
import type { IceCredentials, Plan, TransportPlan } from "../jsep/negotiation.ts";
import type { BundleTransport } from "../transport/bundle-transport.ts";
import { type IceRole, parseCandidate, type ToldInits } from "../transport/parts.ts";
import type { TransportSet } from "./transport-set.ts";

/** What is needed beside the plan. */
export interface PlanContext {
  readonly transports: TransportSet;
  /** Makes a transport that has not begun to gather. */
  readonly create: (role: IceRole, local: IceCredentials) => BundleTransport;
  /** Whether the offer that the plan comes from is ours. */
  readonly weOffered: boolean;
  /** Whether the plan is the one before a description that was taken back. */
  readonly rolledBack: boolean;
  /** The INITs of both sides, if descriptions told them. */
  readonly inits: ToldInits | undefined;
}

/** The transport that the data section is to go by; undefined when there is no such section. */
export function dataTransportOf(plan: Plan): TransportPlan | undefined {
  return plan.transports.find(({ mid }) => mid === plan.data?.transportMid);
}

/** Creates, changes or retires the transport, so that it is as `plan` says. */
export function followPlan(plan: Plan, context: PlanContext, now: Instant): void {
  const { transports } = context;
  const wanted = dataTransportOf(plan);
  if (wanted === undefined) {
    transports.retire(now);
    return;
  }
  // An offer of the other side alone starts nothing here: gathering begins with our answer (RFC 9429 §3.5.1).
  if (wanted.local === undefined) return;
  const transport = followLocal(wanted, wanted.local.ice, context, now);
  if (!plan.answered || wanted.remote === undefined) return;
  followRemote(transport, wanted, now);
  const { data } = plan;
  if (data?.state === "accepted") {
    const { remoteSctpPort = 5000, remoteMaxMessageSize = 65536 } = data;
    const { inits } = context;
    transport.startSctp({ remotePort: remoteSctpPort, maxMessageSize: remoteMaxMessageSize, ...(inits && { inits }) }, now);
  }
}

function followLocal(wanted: TransportPlan, local: IceCredentials, context: PlanContext, now: Instant): BundleTransport {
  // RFC 8445 §6.1.1: whoever offered controls, and a full agent controls a lite one.
  const role = context.weOffered || wanted.remote?.lite === true ? "controlling" : "controlled";
  const { live } = context.transports;
  if (live !== undefined) {
    const isThere = (): boolean => live.ice.localParameters.usernameFragment === local.usernameFragment;
    if (!isThere() && context.rolledBack) live.rollbackIce(now);
    if (!isThere()) {
      live.restartIce(local, role, now);
      live.gather(now);
    }
    return live;
  }
  const created = context.create(role, local);
  context.transports.adopt(created);
  created.gather(now);
  return created;
}

function followRemote(transport: BundleTransport, wanted: TransportPlan, now: Instant): void {
  const { remote, dtlsRole } = wanted;
  if (remote === undefined) return;
  const { remoteParameters: known } = transport.ice;
  // One of the two alone counts as well: RFC 8839 §4.4.1.1.1 wants both changed, but who changes one means it.
  if (known?.usernameFragment !== remote.ice.usernameFragment || known.password !== remote.ice.password) {
    transport.setRemoteParameters({ ...remote.ice, lite: remote.lite }, now);
  }
  // RFC 9429 §5.10: also when the generation goes on. Who does not trickle has no other way to tell of a new candidate.
  for (const line of remote.candidates) {
    const candidate = parseCandidate(line);
    if (candidate !== undefined) transport.addRemoteCandidate(candidate, now);
  }
  if (remote.endOfCandidates) transport.addEndOfRemoteCandidates(now);
  if (dtlsRole !== undefined) {
    transport.startDtls({ role: dtlsRole, remoteFingerprints: remote.fingerprints }, now);
  }
}

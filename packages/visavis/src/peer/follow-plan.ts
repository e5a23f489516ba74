/**
 * Makes the transports be what offer and answer ask them to be: RFC 9429 §5.9 to §5.11, RFC 9143 §7, webrtc-pc §4.4.1.5.
 */
import type { Instant } from "../base/instant.ts";
import type { IceCredentials, Plan, TransportPlan } from "../jsep/negotiation.ts";
import type { BundleTransport } from "../transport/bundle-transport.ts";
import { type IceRole, parseCandidate, type ToldInits } from "../transport/parts.ts";
import type { LiveTransport } from "./live-transport.ts";
import type { TransportSet } from "./transport-set.ts";

/** What is needed beside the plan. */
export interface PlanContext {
  readonly transports: TransportSet;
  /** Makes a transport that has not begun to gather, and takes it into use. */
  readonly create: (wanted: TransportPlan, role: IceRole, local: IceCredentials) => LiveTransport;
  /** Whether the offer that the plan comes from is ours. */
  readonly weOffered: boolean;
  /** Whether the plan is the one before a description that was taken back. */
  readonly rolledBack: boolean;
  /** The INITs of both sides, if descriptions told them. */
  readonly inits: ToldInits | undefined;
}

/** The transport that the data section is to go by; undefined when there is no such section. */
export function dataTransportOf(plan: Plan): TransportPlan | undefined {
  return plan.data && plan.transports.find(({ mid }) => mid === plan.data?.transportMid);
}

/**
 * Tells the transports in use which sections they serve from now on. One whose section is rejected by the first answer goes on at
 * another one that was bundled with it (RFC 9143 §7.3).
 * @returns those that no section of the plan is left for
 */
export function assignSections(plan: Plan, transports: TransportSet): readonly LiveTransport[] {
  const left = new Set(transports.live);
  const take = ({ key, mid, index, mids }: TransportPlan, live: LiveTransport): void => {
    left.delete(live);
    live.planKey = key;
    live.mid = mid;
    live.index = index;
    live.mids = mids;
  };
  const homeless: TransportPlan[] = [];
  for (const wanted of plan.transports) {
    const live = transports.live.find(({ planKey }) => planKey === wanted.key);
    if (live === undefined) homeless.push(wanted);
    else take(wanted, live);
  }
  // What was only proposed before has other names in an answer.
  for (const wanted of homeless) {
    const live = [...left].find(
      ({ mids, transport }) => transport.dtlsRole === undefined && mids.some((mid) => wanted.mids.includes(mid)),
    );
    if (live !== undefined) take(wanted, live);
  }
  return [...left];
}

/** Creates and changes transports, so that they are as `plan` says. Those without a section have been given up. */
export function followPlan(plan: Plan, context: PlanContext, now: Instant): void {
  for (const wanted of plan.transports) {
    // An offer of the other side alone starts nothing here: gathering begins with our answer (RFC 9429 §3.5.1).
    if (wanted.local === undefined) continue;
    const { transport } = followLocal(wanted, wanted.local.ice, context, now);
    if (plan.answered && wanted.remote !== undefined) followRemote(transport, wanted, now);
  }
  const { data } = plan;
  if (!plan.answered || data?.state !== "accepted") return;
  const { remoteSctpPort = 5000, remoteMaxMessageSize = 65536 } = data;
  const { inits } = context;
  const start = { remotePort: remoteSctpPort, maxMessageSize: remoteMaxMessageSize, ...(inits && { inits }) };
  context.transports.of(data.mid)?.transport.startSctp(start, now);
}

function followLocal(wanted: TransportPlan, local: IceCredentials, context: PlanContext, now: Instant): LiveTransport {
  // RFC 8445 §6.1.1: whoever offered controls, and a full agent controls a lite one.
  const role = context.weOffered || wanted.remote?.lite === true ? "controlling" : "controlled";
  const live = context.transports.live.find(({ planKey }) => planKey === wanted.key);
  if (live !== undefined) {
    const { transport } = live;
    const isThere = (): boolean => transport.ice.localParameters.usernameFragment === local.usernameFragment;
    if (!isThere() && context.rolledBack) transport.rollbackIce(now);
    if (!isThere()) {
      transport.restartIce(local, role, now);
      transport.gather(now);
    }
    return live;
  }
  const created = context.create(wanted, role, local);
  created.transport.gather(now);
  return created;
}

function followRemote(transport: BundleTransport, wanted: TransportPlan, now: Instant): void {
  const { remote, dtlsRole } = wanted;
  if (remote === undefined) return;
  const { remoteParameters: known } = transport.ice;
  // One of the two alone counts as well: RFC 8839 §4.4.1.1.1 wants both changed, but who changes one means it.
  if (known?.usernameFragment !== remote.ice.usernameFragment || known.password !== remote.ice.password) {
    transport.setRemoteParameters({ lite: remote.lite, renomination: remote.renomination, ...remote.ice }, now);
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

/** Two ICE agents in this process that try to meet: what one machine can tell about its own paths. */
import { type Platform, RouteTable } from "visavis/base";
import { IceAgent, type IceAgentOptions } from "visavis/ice";
import { Driver } from "visavis/node";

/** What both agents are given besides chance, routes and roles. */
export type MeetingOptions = Pick<IceAgentOptions, "servers" | "transportPolicy" | "network" | "includeLoopback">;

/**
 * Lets two agents tell each other their candidates until both have a path.
 * @param within milliseconds
 * @returns whether they met in time
 */
export function meet(platform: Platform, options: MeetingOptions, within: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const { random, clock } = platform;
    const agents = (["controlling", "controlled"] as const).map(
      (role) => new IceAgent({ ...options, random, routes: new RouteTable(), role }),
    );
    let over = false;
    const end = (settle: () => void): void => {
      if (over) return;
      over = true;
      cancel();
      for (const [i, agent] of agents.entries()) {
        agent.close(clock.now());
        drivers[i]?.stop();
      }
      settle();
    };
    const drivers = agents.map(
      (agent, i) =>
        new Driver(platform, agent, { drain: () => drain(agent, 1 - i), failed: (error) => end(() => reject(error)) }),
    );
    const drain = (agent: IceAgent, peer: number): void => {
      const other = agents[peer];
      if (other === undefined) return;
      let told = false;
      for (let event = agent.takeEvent(); event !== undefined; event = agent.takeEvent()) {
        told = true;
        if (event.type === "candidate") other.addRemoteCandidate(event.candidate, clock.now());
        else if (event.type === "gathering-state" && event.state === "complete") other.addEndOfRemoteCandidates(clock.now());
      }
      if (!told) return;
      drivers[peer]?.wake();
      const states = agents.map(({ state }) => state);
      const met = states.every((state) => state === "connected" || state === "completed");
      // Not from within the pump: it goes on with what it has in hand.
      if (met || states.includes("failed")) clock.immediate(() => end(() => resolve(met)));
    };
    const cancel = clock.schedule(clock.now() + within, () => end(() => resolve(false)));
    const [a, z] = agents;
    if (a === undefined || z === undefined) return;
    for (const [i, agent] of agents.entries()) {
      agent.gather(clock.now());
      agent.setRemoteParameters(i === 0 ? z.localParameters : a.localParameters, clock.now());
      drivers[i]?.wake();
    }
  });
}

/** An engine that has one thing to tell, run until it has told it: a discovery, a probe. */
import type { NetworkEngine } from "../base/engine.ts";
import type { Platform } from "../base/platform.ts";
import { Driver } from "./driver.ts";

/**
 * Drives `engine` on `platform` until `take` gives something for one of its events; then all of its sockets are closed. With
 * `visavis/stun`: `untilEvent(nodePlatform(), new NatDiscovery(…), (event) => event.type === "report" ? event.report : undefined)`.
 * @param take gets every event, in a task of its own: what it throws is what the promise rejects with
 * @param signal gives it up
 * @throws (rejects) the reason of `signal`, or what the engine threw
 */
export function untilEvent<Event, T>(
  platform: Platform,
  engine: NetworkEngine<Event>,
  take: (event: Event) => T | undefined,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let over = false;
    const giveUp = (): void => end(() => reject(signal?.reason));
    const end = (settle: () => void): void => {
      if (over) return;
      over = true;
      signal?.removeEventListener("abort", giveUp);
      driver.stop();
      settle();
    };
    const see = (event: Event): void => {
      if (over) return;
      try {
        const taken = take(event);
        if (taken !== undefined) end(() => resolve(taken));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const driver = new Driver(platform, engine, {
      drain: () => {
        for (let event = engine.takeEvent(); event !== undefined; event = engine.takeEvent()) {
          const taken = event;
          platform.clock.immediate(() => see(taken));
        }
      },
      failed: (error) => end(() => reject(error)),
    });
    if (signal?.aborted === true) {
      giveUp();
      return;
    }
    signal?.addEventListener("abort", giveUp, { once: true });
    driver.wake();
  });
}

// A TURN server to be measured: started with a configuration, it tells where it listens and, when asked, how much memory it holds.
import { createTurnServer } from "@visavis/server/turn";

const server = await createTurnServer(JSON.parse(process.argv[2]));
process.send?.({ type: "started", addresses: server.addresses });
process.on("message", (message) => {
  if (message === "memory") {
    // Twice: what the first collection frees is given back by the second.
    globalThis.gc?.();
    globalThis.gc?.();
    process.send?.({ type: "memory", ...process.memoryUsage() });
  } else {
    void server.close().then(() => process.disconnect());
  }
});

// Starts our own TURN server, with the face that coturn has in these tests.
import { createTurnServer } from "@visavis/server/turn";
import { freePort, REALM, USER } from "./coturn.mjs";

/** @param {{ certificate: string, key: string, addresses: readonly string[] }} options */
export async function startOwnTurn({ certificate, key, addresses }) {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const users = { [USER.username]: USER.credential };
  const server = await createTurnServer({ realm: REALM, users, listen: addresses, port, tlsPort, certificate, key });
  return { port, tlsPort, metrics: () => server.metrics(), stop: () => server.close() };
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionDetails } from "./connection-details.ts";

function connection(entries: readonly { readonly id: string; readonly [member: string]: unknown }[]): RTCPeerConnection {
  const report = new Map(entries.map((entry) => [entry.id, entry]));
  return { connectionState: "connected", getStats: async () => report } as unknown as RTCPeerConnection;
}

test("the pair that the transport names is described", async () => {
  const rows = await connectionDetails(
    connection([
      {
        id: "T",
        type: "transport",
        selectedCandidatePairId: "P",
        tlsVersion: "FEFC",
        dtlsCipher: "TLS_AES_128_GCM_SHA256",
        dtlsRole: "client",
      },
      {
        id: "P",
        type: "candidate-pair",
        localCandidateId: "L",
        remoteCandidateId: "R",
        currentRoundTripTime: 0.0021,
        bytesSent: 1500,
        bytesReceived: 10,
      },
      { id: "L", type: "local-candidate", candidateType: "host", address: "192.0.2.1", protocol: "udp", port: 5000 },
      { id: "R", type: "remote-candidate", candidateType: "prflx", address: "", protocol: "udp", port: 6000 },
    ]),
  );
  assert.deepEqual(Object.fromEntries(rows), {
    Connection: "connected",
    Path: "direct (host to prflx)",
    Here: "192.0.2.1, UDP port 5000",
    There: "address kept private by the browser, UDP port 6000",
    "Round trip": "2.1 ms",
    Encryption: "DTLS 1.3",
    Cipher: "TLS_AES_128_GCM_SHA256",
    "Role in DTLS": "client",
    Sent: "1.5 kB",
    Received: "10 B",
  });
});

test("a browser that names no pair is asked for the one that was chosen", async () => {
  const rows = await connectionDetails(
    connection([{ id: "P", type: "candidate-pair", nominated: true, state: "succeeded", localCandidateId: "L" }]),
  );
  assert.deepEqual(rows, [
    ["Connection", "connected"],
    ["Path", "direct (? to ?)"],
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Call, type Party } from "./peer-scene.test.ts";
import type { StatsEntry, StatsType } from "./stats-entry.ts";

function all(party: Party, type: StatsType): readonly StatsEntry[] {
  return party.stats().filter((entry) => entry.type === type);
}

function only(party: Party, type: StatsType): StatsEntry {
  const found = all(party, type);
  const [entry] = found;
  assert.ok(entry !== undefined && found.length === 1, `${found.length} entries of type ${type}`);
  return entry;
}

test("before anything is negotiated there is the peer connection alone", () => {
  const { a } = new Call();
  assert.deepEqual(a.stats(), [
    {
      id: "P",
      type: "peer-connection",
      timestamp: a.host.platform.clock.wallTime(),
      dataChannelsOpened: 0,
      dataChannelsClosed: 0,
    },
  ]);
});

test("the entries of a connection: members, units and the names that join them", async () => {
  const call = new Call();
  const [ours, theirs] = await call.connect({ protocol: "p" });
  call.a.send(ours, "12345");
  await call.until(() => call.b.messages.length === 1);
  await call.wait(6000);
  const { a, b } = call;
  const transport = only(a, "transport");
  const pair = only(a, "candidate-pair");
  const local = only(a, "local-candidate");
  const remote = only(a, "remote-candidate");
  assert.deepEqual(
    { ...transport, bytesSent: 0, packetsSent: 0, bytesReceived: 0, packetsReceived: 0 },
    {
      id: transport.id,
      type: "transport",
      timestamp: a.host.platform.clock.wallTime(),
      bytesSent: 0,
      packetsSent: 0,
      bytesReceived: 0,
      packetsReceived: 0,
      iceRole: "controlling",
      iceLocalUsernameFragment: a.info?.localParameters?.usernameFragment,
      iceState: "completed",
      dtlsState: "connected",
      dtlsRole: "server",
      tlsVersion: "FEFC",
      dtlsCipher: "TLS_AES_128_GCM_SHA256",
      selectedCandidatePairId: pair.id,
      selectedCandidatePairChanges: 1,
      localCertificateId: all(a, "certificate")[0]?.id,
      remoteCertificateId: all(a, "certificate")[1]?.id,
    },
  );
  const pick = (entry: StatsEntry, ...names: string[]): unknown[] => names.map((name) => entry[name]);
  assert.deepEqual(pick(pair, "transportId", "localCandidateId", "remoteCandidateId", "state", "nominated"), [
    transport.id,
    local.id,
    remote.id,
    "succeeded",
    true,
  ]);
  // 10 ms each way, in seconds.
  assert.deepEqual(pick(pair, "currentRoundTripTime"), [0.02]);
  assert.deepEqual(pick(pair, "bytesSent", "packetsSent"), pick(transport, "bytesSent", "packetsSent"));
  assert.ok(Number(pick(pair, "consentRequestsSent")[0]) > 0);
  const wall = a.host.platform.clock.wallTime();
  const [sentAt] = pick(pair, "lastPacketSentTimestamp");
  assert.ok(Number(sentAt) > wall - 10_000 && Number(sentAt) <= wall);
  assert.deepEqual(pick(local, "transportId", "address", "candidateType", "protocol"), [transport.id, "10.0.0.1", "host", "udp"]);
  assert.deepEqual(pick(remote, "transportId", "address", "candidateType", "protocol"), [
    transport.id,
    "10.0.0.2",
    "host",
    "udp",
  ]);
  const [mine, other] = all(a, "certificate");
  const [hers] = all(b, "certificate");
  assert.deepEqual(
    pick(other as StatsEntry, "fingerprint", "base64Certificate"),
    pick(hers as StatsEntry, "fingerprint", "base64Certificate"),
  );
  assert.match(String(pick(mine as StatsEntry, "fingerprint")[0]), /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  const channel = only(b, "data-channel");
  assert.deepEqual(pick(channel, "label", "protocol", "dataChannelIdentifier", "state", "messagesReceived", "bytesReceived"), [
    "chat",
    "p",
    theirs.id,
    "open",
    1,
    5,
  ]);
  await call.end();
});

test("names stay, and a channel that closed is counted", async () => {
  const call = new Call();
  const [ours] = await call.connect();
  const ids = call.a.stats().map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(
    call.a.stats().map(({ id }) => id),
    ids,
  );
  call.a.act((peer, now) => peer.closeChannel(ours, now));
  await call.until(() => ours.state === "closed");
  await call.wait(100);
  for (const party of [call.a, call.b]) {
    const { dataChannelsOpened, dataChannelsClosed } = only(party, "peer-connection") as unknown as Record<string, number>;
    assert.deepEqual([dataChannelsOpened, dataChannelsClosed], [1, 1]);
  }
  await call.end();
});

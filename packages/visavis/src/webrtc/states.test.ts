import assert from "node:assert/strict";
import { test } from "node:test";
import { deriveConnectionState, deriveIceConnectionState, type TransportStates } from "./states.ts";

type Row = readonly [transports: readonly TransportStates[], ice: string, connection: string];

const at = (ice: TransportStates["ice"], dtls: TransportStates["dtls"]): TransportStates => ({ ice, dtls });

const TABLE: readonly Row[] = [
  [[], "new", "new"],
  [[at("new", "new")], "new", "new"],
  [[at("checking", "new")], "checking", "connecting"],
  [[at("connected", "new")], "connected", "connecting"],
  [[at("connected", "connecting")], "connected", "connecting"],
  [[at("connected", "connected")], "connected", "connected"],
  [[at("completed", "connected")], "completed", "connected"],
  [[at("disconnected", "connected")], "disconnected", "disconnected"],
  [[at("failed", "connected")], "failed", "failed"],
  [[at("connected", "failed")], "connected", "failed"],
  [[at("closed", "closed")], "new", "new"],
  [[at("connected", "closed")], "connected", "connected"],
  [[at("connected", "connected"), at("new", "new")], "checking", "connecting"],
  [[at("completed", "connected"), at("connected", "connected")], "connected", "connected"],
  [[at("connected", "connected"), at("failed", "new")], "failed", "failed"],
  [[at("disconnected", "connected"), at("connected", "failed")], "disconnected", "failed"],
];

test("the states of a connection are the sum of its transports'", () => {
  for (const [transports, ice, connection] of TABLE) {
    assert.equal(deriveIceConnectionState(transports), ice, JSON.stringify(transports));
    assert.equal(deriveConnectionState(transports), connection, JSON.stringify(transports));
  }
});

/**
 * What a channel does when its carrier refuses what waited behind a Blob.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelOwner, ChannelTraits } from "./channel-owner.ts";
import { ChannelSlots } from "./channel-slots.ts";
import { domError } from "./errors.ts";

const TRAITS: ChannelTraits = {
  label: "",
  protocol: "",
  ordered: true,
  maxRetransmits: undefined,
  maxPacketLifeTime: undefined,
  negotiated: false,
  priority: 256,
};

/** A carrier that takes messages of 10 bytes, so many at a time, and notes what it was asked for. */
function carrier(room: number): { readonly owner: ChannelOwner; readonly done: string[]; more(): void } {
  const done: string[] = [];
  const wanted = new Set<() => void>();
  let left = room;
  const owner: ChannelOwner = {
    maxMessageSize: 100,
    maxWrittenSize: 100,
    send(data) {
      if (data.length > 10) throw new TypeError("too large by now");
      if (left-- <= 0) throw domError("OperationError", "full");
      done.push(`sent ${data.length}`);
    },
    begin: () => assert.fail(),
    deliverParts() {},
    awaitRoom: (callback) => void wanted.add(callback),
    close: () => void done.push("closed"),
    retain() {},
    queueTask: setImmediate,
    transfer: undefined,
    countLoss() {},
  };
  const more = (): void => {
    left = 10;
    for (const callback of wanted) callback();
  };
  return { owner, done, more };
}

test("what has become too large behind a Blob is given up, and neither the rest nor the end waits for it", async () => {
  const { owner, done, more } = carrier(1);
  const slots = new ChannelSlots(TRAITS, 1, owner);
  slots.readyState = "open";
  for (const size of [3, 50, 4]) slots.send(new Blob([new Uint8Array(size)]));
  slots.close();
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(done, ["sent 3"]);
  more();
  assert.deepEqual(done, ["sent 3", "sent 4", "closed"]);
  assert.equal(slots.bufferedAmount, 7);
});

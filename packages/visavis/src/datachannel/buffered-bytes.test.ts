import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BufferedBytes } from "./buffered-bytes.ts";

test("counts bytes of users as they leave, like a list of every byte would", () => {
  const steps = fc.array(
    fc.record({ what: fc.constantFrom("message", "overhead", "leave"), bytes: fc.integer({ min: 1, max: 9 }) }),
  );
  fc.assert(
    fc.property(steps, (all) => {
      const buffered = new BufferedBytes();
      const queue: boolean[] = [];
      for (const { what, bytes } of all) {
        if (what === "leave") {
          const left = queue.splice(0, bytes);
          assert.equal(buffered.leave(left.length), left.filter(Boolean).length);
        } else {
          for (let i = 0; i < bytes; i++) queue.push(what === "message");
          if (what === "message") buffered.queueMessage(bytes);
          else buffered.queueOverhead(bytes);
        }
        assert.equal(buffered.amount, queue.filter(Boolean).length);
      }
    }),
  );
});

test("more than was queued cannot leave", () => {
  const buffered = new BufferedBytes();
  buffered.queueMessage(5);
  buffered.queueOverhead(2);
  assert.equal(buffered.leave(100), 5);
  assert.equal(buffered.amount, 0);
  buffered.queueMessage(3);
  assert.equal(buffered.leave(2), 2);
});

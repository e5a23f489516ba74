/**
 * RFC 3758 and RFC 7496 under load: limits of retransmissions and of time, with DATA and with I-DATA, while reliable messages go beside them.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setU32, u32 } from "../base/bytes.ts";
import type { SendOptions } from "./association-options.ts";
import { connected, endOf, PLAIN } from "./association-scene.test.ts";

const POLICIES: Readonly<Record<string, Omit<SendOptions, "ordered">>> = {
  "no retransmission": { maxRetransmits: 0 },
  "two retransmissions": { maxRetransmits: 2 },
  "150 ms": { lifetime: 150 },
};

/** A message that says which one it is at both of its ends. */
function numbered(number: number, length: number): Uint8Array {
  const data = new Uint8Array(length).fill(number);
  setU32(data, 0, number);
  setU32(data, length - 4, number);
  return data;
}

describe("messages that may be given up", () => {
  for (const interleaving of [false, true])
    for (const [name, policy] of Object.entries(POLICIES))
      test(`${interleaving ? "I-DATA" : "DATA"}, ${name}: limits hold under load, and what is reliable beside it arrives`, () => {
        const features = { ...PLAIN, interleaving };
        const it = connected(
          { delay: 25, loss: 0.15, reorder: 0.05, duplicate: 0.02, rate: 3_000_000, queue: 40_000 },
          { features },
        );
        const { sim, a, z } = it;
        for (let number = 0; number < 900; number++) {
          const stream = number % 6;
          // Streams 0 and 3 are reliable; 3 to 5 are unordered.
          const reliable = stream % 3 === 0;
          const size = number % 7 === 0 ? 9000 : 700;
          a.engine.send(stream, 53, numbered(number, size), { ordered: stream < 3, ...(reliable ? {} : policy) }, sim.now);
          sim.runFor(6);
        }
        sim.runFor(60_000);
        const numbers = z.messages.map(({ data }) => u32(data, 0));
        assert.equal(new Set(numbers).size, numbers.length, "none twice");
        const last = new Map<number, number>();
        for (const { data, stream, ordered } of z.messages) {
          const number = u32(data, 0);
          assert.deepEqual(
            [number % 6, u32(data, data.length - 4), data.length],
            [stream, number, number % 7 === 0 ? 9000 : 700],
          );
          if (!ordered) continue;
          assert.ok(number > (last.get(stream) ?? -1), "in order");
          last.set(stream, number);
        }
        const seen = new Set(numbers);
        for (let number = 0; number < 900; number++) assert.ok(number % 3 !== 0 || seen.has(number), `reliable ${number}`);
        const { messagesAbandoned } = a.engine.counters;
        assert.ok(messagesAbandoned > 0, "nothing was given up: the scene proves nothing");
        assert.ok(900 - numbers.length <= messagesAbandoned, `${900 - numbers.length} missing, ${messagesAbandoned} given up`);
        assert.deepEqual([z.engine.heldBytes, a.engine.totalBufferedAmount], [0, 0]);
        for (let stream = 0; stream < 6; stream++)
          a.engine.send(stream, 53, numbered(900 + stream, 8), { ordered: true }, sim.now);
        sim.runFor(20_000);
        assert.deepEqual([z.messages.length - numbers.length, endOf(a), endOf(z)], [6, undefined, undefined]);
      });
});

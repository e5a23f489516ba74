import assert from "node:assert/strict";
import { test } from "node:test";
import { OperationsChain } from "./operations-chain.ts";

function chainWithLog(): { chain: OperationsChain; log: string[]; close(): void } {
  const log: string[] = [];
  let closed = false;
  const chain = new OperationsChain(
    () => closed,
    () => void log.push("empty"),
  );
  return {
    chain,
    log,
    close: () => {
      closed = true;
    },
  };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("operations run one after the other, the first at once", async () => {
  const { chain, log } = chainWithLog();
  const operation = (name: string) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await tick();
    log.push(`${name} ends`);
    return name;
  };
  const all = [chain.chain(operation("a")), chain.chain(operation("b"))];
  assert.deepEqual(log, ["a begins"]);
  assert.equal(chain.isEmpty, false);
  assert.deepEqual(await Promise.all(all), ["a", "b"]);
  await tick();
  assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends", "empty"]);
  assert.ok(chain.isEmpty);
});

test("a rejection, or an exception, lets the next one run", async () => {
  const { chain, log } = chainWithLog();
  const first = chain.chain(() => Promise.reject(new TypeError("a")));
  const second = chain.chain(() => {
    throw new RangeError("b");
  });
  const third = chain.chain(() => Promise.resolve("c"));
  await assert.rejects(first, TypeError);
  await assert.rejects(second, RangeError);
  assert.equal(await third, "c");
  await tick();
  assert.deepEqual(log, ["empty"]);
});

test("the reactions of an operation's promise run before the next operation", async () => {
  const { chain, log } = chainWithLog();
  void chain.chain(() => Promise.resolve()).then(() => log.push("reaction"));
  await chain.chain(() => {
    log.push("second");
    return Promise.resolve();
  });
  assert.deepEqual(log, ["reaction", "second"]);
});

test("a closed connection settles nothing any more, and takes nothing", async () => {
  const { chain, log, close } = chainWithLog();
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  chain.chain(tick).then(note, note);
  chain.chain(() => assert.fail("runs")).then(note, note);
  close();
  await tick();
  await tick();
  assert.equal(settled, false);
  assert.deepEqual(log, []);
  await assert.rejects(chain.chain(tick), { name: "InvalidStateError" });
});

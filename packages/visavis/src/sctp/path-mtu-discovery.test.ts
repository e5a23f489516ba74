import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER } from "../base/instant.ts";
import { MAX_PROBES, PathMtuDiscovery, RAISE_INTERVAL } from "./path-mtu-discovery.ts";

const BASE = 1160;
const AROUND = 68;

/** A path under a search: `carries` is its limit, `answers` whether the other side answers probes at all. */
class Path {
  readonly search: PathMtuDiscovery;
  readonly probes: number[] = [];
  now = 1000;
  carries: number;
  answers = true;
  /** Whether data is acknowledged meanwhile. */
  alive = true;
  readonly roundTrip: number;

  constructor(max: number, carries: number, roundTrip = 50) {
    this.search = new PathMtuDiscovery(BASE, true);
    this.search.begin({ max, around: AROUND });
    this.carries = carries;
    this.roundTrip = roundTrip;
  }

  /** Until nothing is under way. @returns how long it took, in round trips */
  run(): number {
    const { search } = this;
    const began = this.now;
    search.demand(this.now);
    for (let i = 0; search.due > 0; i++) {
      assert.ok(i < 500, "it probes without end");
      const size = search.due;
      this.probes.push(size);
      search.sent(this.now, this.roundTrip);
      assert.equal(search.due, 0, "one probe at a time");
      if (size <= this.carries && this.answers) {
        this.now += this.roundTrip;
        assert.ok(search.acknowledged(size, this.now));
      } else {
        if (this.alive) search.alive(this.now + this.roundTrip);
        this.now = search.deadline;
        assert.ok(search.advance(this.now));
      }
    }
    return (this.now - began) / this.roundTrip;
  }
}

test("a path that carries what the platform can send is known after one round trip", () => {
  for (const max of [1432, 8932, 16_384]) {
    const path = new Path(max, 65_536);
    assert.equal(path.search.mtu, BASE);
    assert.equal(path.run(), 1);
    assert.deepEqual([path.search.mtu, path.search.state, path.search.deadline], [max, "complete", NEVER]);
  }
});

test("any limit is found exactly, in a bounded number of round trips", () => {
  let longest = 0;
  for (let carries = BASE; carries <= 1432; carries += 4) {
    const path = new Path(1432, carries);
    longest = Math.max(longest, path.run());
    assert.equal(path.search.mtu, carries, `on a path that carries ${carries}`);
    assert.equal(path.search.state, "complete");
  }
  assert.ok(longest <= 40, `${longest} round trips`);
  for (const carries of [1432, 4400, 8932, 12_344, 16_380]) {
    const path = new Path(16_384, carries);
    path.run();
    assert.equal(path.search.mtu, carries);
  }
});

test("the sizes that are common are found without halving", () => {
  const path = new Path(1432, 1424);
  path.run();
  assert.deepEqual([...new Set(path.probes)], [1432, 1160, 1212, 1332, 1352, 1380, 1412, 1424, 1428]);
});

test("a lost probe is repeated, and one that is answered late still counts", () => {
  const path = new Path(1432, 0);
  const { search } = path;
  search.demand(path.now);
  search.sent(path.now, 50);
  search.advance(search.deadline);
  assert.equal(search.due, 1432);
  search.sent(path.now + 100, 50);
  assert.ok(search.acknowledged(1432, path.now + 150), "the answer to either");
  assert.deepEqual([search.mtu, search.state], [1432, "complete"]);
  assert.ok(!search.acknowledged(1436, path.now + 150), "nobody has seen so large a packet");
});

test("nothing is probed where there is nothing to find, or nothing to send", () => {
  const idle = new Path(1432, 1432);
  assert.deepEqual([idle.search.state, idle.search.due, idle.search.deadline], ["base", 0, NEVER]);
  for (const [max, enabled] of [
    [BASE, true],
    [1432, false],
  ] as const) {
    const search = new PathMtuDiscovery(BASE, enabled);
    search.begin({ max, around: AROUND });
    search.demand(0);
    assert.deepEqual([search.state, search.due, search.mtu], ["disabled", 0, BASE]);
  }
});

test("whoever answers data and no probes is left alone, and asked again after the raise timer", () => {
  const path = new Path(1432, 1432);
  path.answers = false;
  path.run();
  assert.deepEqual(path.probes, [1432, 1432, 1432, 1160, 1160, 1160]);
  assert.deepEqual([path.search.state, path.search.mtu, path.search.deadline], ["error", BASE, NEVER]);
  path.run();
  assert.equal(path.probes.length, 2 * MAX_PROBES);
  path.now += RAISE_INTERVAL;
  path.answers = true;
  path.run();
  assert.deepEqual([path.search.state, path.search.mtu], ["complete", 1432]);
});

test("an outage says nothing about sizes", () => {
  const path = new Path(8932, 8932);
  const { search } = path;
  search.demand(path.now);
  let lost = 0;
  for (; lost < 6; lost++) {
    search.sent(path.now, 50);
    path.now = search.deadline;
    search.advance(path.now);
  }
  // The path is back.
  path.run();
  assert.deepEqual([search.mtu, search.state], [8932, "complete"]);
});

test("a black hole is told from congestion by the size that was", () => {
  const path = new Path(1432, 1432);
  path.run();
  path.search.suspectBlackHole(path.now);
  assert.equal(path.search.mtu, BASE, "at once");
  assert.equal(path.run(), 1);
  assert.equal(path.search.mtu, 1432, "it was congestion");
  path.carries = 1332;
  path.search.suspectBlackHole(path.now);
  path.run();
  assert.equal(path.search.mtu, 1332);
});

test("what is doubted goes on until it is known, and is asked once a second at the most", () => {
  const path = new Path(1432, 1432);
  path.run();
  path.search.doubt(path.now);
  assert.deepEqual([path.search.due, path.search.mtu], [1432, 1432]);
  assert.equal(path.run(), 1);
  assert.deepEqual([path.search.mtu, path.search.state], [1432, "complete"]);
  path.search.doubt(path.now + 900);
  assert.equal(path.search.due, 0);
  path.carries = 1332;
  path.now += 1000;
  path.search.doubt(path.now);
  path.run();
  assert.equal(path.search.mtu, 1332);
});

test("a path that got better is found out after the raise timer, one that did not costs little", () => {
  const path = new Path(1432, 1332);
  path.run();
  path.probes.length = 0;
  path.run();
  assert.deepEqual(path.probes, []);
  path.now += RAISE_INTERVAL;
  path.run();
  assert.deepEqual([path.search.mtu, path.probes], [1332, [1432, 1432, 1432, 1336, 1336, 1336]]);
  path.now += RAISE_INTERVAL;
  path.carries = 1380;
  path.run();
  assert.equal(path.search.mtu, 1380);
});

test("another path is another search; answers to the old one's probes are too large for it", () => {
  const path = new Path(8932, 8932);
  path.run();
  path.search.begin({ max: 1432, around: AROUND });
  assert.deepEqual([path.search.mtu, path.search.state], [BASE, "base"]);
  assert.ok(!path.search.acknowledged(8932, path.now));
});

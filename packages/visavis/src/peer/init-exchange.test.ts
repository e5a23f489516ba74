import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call, type CallOptions, type Party, RELIABLE } from "./peer-scene.test.ts";

const OFFER = { sctp: { sctpInit: "offer" } } as const;
const NEVER = { sctp: { sctpInit: "never" } } as const;

/** The value that a description has. */
function initIn(sdp: string | undefined): string | undefined {
  return sdp?.match(/^a=sctp-init:(.*?)\r$/m)?.[1];
}

function told({ peer }: Party): (string | undefined)[] {
  return [initIn(peer.currentLocalDescription?.sdp), initIn(peer.currentRemoteDescription?.sdp)];
}

/** How often the handshake was skipped, on both sides. */
function skipped({ a, b }: Call): (number | undefined)[] {
  return [a, b].map(({ peer }) => peer.counters()?.sctp?.handshakesSkipped);
}

function refused({ peer }: Party): number {
  const { peer: drops } = peer.counters()?.drops ?? {};
  return drops?.["sctp-init"] ?? 0;
}

async function exchange(call: Call): Promise<void> {
  const channel = call.a.act((peer, now) => peer.createChannel({ ...RELIABLE, label: "later" }, now));
  const count = call.b.messages.length;
  await call.until(() => channel.state === "open");
  call.a.send(channel, "there");
  await call.until(() => call.b.messages.length > count);
}

describe("set-up over a round trip of 100 ms", () => {
  /** From the moment in which both sides have DTLS until the first message arrives, in round trips. */
  async function roundTrips(options: CallOptions): Promise<number> {
    const call = new Call({ link: { delay: 50 }, ...options });
    const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
    await call.negotiate();
    await call.until(() => call.a.has("dtls-state connected") && call.b.has("dtls-state connected"));
    const began = call.sim.now;
    await call.until(() => channel.state === "open");
    call.a.send(channel, "hello");
    await call.until(() => call.b.messages.length === 1);
    const time = (call.sim.now - began) / 100;
    await call.end();
    return Math.round(time * 2) / 2;
  }

  test("is shorter when the descriptions tell the INITs", async () => {
    // The handshake has two round trips, but whoever has DTLS first begins it half a round trip early, and data rides behind the cookie.
    assert.deepEqual([await roundTrips({}), await roundTrips({ a: OFFER })], [1.5, 0.5]);
  });
});

test("it is offered when asked for, answered when offered, and not at all when nobody wants it", async () => {
  for (const [a, b, offered, answered] of [
    [undefined, undefined, false, false],
    [OFFER, undefined, true, true],
    [OFFER, OFFER, true, true],
    [OFFER, NEVER, true, false],
    [undefined, OFFER, false, false],
    [NEVER, OFFER, false, false],
  ] as const) {
    const call = new Call({ ...(a && { a }), ...(b && { b }) });
    await call.connect();
    assert.deepEqual(
      told(call.a).map((each) => each !== undefined),
      [offered, answered],
    );
    assert.deepEqual(skipped(call), answered ? [1, 1] : [0, 0]);
    const [own, theirs] = told(call.a);
    assert.ok(own === undefined || own !== theirs);
    await exchange(call);
    assert.deepEqual([refused(call.a), refused(call.b)], [0, 0]);
    await call.end();
  }
});

test("later descriptions repeat it: a renegotiation, one of the other side, an ICE restart", async () => {
  const call = new Call({ a: OFFER, b: OFFER });
  await call.connect();
  const before = told(call.a);
  await call.negotiate();
  assert.deepEqual(told(call.a), before);
  await call.negotiate(call.b);
  assert.deepEqual(told(call.a), before);
  await call.negotiate(call.a, { iceRestart: true });
  await exchange(call);
  assert.deepEqual(told(call.a), before);
  assert.deepEqual(skipped(call), [1, 1]);
  await call.end();
});

test("an association that began without it goes on without it", async () => {
  const call = new Call({ b: OFFER });
  await call.connect();
  await call.negotiate(call.b);
  await exchange(call);
  assert.deepEqual(told(call.a), [undefined, undefined]);
  await call.end();
});

test("an offer that was rolled back has told nothing", async () => {
  const call = new Call({ a: OFFER });
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  call.a.act((peer, now) => {
    peer.createOffer({ iceRestart: false }, now);
    peer.setLocalDescription("offer", "", now);
    peer.setLocalDescription("rollback", "", now);
  });
  await call.negotiate();
  await call.until(() => channel.state === "open");
  assert.deepEqual(skipped(call), [1, 1]);
  await call.end();
});

describe("what cannot be used leads to the classic handshake and is counted", () => {
  const values: Readonly<Record<string, string>> = {
    "no base64": "!!!!",
    "not padded": "AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoL",
    "no INIT": "AAAA",
    "a tag of 0": "AQAAHgAAAAAAUAAA/////+B5ZR3AAAAEgAgABoLA",
    "no streams": "AQAAHols3R0AUAAAAAAAAOB5ZR3AAAAEgAgABoLA",
    "a window of 0": "AQAAHols3R0AAAAA/////+B5ZR3AAAAEgAgABoLA",
    "far too much": "A".repeat(8000),
  };
  for (const [name, value] of Object.entries(values)) {
    test(`${name}, in an offer`, async () => {
      const call = new Call({ a: OFFER });
      const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
      await call.negotiate(call.a, { mangle: (sdp) => sdp.replace(/^a=sctp-init:.*\r$/m, `a=sctp-init:${value}\r`) });
      await call.until(() => channel.state === "open");
      assert.deepEqual([skipped(call), refused(call.b)], [[0, 0], 1]);
      assert.equal(told(call.b)[0], undefined);
      await call.end();
    });
  }

  test("our own value, given back by a peer that repeats every line", async () => {
    const call = new Call({ a: OFFER, b: NEVER });
    const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
    let own = "";
    const echo = (sdp: string): string => {
      own ||= initIn(sdp) ?? "";
      return initIn(sdp) === undefined ? `${sdp}a=sctp-init:${own}\r\n` : sdp;
    };
    await call.negotiate(call.a, { mangle: echo });
    await call.until(() => channel.state === "open");
    assert.deepEqual([skipped(call), refused(call.a)], [[0, 0], 1]);
    await exchange(call);
    await call.end();
  });

  test("an answer whose value is spoiled on its way, though its sender begins with it", async () => {
    const call = new Call({ a: OFFER });
    const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
    let nth = 0;
    await call.negotiate(call.a, { mangle: (sdp) => (nth++ === 1 ? sdp.replace("a=sctp-init:A", "a=sctp-init:B") : sdp) });
    await call.until(() => channel.state === "open");
    assert.deepEqual([skipped(call), refused(call.a)], [[0, 1], 1]);
    await exchange(call);
    await call.end();
  });
});

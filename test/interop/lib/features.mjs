// What may be switched in SCTP on our side, what follows from it with a peer that has this and that, and what must work either way.
import assert from "node:assert/strict";

/** @typedef {{ interleaving: boolean, zeroChecksum: boolean, takesZeroChecksum?: boolean, snap: boolean }} Features */

const onOff = [true, false];

/** Every way to switch our side. */
export const SWITCHES = onOff.flatMap((interleaving) =>
  onOff.flatMap((zeroChecksum) =>
    onOff.map((snap) => ({
      /** @type {Features} */
      ours: { interleaving, zeroChecksum, snap },
      label:
        [interleaving && "interleaving", zeroChecksum && "zero checksum", snap && "SNAP"].filter(Boolean).join(", ") || "nothing",
      /** @param {boolean} offers whether we do */
      extensions: (offers) => ({
        // An answerer follows the offer by default; who offers has to be told to.
        sctp: { features: { interleaving, zeroChecksum }, sctpInit: snap ? (offers ? "offer" : "answer") : "never" },
      }),
    })),
  ),
);

/**
 * What our association must say of itself.
 * @param {Features} ours
 * @param {Features} has what the other side has
 */
export function negotiatedBy(ours, has) {
  return {
    negotiated: {
      interleaving: ours.interleaving && has.interleaving,
      // Each way by itself: who takes such packets says so, who sends them does not.
      zeroChecksumSent: ours.zeroChecksum && has.zeroChecksum && has.takesZeroChecksum !== false,
      zeroChecksumReceived: ours.zeroChecksum && has.zeroChecksum,
      partialReliability: true,
      reconfiguration: true,
    },
    handshakesSkipped: ours.snap && has.snap ? 1 : 0,
  };
}

/** Compares that with what it says. @param {any} side ours @param {ReturnType<typeof negotiatedBy>} expected */
export function checkNegotiated(side, expected) {
  const { negotiated, handshakesSkipped } = side.sctp();
  assert.deepEqual({ negotiated, handshakesSkipped }, expected);
}

/** One line of the table that the tests print. @param {string} peer @param {string} how @param {ReturnType<typeof negotiatedBy>} found */
export function tableRow(peer, how, { negotiated, handshakesSkipped }) {
  const checksum = [negotiated.zeroChecksumSent && "sent", negotiated.zeroChecksumReceived && "received"]
    .filter(Boolean)
    .join(" and ");
  const cells = [
    negotiated.interleaving ? "I-DATA" : "DATA",
    checksum === "" ? "CRC32c" : `no checksum ${checksum}`,
    handshakesSkipped === 0 ? "handshake" : "no handshake",
  ];
  return `${peer} | ${how.padEnd(38)} | ${cells.map((cell) => cell.padEnd(29)).join(" | ")}`;
}

const SIZES = [0, 100, 5000, 262_144];
const LENGTH = 400_000;

/**
 * Messages, small and large, both ways; channels of several kinds; streams that are closed by either side and used again.
 * @param {{ node: any, other: any }} sides
 * @param {boolean} [reuses] whether the other side, too, uses them again
 */
export async function exercise({ node, other }, reuses = true) {
  await other.call("echo", "main");
  const messages = SIZES.map((size) => ({ kind: "buffer", size }));
  assert.deepEqual(await node.call("roundTrips", "main", [{ kind: "string", text: "hello 😀" }, ...messages]), []);
  for (const [from, to] of [
    [node, other],
    [other, node],
  ]) {
    await to.call("expectMany", "main", LENGTH);
    const [sent, received] = await Promise.all([from.call("sendMany", "main", LENGTH, LENGTH), to.call("received")]);
    assert.equal(sent.hash, received.hash);
  }
  for (const [maker, taker] of [
    [node, other],
    [other, node],
  ]) {
    const label = maker === node ? "of Node" : "of the other";
    await maker.call("create", label, { ordered: false, maxRetransmits: 2 });
    await Promise.all([maker.call("open", label), taker.call("open", label)]);
    await taker.call("echo", label);
    assert.deepEqual(await maker.call("roundTrips", label, [{ kind: "buffer", size: 3000 }]), []);
    const { id } = await maker.call("describe", label);
    // Who made it closes one, who got it the other.
    for (const closer of [maker, taker]) {
      await closer.call("closeChannel", label);
      await Promise.all([maker.call("closed", label), taker.call("closed", label)]);
      if (closer === taker) break;
      await Promise.all([maker, taker].map((side) => side.call("forget", label)));
      await maker.call("create", label);
      await Promise.all([maker.call("open", label), taker.call("open", label)]);
      const again = (await maker.call("describe", label)).id;
      if (maker === node || reuses) assert.equal(again, id, "the streams are used again");
      await taker.call("echo", label);
      assert.deepEqual(await maker.call("roundTrips", label, [{ kind: "buffer", size: 3000 }]), []);
    }
  }
}

/** Kinds of channels that give up what is lost. */
const LOSSY_KINDS = [
  { label: "unordered, once", options: { ordered: false, maxRetransmits: 0 } },
  { label: "ordered, once", options: { ordered: true, maxRetransmits: 0 } },
  { label: "ordered, 30 ms", options: { ordered: true, maxPacketLifeTime: 30 } },
];
const FLOOD = 100;
const FLOOD_SIZE = 3000;
const LOSS = 0.03;

/**
 * With datagrams lost both ways: what is promised comes whole, what is not comes whole or never, in order where that was asked for,
 * and nothing waits for ever behind what was given up.
 * @param {{ node: any, other: any }} sides
 * @param {boolean} [bothGiveUp] whether the other side, too, sends what may get lost
 */
export async function surviveLoss({ node, other }, bothGiveUp = true) {
  const ways = [
    [node, other, 0],
    [other, node, 1],
  ];
  const labels = [];
  for (const [from, to, way] of ways) {
    for (const { label, options } of from === node || bothGiveUp ? LOSSY_KINDS : []) {
      const name = `${label} ${way}`;
      await from.call("create", name, options);
      await Promise.all([from.call("open", name), to.call("open", name)]);
      await to.call("expectFlood", name);
      labels.push({ name, from, to, ordered: options.ordered, timed: options.maxPacketLifeTime !== undefined });
    }
    await to.call("expectMany", "main", LENGTH);
  }
  node.loss.share = LOSS;
  const floods = labels.map(({ name, from }) => from.call("flood", name, 0, FLOOD, FLOOD_SIZE));
  const reliable = ways.map(async ([from, to]) => {
    const [sent, received] = await Promise.all([from.call("sendMany", "main", LENGTH, LENGTH), to.call("received")]);
    assert.equal(sent.hash, received.hash);
  });
  await Promise.all([...floods, ...reliable]);
  node.loss.share = 0;
  let lost = 0;
  for (const { name, from, to, ordered, timed } of labels) {
    await from.call("flood", name, FLOOD, FLOOD + 1, FLOOD_SIZE);
    const { numbers, broken } = await to.call("survivors", name, FLOOD);
    assert.deepEqual([broken, new Set(numbers).size], [0, numbers.length], `${name}: none broken, none twice`);
    if (ordered)
      assert.ok(
        numbers.every((number, index) => index === 0 || number > numbers[index - 1]),
        `${name}: in order`,
      );
    // How many live long enough depends on how fast the machine is; how many need not be sent again, does not.
    if (!timed) assert.ok(numbers.length > FLOOD / 2, `${name}: ${numbers.length} of ${FLOOD + 1} came`);
    lost += FLOOD + 1 - numbers.length;
  }
  const { messagesAbandoned, chunksRetransmitted } = node.sctp();
  assert.ok(
    messagesAbandoned > 0 && chunksRetransmitted > 0,
    `${messagesAbandoned} given up, ${chunksRetransmitted} chunks again`,
  );
  return { lost, datagrams: node.loss.lost, messagesAbandoned };
}

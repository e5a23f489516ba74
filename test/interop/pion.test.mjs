// Calls with Pion. First audio and video, which it puts together to frames and sends back; then
// what SCTP has beyond its base: it stands in where no browser has a thing (zero checksum), and is asked for the rest too.
// What came of it is read off our association and off Pion's own, and must be what the table says, neither less nor more.
import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { checkNegotiated, exercise, negotiatedBy, SWITCHES, surviveLoss, tableRow } from "./lib/features.mjs";
import { localSide } from "./lib/local-side.mjs";
import { buildPion, pionSide } from "./lib/pion-side.mjs";
import { carry } from "./lib/sides.mjs";
import { testStack } from "./lib/stack-tests.mjs";

const { program, missing, remove } = buildPion();
/** @type {string[]} */
const rows = [];
after(() => {
  remove?.();
  console.log(rows.join("\n"));
});

testStack("Pion, media", {
  start: (video) => pionSide(program ?? "", { zeroChecksum: true, snap: false, video }),
  missing,
  srtpCipher: { "we offer": "SRTP_AEAD_AES_128_GCM", "it offers": "SRTP_AEAD_AES_256_GCM" },
  check: ({ connectionState }) => assert.equal(connectionState, "connected"),
});

describe("Pion", { skip: missing, timeout: 240_000 }, () => {
  /** @type {{ node: ReturnType<typeof localSide>, other: ReturnType<typeof pionSide> } | undefined} */
  let latest;
  // What a test that failed has left would keep the process from ending.
  afterEach(async () => {
    await latest?.node.call("close");
    await latest?.other.end();
  });

  /** A call up to the open channel "main". */
  async function call(offers, extensions, has) {
    const node = localSide(extensions);
    const other = pionSide(program ?? "", { zeroChecksum: has.takesZeroChecksum, snap: has.snap });
    latest = { node, other };
    const problems = [];
    const [first, second] = offers === "node" ? [node, other] : [other, node];
    void carry(first, second, problems);
    void carry(second, first, problems);
    await first.call("create", "main");
    await Promise.all([first.call("open", "main"), second.call("open", "main")]);
    const end = async () => {
      assert.deepEqual(problems, []);
      await node.call("close");
      await other.end();
    };
    return { node, other, end };
  }

  for (const offers of /** @type {const} */ (["node", "pion"])) {
    for (const takesZeroChecksum of [true, false]) {
      // It leaves the checksum out wherever the other side takes that; what is switched is whether it takes it itself.
      const has = { interleaving: true, zeroChecksum: true, takesZeroChecksum, snap: true };
      const name = takesZeroChecksum ? "Pion" : "Pion that wants checksums";
      test(`${offers} offers to ${name}`.replace("pion offers to", "offered by"), async () => {
        for (const { ours, label, extensions } of SWITCHES) {
          const it = await call(offers, extensions(offers === "node"), has);
          await exercise(it, false);
          const expected = negotiatedBy(ours, has);
          checkNegotiated(it.node, expected);
          const theirs = /** @type {any} */ (await it.other.call("metadata"));
          assert.equal(theirs.metadata.messageInterleavingEnabled, expected.negotiated.interleaving);
          assert.equal(theirs.metadata.zeroChecksumSendingEnabled, expected.negotiated.zeroChecksumReceived);
          rows.push(tableRow(name, `${offers} offers: ${label}`, it.node.sctp()));
          await it.end();
        }
      });
    }
  }

  for (const interleaving of [true, false]) {
    test(`loss, ${interleaving ? "with" : "without"} interleaving`, async () => {
      const has = { interleaving: true, zeroChecksum: true, takesZeroChecksum: true, snap: false };
      const it = await call("node", { sctp: { features: { interleaving } } }, has);
      const { lost, datagrams, messagesAbandoned } = await surviveLoss(it);
      checkNegotiated(it.node, negotiatedBy({ interleaving, zeroChecksum: true, snap: false }, has));
      console.log(`Pion: ${datagrams} datagrams lost, with them ${lost} messages; ${messagesAbandoned} of ours given up`);
      await it.end();
    });
  }
});

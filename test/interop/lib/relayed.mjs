// What must hold of a call between two sides that know each other by relays alone.
import assert from "node:assert/strict";

/** Bytes that go each way. */
const LENGTH = 2_000_000;

/** Made bytes go both ways over the channel "main", and arrive. @param {readonly { call: Function }[]} sides */
export async function exchange([a, z], length = LENGTH) {
  for (const [from, to] of [
    [a, z],
    [z, a],
  ]) {
    await to.call("expectMany", "main", length);
    const [sent, received] = await Promise.all([from.call("sendMany", "main", length, length), to.call("received")]);
    assert.equal(sent.hash, received.hash);
  }
}

/**
 * Both sides go by a relay of theirs, which carried what `exchange` sent, and have told no other candidates.
 * @param {readonly { call: Function }[]} sides
 * @param {readonly (string | undefined)[]} urls of the server each side asked; undefined of a browser that does not tell
 * @param {readonly ("udp" | "tcp" | "tls")[]} protocols by which it did
 * @param {number} [least] bytes that went each way
 */
export async function areRelayed(sides, urls, protocols, least = LENGTH) {
  const ways = await Promise.all(sides.map((side) => side.call("way")));
  for (const [index, way] of ways.entries()) {
    const { told, candidateType, relayProtocol, url, remote } = way;
    assert.deepEqual(
      { told, candidateType, relayProtocol, url },
      { told: ["relay"], candidateType: "relay", relayProtocol: protocols[index], url: urls[index] },
    );
    // A check may come before the candidate is told.
    assert.match(remote.candidateType, /^(relay|prflx)$/);
    assert.ok(way.bytesSent > least && way.bytesReceived > least, JSON.stringify(way));
  }
  const [first, second] = ways;
  assert.equal(first.address, second.remote.address);
  assert.equal(second.address, first.remote.address);
}

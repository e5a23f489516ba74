import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Transmit } from "../base/transmit.ts";
import { decodeTcpFrame, encodeTcpFrame, TcpFraming } from "./tcp-framing.ts";

/** Datagrams of these lengths, each of one value, as a stream. */
function stream(...lengths: number[]): Uint8Array {
  return Uint8Array.from(lengths.flatMap((length, i) => [length >> 8, length & 0xff, ...new Uint8Array(length).fill(i + 1)]));
}

/** What comes out when the stream goes in by pieces of this size. */
function cut(bytes: Uint8Array, size: number, framing: TcpFraming = new TcpFraming()): number[][] {
  const found: number[][] = [];
  for (let at = 0; at < bytes.length; at += size) {
    framing.push(bytes.slice(at, at + size));
    for (let each = framing.shift(); each !== undefined; each = framing.shift()) found.push([...each]);
  }
  return found;
}

describe("TcpFraming", () => {
  test("datagrams come out whole however the stream is cut, byte by byte too", () => {
    const bytes = stream(20, 1, 0, 300, 0, 0, 2);
    const whole = cut(bytes, bytes.length);
    assert.deepEqual(
      whole.map(({ length }) => length),
      [20, 1, 300, 2],
    );
    for (let size = 1; size < bytes.length; size++) assert.deepEqual(cut(bytes, size), whole, `cut every ${size} bytes`);
  });

  test("nothing comes out of a stream that ends early", () => {
    const bytes = stream(40);
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(decodeTcpFrame(bytes, 0, length), undefined);
      assert.deepEqual(cut(bytes.slice(0, length), 7), []);
    }
    assert.equal(decodeTcpFrame(bytes, 0, bytes.length), bytes.length);
    assert.equal(decodeTcpFrame(Uint8Array.of(9, 9, 0, 1, 7), 2, 5), 5);
  });

  test("a datagram longer than allowed ends the stream, before memory is taken for it", () => {
    for (const size of [1, 2, 3, 1000]) {
      const framing = new TcpFraming(100);
      assert.deepEqual(cut(Uint8Array.of(0, 1, 7, 0xff, 0xff, 1, 2, 3, 0, 1, 7), size, framing), [[7]]);
      assert.ok(framing.isBroken);
      framing.push(stream(1));
      assert.equal(framing.shift(), undefined);
    }
    const framing = new TcpFraming(100);
    framing.maxLength = 65_535;
    const [longest] = cut(stream(65_535), 4096, framing);
    assert.equal(longest?.length, 65_535);
  });

  test("the longest datagram byte by byte costs no more than its length", () => {
    assert.equal(cut(stream(65_535), 1)[0]?.length, 65_535);
  });

  test("the length goes into the headroom", () => {
    const out = new Transmit();
    out.bytes.set([1, 2, 3], out.start);
    out.length = 3;
    assert.ok(encodeTcpFrame(out));
    assert.deepEqual([...out.view()], [0, 3, 1, 2, 3]);
    out.length = 65_536;
    assert.equal(encodeTcpFrame(out), false);
  });
});

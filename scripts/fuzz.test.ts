/**
 * Rubbish for every decoder of the library: whatever comes, none throws, none reads beyond its end, and none takes long.
 * A `decode…` or `parse…` function that is exported and has no row in the table fails the test.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { SeededRandom, testSeed } from "@visavis/netsim";
import { DECODERS, type DecoderRow } from "./fuzz-table.ts";

const LIBRARY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../packages/visavis");
const EXPORTED = /^export (?:function|const) ((?:decode|parse)[A-Z]\w*)/gm;

/** Inputs for each decoder. */
const ROUNDS = 2000;
/** A decoder that has not seen them all after this many milliseconds has seen enough; one that takes as long for one is broken. */
const PATIENCE = 2000;
/** No datagram is longer; nor is what a mutation makes. */
const LONGEST = 2048;
/** Around what may be read. */
const MARGIN = 8;

type Decoder = (...given: readonly unknown[]) => unknown;
type Decode = (input: Uint8Array | string) => unknown;

/** Every decoder that a file of the library exports, and that file. */
function exportedDecoders(): Map<string, string> {
  const found = new Map<string, string>();
  const sources = path.join(LIBRARY, "src");
  for (const name of fs.readdirSync(sources, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
    for (const [, decoder = ""] of fs.readFileSync(path.join(sources, name), "utf8").matchAll(EXPORTED)) {
      assert.ok(!found.has(decoder), `${decoder} is exported twice`);
      found.set(decoder, name.replace(/\.ts$/, ".js"));
    }
  }
  return found;
}

async function load(file: string, name: string): Promise<Decoder> {
  const module = (await import(pathToFileURL(path.join(LIBRARY, "dist", file)).href)) as Record<string, unknown>;
  const decoder = module[name];
  assert.ok(typeof decoder === "function", `${name} is no function`);
  return decoder as Decoder;
}

const DECODED = exportedDecoders();
const decodeMessage = await load(DECODED.get("decodeMessage") ?? "", "decodeMessage");

/** The input in the midst of other bytes. */
function surrounded(input: Uint8Array, filler: number): Uint8Array {
  const out = new Uint8Array(input.length + 2 * MARGIN).fill(filler);
  out.set(input, MARGIN);
  return out;
}

/** Calls a decoder as its kind is called. */
function caller(decoder: Decoder, { kind, more = [] }: DecoderRow, Into: new () => object): Decode {
  if (kind === "text" || kind === "whole") return (input) => decoder(input, ...more);
  return (input) => {
    assert.ok(typeof input !== "string");
    if (kind === "message") {
      const message = decodeMessage(input);
      return message === undefined ? undefined : decoder(message, ...more);
    }
    if (kind === "parameter") {
      if (input.length < 4) return undefined;
      new DataView(input.buffer).setUint16(2, input.length);
      return decoder(input, 0);
    }
    const [zeros, ones] = [0, 0xff].map((filler) => {
      const [bytes, end] = [surrounded(input, filler), MARGIN + input.length];
      if (kind === "range") return decoder(bytes, MARGIN, end);
      const into = new Into();
      return decoder(bytes, MARGIN, end, into) === true ? into : undefined;
    });
    assert.ok(isDeepStrictEqual(zeros, ones), "it has read what is outside");
    return zeros;
  };
}

const BOUNDARIES = [0, 1, 2, 3, 4, 8, 0x7f, 0x80, 0xfe, 0xff] as const;

function randomBytes(random: SeededRandom, length: number): Uint8Array {
  const out = new Uint8Array(length);
  random.fill(out);
  return out;
}

/** A sample with one to four faults, or now and then nothing but chance. */
function mutated(sample: Uint8Array, random: SeededRandom): Uint8Array {
  if (random.chance(0.1)) return randomBytes(random, random.below(64));
  let bytes = Uint8Array.from(sample);
  for (let faults = 1 + random.below(4); faults > 0; faults--) {
    const at = random.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + random.below(16));
    switch (random.below(6)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...randomBytes(random, random.below(16)), ...bytes.subarray(at)]);
        break;
      case 2:
        bytes = Uint8Array.from([...bytes.subarray(0, to), ...bytes.subarray(at)]);
        break;
      case 3:
        if (at < bytes.length) bytes[at] = BOUNDARIES[random.below(BOUNDARIES.length)] ?? 0;
        break;
      case 4:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      default:
        random.fill(bytes, at, to);
    }
  }
  return bytes.subarray(0, LONGEST).slice();
}

/** A text has any UTF-16 in it, also halves of pairs. */
const mutatedText = (sample: string, random: SeededRandom): string => {
  const bytes = mutated(Buffer.from(sample, "latin1"), random);
  const wide = random.chance(0.2);
  return Array.from(bytes, (byte) => String.fromCharCode(wide && random.chance(0.1) ? random.below(0x1_0000) : byte)).join("");
};

/** The samples as they are and cut short everywhere, then with faults. */
function* inputs({ kind, samples }: DecoderRow, random: SeededRandom): Generator<Uint8Array | string> {
  const whole = samples.map((sample) => (kind === "text" ? sample : Uint8Array.from(Buffer.from(sample, "hex"))));
  for (const sample of whole) {
    yield sample;
    for (let length = 0; length < sample.length; length++) yield sample.slice(0, length);
  }
  for (let round = 0; round < ROUNDS; round++) {
    const sample = whole[random.below(whole.length)] ?? "";
    yield typeof sample === "string" ? mutatedText(sample, random) : mutated(sample, random);
  }
}

const shown = (input: Uint8Array | string): string =>
  typeof input === "string" ? JSON.stringify(input) : Buffer.from(input).toString("hex");

test("every decoder has a row in the table of the fuzz test, and every row a decoder", () => {
  assert.deepEqual([...DECODED.keys()].sort(), Object.keys(DECODERS).sort());
});

const seed = testSeed();
for (const [name, row] of Object.entries(DECODERS)) {
  test(`${name} takes its samples and any rubbish`, async () => {
    const Into = (row.into === undefined ? Object : await load(...row.into)) as unknown as new () => object;
    const decode = caller(await load(DECODED.get(name) ?? "", name), row, Into);
    const startedAt = performance.now();
    for (const input of inputs(row, new SeededRandom(seed).stream(name))) {
      const before = performance.now();
      try {
        decode(typeof input === "string" ? input : input.slice());
      } catch (error) {
        assert.fail(`${name} threw for ${shown(input)}: ${error}\nVISAVIS_SEED=${seed} shows it again`);
      }
      const now = performance.now();
      assert.ok(now - before < PATIENCE, `${name} took ${now - before} ms for ${shown(input)}; VISAVIS_SEED=${seed}`);
      if (now - startedAt > PATIENCE) break;
    }
    for (const sample of row.samples) {
      const result = decode(row.kind === "text" ? sample : Uint8Array.from(Buffer.from(sample, "hex")));
      assert.ok(result !== undefined && !(result instanceof Error), `${name} does not take its sample ${sample}: ${result}`);
    }
  });
}

/**
 * ML-KEM-768 in WebAssembly (FIPS 203 §6): the deterministic functions, whose chance the caller brings.
 *
 * The source is `packages/visavis/kernels/ml-kem/`, in AssemblyScript; `ml-kem-binary.ts` is what `npm run kernels` makes of it. In
 * JavaScript the first few dozen handshakes of a process cost twenty times as much, before a compiler has been through all of it.
 *
 * Timing: no branch and no address depends on a secret (the kernel's own files say where the standard makes things public); a
 * runtime that translates WebAssembly does not promise to keep that, though none is known to break it.
 */
import { fromBase64Url } from "../base64url.ts";
import { ML_KEM_BINARY } from "./ml-kem-binary.ts";

/** What stands where: the same as in `packages/visavis/kernels/ml-kem/layout.ts`. */
const SEED = 0x0400;
const SECRET = 0x0480;
const ENCAPSULATION_KEY = 0x0500;
const DECAPSULATION_KEY = 0x0a00;
const CIPHERTEXT = 0x1400;

const ENCAPSULATION_KEY_LENGTH = 1184;
const DECAPSULATION_KEY_LENGTH = 2400;
const CIPHERTEXT_LENGTH = 1088;
const SECRET_LENGTH = 32;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  generate(): void;
  encapsulate(): number;
  decapsulate(): void;
  wipe(): void;
}

/** The part of WebAssembly's interface that is used; it is the same in every runtime, but in no library of types without a DOM. */
interface WebAssemblyFace {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const { WebAssembly } = globalThis as { readonly WebAssembly?: WebAssemblyFace };

/** Whether this runtime has what it takes. Some are started without WebAssembly. */
export const HAS_ML_KEM_KERNEL: boolean = WebAssembly !== undefined;

let exported: Exports | undefined;

/** The kernel of this thread, made when it is first asked for. @throws TypeError when there is no WebAssembly */
function kernel(): Exports {
  if (exported === undefined) {
    if (WebAssembly === undefined) throw new TypeError("this runtime has no WebAssembly");
    exported = new WebAssembly.Instance(new WebAssembly.Module(fromBase64Url(ML_KEM_BINARY))).exports as Exports;
  }
  return exported;
}

/** ML-KEM.KeyGen_internal: both keys, from the seed (d, z) of 64 bytes. */
export function generateKeys(seed: Uint8Array): { readonly encapsulationKey: Uint8Array; readonly decapsulationKey: Uint8Array } {
  const run = kernel();
  const memory = new Uint8Array(run.memory.buffer);
  memory.set(seed, SEED);
  run.generate();
  const keys = {
    encapsulationKey: memory.slice(ENCAPSULATION_KEY, ENCAPSULATION_KEY + ENCAPSULATION_KEY_LENGTH),
    decapsulationKey: memory.slice(DECAPSULATION_KEY, DECAPSULATION_KEY + DECAPSULATION_KEY_LENGTH),
  };
  run.wipe();
  return keys;
}

/** ML-KEM.Encaps_internal, with 32 bytes of chance; undefined when the key, of the right length, is not well-formed (§7.2). */
export function encapsulate(
  encapsulationKey: Uint8Array,
  chance: Uint8Array,
): { readonly ciphertext: Uint8Array; readonly secret: Uint8Array } | undefined {
  const run = kernel();
  const memory = new Uint8Array(run.memory.buffer);
  memory.set(encapsulationKey, ENCAPSULATION_KEY);
  memory.set(chance, SEED);
  const made =
    run.encapsulate() === 0
      ? undefined
      : {
          ciphertext: memory.slice(CIPHERTEXT, CIPHERTEXT + CIPHERTEXT_LENGTH),
          secret: memory.slice(SECRET, SECRET + SECRET_LENGTH),
        };
  run.wipe();
  return made;
}

/** ML-KEM.Decaps_internal: the secret of a ciphertext of the right length; a random one when it is forged. */
export function decapsulate(decapsulationKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const run = kernel();
  const memory = new Uint8Array(run.memory.buffer);
  memory.set(decapsulationKey, DECAPSULATION_KEY);
  memory.set(ciphertext, CIPHERTEXT);
  run.decapsulate();
  const secret = memory.slice(SECRET, SECRET + SECRET_LENGTH);
  run.wipe();
  return secret;
}

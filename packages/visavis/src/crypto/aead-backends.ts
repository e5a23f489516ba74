/**
 * The ways in which packets can be encrypted, best first, and the choice between them.
 *
 * A way that cannot serve here (the runtime lacks what it needs, or not this cipher) passes on to the next. The last one
 * serves everything.
 */
import type { Aead, AeadName } from "./aead.ts";
import { createFfiAead } from "./ffi.ts";
import { NodeAead } from "./node-aead.ts";
import { createWasmAead } from "./wasm-aead.ts";

/**
 * The ways: contexts of libcrypto by `node:ffi`, where the runtime has it; WebAssembly kernels around the runtime's AES; a
 * cipher object of `node:crypto` for each packet.
 */
export type AeadBackendName = "ffi" | "wasm" | "node";

/** One way. */
export interface AeadBackend {
  readonly name: AeadBackendName;
  /** Imports a key, which is copied; undefined when this way cannot serve it. */
  create(name: AeadName, key: Uint8Array, iv: Uint8Array): Aead | undefined;
}

const ffi: AeadBackend = { name: "ffi", create: createFfiAead };
const wasm: AeadBackend = { name: "wasm", create: createWasmAead };
const node: AeadBackend = { name: "node", create: (name, key, iv) => new NodeAead(name, key, iv) };

/** Best first. */
const ALL: readonly AeadBackend[] = [ffi, wasm, node];

let allowed: readonly AeadBackend[] = ALL;

/** The ways that there are, best first. */
export const AEAD_BACKENDS: readonly AeadBackendName[] = ALL.map((backend) => backend.name);

/**
 * Limits the ways in which keys imported from now on, in this thread, are used. `node` is always among them.
 * `useAeadBackends(["node"])` leaves encryption to OpenSSL alone; `useAeadBackends(AEAD_BACKENDS)` is how it was.
 */
export function useAeadBackends(names: readonly AeadBackendName[]): void {
  allowed = ALL.filter((backend) => names.includes(backend.name));
}

/** Whether a way may be taken. */
export function isAeadBackendAllowed(name: AeadBackendName): boolean {
  return allowed.some((backend) => backend.name === name);
}

/** Imports a key. `key` and `iv` are copied. */
export function createAead(name: AeadName, key: Uint8Array, iv: Uint8Array): Aead {
  for (const backend of allowed) {
    const aead = backend.create(name, key, iv);
    if (aead !== undefined) return aead;
  }
  return new NodeAead(name, key, iv);
}

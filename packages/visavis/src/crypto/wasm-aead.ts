/**
 * The ways of {@link Aead} by WebAssembly kernels.
 */
import type { Aead, AeadName } from "./aead.ts";
import { WasmChaCha } from "./wasm-chacha.ts";
import { WasmGcm } from "./wasm-gcm.ts";

/** A key that the kernels may serve. */
export function createWasmAead(name: AeadName, key: Uint8Array, iv: Uint8Array): Aead {
  return name === "CHACHA20-POLY1305" ? new WasmChaCha(key, iv) : new WasmGcm(name, key, iv);
}

/**
 * Kernels in WebAssembly (AssemblyScript): what the runtime's crypto cannot do without an object per packet.
 *
 * `npm run kernels` translates them and embeds the result in `src/crypto/kernels/binary.ts`; a test holds that the two are the
 * same. They are called by `src/crypto/kernels/kernels.ts` alone.
 */
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
export { encryptBlock, expandKey } from "./aes";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
export { firstWord } from "./chacha20";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
export { openChaCha, sealChaCha } from "./chacha20-poly1305";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
export { open, seal, writeCounters } from "./gcm";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
export { prepareHash } from "./ghash";

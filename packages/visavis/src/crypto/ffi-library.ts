/**
 * Calls into the libraries that the running Node.js is made of (its libcrypto, the C library), where it has `node:ffi`
 * (Node 26.1 and later, experimental). Nothing is installed for it and nothing is loaded but what runs already.
 *
 * Undefined wherever it cannot be had: older Node, Bun, Deno, systems other than 64-bit little-endian Linux with glibc,
 * `--no-experimental-ffi`, `--permission` without `--allow-ffi`, a symbol that is missing.
 */

/** What a native function takes and gives, by the names of `node:ffi`. Pointers are passed as `bigint`. */
export type NativeType = "void" | "int32" | "uint32" | "int64" | "uint64" | "pointer";

/** A native function. */
// biome-ignore lint/suspicious/noConfusingVoidType: what a function that returns nothing returns
export type NativeFunction<Result extends number | bigint | void> = (...args: readonly (number | bigint)[]) => Result;

interface DynamicLibrary {
  getFunction(name: string, signature: { return: NativeType; arguments: readonly NativeType[] }): unknown;
  getSymbol(name: string): bigint;
}

/** As much of `node:ffi` as is used here. */
interface FfiModule {
  readonly DynamicLibrary: new (path: string | null) => DynamicLibrary;
  getRawPointer(source: ArrayBufferLike): bigint;
  getInt32(pointer: bigint): number;
}

/** As much of the global `process` as is used here. */
interface Runtime {
  readonly platform?: string;
  readonly arch?: string;
  readonly versions?: { readonly node?: string; readonly bun?: string; readonly deno?: string };
  readonly permission?: { has(scope: string): boolean };
  getBuiltinModule?(name: string): unknown;
}

/** Functions of the libraries that this process is made of, and where buffers are. */
export class NativeLibrary {
  readonly #ffi: FfiModule;
  readonly #library: DynamicLibrary;
  readonly #errnoLocation: NativeFunction<bigint>;

  /** @throws when this is not glibc, by whose headers structures are laid out */
  constructor(ffi: FfiModule) {
    this.#ffi = ffi;
    this.#library = new ffi.DynamicLibrary(null);
    this.#errnoLocation = this.pointer("__errno_location");
    this.#library.getSymbol("gnu_get_libc_version");
  }

  /** What the last call that failed left in `errno`. To be asked at once: the runtime's own calls change it too. */
  errno(): number {
    return this.#ffi.getInt32(this.#errnoLocation());
  }

  /** @throws when there is no such function */
  number(name: string, ...types: readonly NativeType[]): NativeFunction<number> {
    return this.#function<number>(name, "int32", types);
  }

  /** A function that returns a pointer. @throws when there is no such function */
  pointer(name: string, ...types: readonly NativeType[]): NativeFunction<bigint> {
    return this.#function<bigint>(name, "pointer", types);
  }

  /** A function that returns nothing. @throws when there is no such function */
  procedure(name: string, ...types: readonly NativeType[]): NativeFunction<void> {
    return this.#function<void>(name, "void", types);
  }

  /** Where the memory of a buffer is. It holds for as long as the buffer is referenced and not detached. */
  address(buffer: ArrayBufferLike): bigint {
    return this.#ffi.getRawPointer(buffer);
  }

  // biome-ignore lint/suspicious/noConfusingVoidType: what a function that returns nothing returns
  #function<Result extends number | bigint | void>(
    name: string,
    result: NativeType,
    types: readonly NativeType[],
  ): NativeFunction<Result> {
    return this.#library.getFunction(name, { return: result, arguments: types }) as NativeFunction<Result>;
  }
}

let library: NativeLibrary | undefined;
let isSought = false;

/** The one library of this thread; undefined where it cannot be had. Sought once, on the first call. */
export function nativeLibrary(): NativeLibrary | undefined {
  if (!isSought) {
    isSought = true;
    library = seek();
  }
  return library;
}

function seek(): NativeLibrary | undefined {
  // Asked once; no engine depends on the answer.
  const runtime: Runtime | undefined = globalThis.process;
  try {
    if (runtime === undefined || !isKnown(runtime)) return undefined;
    const ffi = loadSilently(runtime);
    return ffi && new NativeLibrary(ffi);
  } catch {
    return undefined;
  }
}

function isKnown(runtime: Runtime): boolean {
  const { platform, arch, versions } = runtime;
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64")) return false;
  if (versions?.bun !== undefined || versions?.deno !== undefined) return false;
  return runtime.permission === undefined || runtime.permission.has("ffi");
}

/**
 * Node warns once that `node:ffi` is experimental, by a call of `process.emitWarning` while the module loads. Who installed
 * this library did not choose the module, so for the time of that one synchronous load, in which no code of the user runs, the
 * call is passed over; every other warning passes, and the function is put back as it was.
 */
function loadSilently(runtime: Runtime): FfiModule | undefined {
  const original = Object.getOwnPropertyDescriptor(runtime, "emitWarning");
  const emitWarning: unknown = original?.value;
  if (original?.configurable !== true || typeof emitWarning !== "function") return undefined;
  const filter = (warning: unknown, ...rest: unknown[]): void => {
    if (rest[0] === "ExperimentalWarning" && typeof warning === "string" && warning.startsWith("FFI ")) return;
    Reflect.apply(emitWarning, runtime, [warning, ...rest]);
  };
  Object.defineProperty(runtime, "emitWarning", { ...original, value: filter });
  try {
    return runtime.getBuiltinModule?.("node:ffi") as FfiModule | undefined;
  } finally {
    Object.defineProperty(runtime, "emitWarning", original);
  }
}

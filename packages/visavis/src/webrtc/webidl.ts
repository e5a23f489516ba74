/**
 * Web IDL conversions as data: https://webidl.spec.whatwg.org/#js-type-mapping
 *
 * Primitive types come from webidl-conversions; here are the types made of others (dictionaries, enumerations, sequences,
 * unions, interfaces) and the argument count. A converter takes a JavaScript value and a `context`, the beginning of the
 * message of the TypeError it may throw.
 */
import conversions from "webidl-conversions";

/** Turns a JavaScript value into a value of a Web IDL type. @throws TypeError when there is no such value */
export type Converter<T> = (value: unknown, context: string) => T;

/** @throws TypeError when fewer than `required` arguments are present (https://webidl.spec.whatwg.org/#dfn-create-operation-function) */
export function requireArguments(present: number, required: number, context: string): void {
  if (present >= required) return;
  const noun = required === 1 ? "argument" : "arguments";
  throw new TypeError(`${context}: ${required} ${noun} required, but only ${present} present.`);
}

/** `boolean`. Never throws. */
export const boolean: Converter<boolean> = (value) => conversions.boolean(value);

/** `DOMString`. */
export const domString: Converter<string> = (value, context) => conversions.DOMString(value, { context });

/** `USVString`: lone surrogates become U+FFFD. */
export const usvString: Converter<string> = (value, context) => conversions.USVString(value, { context });

/** `unsigned short`, wrapping around. */
export const unsignedShort: Converter<number> = (value, context) => conversions["unsigned short"](value, { context });

/** `long`, wrapping around. */
export const long: Converter<number> = (value, context) => conversions.long(value, { context });

/** `unsigned long`, wrapping around. */
export const unsignedLong: Converter<number> = (value, context) => conversions["unsigned long"](value, { context });

/** `[Clamp] unsigned long`. */
export const unsignedLongClamped: Converter<number> = (value, context) =>
  conversions["unsigned long"](value, { context, clamp: true });

/** `octet`, wrapping around. */
export const octet: Converter<number> = (value, context) => conversions.octet(value, { context });

/** `double`: finite. */
export const double: Converter<number> = (value, context) => conversions.double(value, { context });

/** `[EnforceRange] octet`. */
export const octetInRange: Converter<number> = (value, context) => conversions.octet(value, { context, enforceRange: true });

/** `[EnforceRange] unsigned short`. */
export const unsignedShortInRange: Converter<number> = (value, context) =>
  conversions["unsigned short"](value, { context, enforceRange: true });

/** `[EnforceRange] unsigned long`. */
export const unsignedLongInRange: Converter<number> = (value, context) =>
  conversions["unsigned long"](value, { context, enforceRange: true });

/** `[EnforceRange] unsigned long long`. */
export const unsignedLongLongInRange: Converter<number> = (value, context) =>
  conversions["unsigned long long"](value, { context, enforceRange: true });

/** `object`. */
export const object: Converter<object> = (value, context) => {
  if (!isObject(value)) throw new TypeError(`${context} is not an object.`);
  return value;
};

/** A callback function: anything callable. */
export const callback: Converter<(...args: readonly unknown[]) => unknown> = (value, context) => {
  if (typeof value !== "function") throw new TypeError(`${context} is not a function.`);
  return value as (...args: readonly unknown[]) => unknown;
};

/** `T?`: null and undefined become null. */
export function nullable<T>(inner: Converter<T>): Converter<T | null> {
  return (value, context) => (value === null || value === undefined ? null : inner(value, context));
}

/** An enumeration. */
export function enumeration<T extends string>(name: string, values: readonly T[]): Converter<T> {
  const known: ReadonlySet<string> = new Set(values);
  return (value, context) => {
    const string = domString(value, context);
    if (!known.has(string)) throw new TypeError(`${context}: '${string}' is not a valid value of the enumeration ${name}.`);
    return string as T;
  };
}

/** An interface type: an object with its brand. */
export function interfaceType<T>(name: string, hasBrand: (value: unknown) => value is T): Converter<T> {
  return (value, context) => {
    if (!hasBrand(value)) throw new TypeError(`${context} is not of type '${name}'.`);
    return value;
  };
}

/** `sequence<T>`: any iterable object, copied. */
export function sequence<T>(inner: Converter<T>): Converter<T[]> {
  return (value, context) => {
    const method = isObject(value) ? iteratorMethod(value) : undefined;
    if (method === undefined) throw new TypeError(`${context} cannot be converted to a sequence.`);
    const result: T[] = [];
    const iterable = { [Symbol.iterator]: () => method.call(value) };
    for (const element of iterable) result.push(inner(element, `${context}, element ${result.length}`));
    return result;
  };
}

/** `(T or sequence<T>)` for a string type `T`. */
export function oneOrSequence(inner: Converter<string>): Converter<string | string[]> {
  const many = sequence(inner);
  return (value, context) =>
    isObject(value) && iteratorMethod(value) !== undefined ? many(value, context) : inner(value, context);
}

/** `any`. */
export const any: Converter<unknown> = (value) => value;

/** `(T or D)` for a dictionary `D` and a type `T` of no objects. */
export function valueOrDictionary<T, D>(inner: Converter<T>, dictionaryType: Converter<D>): Converter<T | D> {
  return (value, context) =>
    value === null || value === undefined || isObject(value) ? dictionaryType(value, context) : inner(value, context);
}

/** One member of a dictionary: its type, and either a default, or `required`, or neither. */
export interface Member<T> {
  readonly type: Converter<T>;
  readonly required?: boolean;
  /** Makes the default value. */
  readonly byDefault?: () => T;
}

/** The members of a dictionary `T` by name. */
export type Members<T> = { readonly [K in keyof T]-?: Member<Exclude<T[K], undefined>> };

/**
 * A dictionary (https://webidl.spec.whatwg.org/#js-dictionary). Members are read in lexicographical order, those of
 * `parent` first. Members that are absent and have no default are not set in the result.
 */
export function dictionary<T extends object>(name: string, members: Members<T>): Converter<T>;
export function dictionary<T extends P, P extends object>(
  name: string,
  members: Members<Omit<T, keyof P>>,
  parent: Converter<P>,
): Converter<T>;
export function dictionary(name: string, members: Members<object>, parent?: Converter<object>): Converter<object> {
  const rows = Object.entries(members as Readonly<Record<string, Member<unknown>>>).sort(([a], [b]) => (a < b ? -1 : 1));
  return (value, context) => {
    if (value !== undefined && value !== null && !isObject(value)) {
      throw new TypeError(`${context} cannot be converted to the dictionary ${name}.`);
    }
    const source = (value ?? {}) as Readonly<Record<string, unknown>>;
    // Not a literal with a spread: V8 gives every object that grows out of one a shape of its own.
    const result: Record<string, unknown> = {};
    Object.assign(result, parent?.(value, context));
    for (const [key, member] of rows) {
      const raw = source[key];
      if (raw !== undefined) result[key] = member.type(raw, `${context}: member '${key}' of ${name}`);
      else if (member.byDefault !== undefined) result[key] = member.byDefault();
      else if (member.required === true) throw new TypeError(`${context}: required member '${key}' of ${name} is undefined.`);
    }
    return result;
  };
}

/**
 * Runs the steps of an operation that returns a promise: what they throw becomes a rejection
 * (https://webidl.spec.whatwg.org/#dfn-create-operation-function).
 */
export function promising<T>(steps: () => Promise<T>): Promise<T> {
  try {
    return steps();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Whether a value is an object in the sense of ECMAScript. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** The method that makes an object iterable. @throws TypeError when that is no function */
export function iteratorMethod(value: object): (() => Iterator<unknown>) | undefined {
  const method: unknown = (value as { readonly [Symbol.iterator]?: unknown })[Symbol.iterator];
  if (method === undefined || method === null) return undefined;
  if (typeof method !== "function") throw new TypeError("The value of Symbol.iterator is not a function.");
  return method as () => Iterator<unknown>;
}

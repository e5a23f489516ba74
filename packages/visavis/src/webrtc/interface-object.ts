/**
 * What Web IDL asks of an interface object and its prototype that a JavaScript class does not give by itself:
 * https://webidl.spec.whatwg.org/#interface-object
 */

/** What only this library can pass to the constructor of an interface that scripts cannot construct. */
export const CONSTRUCT: unique symbol = Symbol("construct");

/** @throws TypeError unless the first argument is {@link CONSTRUCT} */
export function forbidConstruction(token: unknown): void {
  if (token !== CONSTRUCT) throw new TypeError("Illegal constructor");
}

interface InterfaceObject {
  readonly prototype: object;
}

/** How an interface differs from its class. */
export interface InterfaceTraits {
  /** The number of required arguments, by name of the operation; `constructor` for the interface object itself. Default 0. */
  readonly lengths?: Readonly<Record<string, number>>;
}

/**
 * Gives a class the form of an interface: enumerable members, `Symbol.toStringTag`, and the `length` of functions that
 * take their arguments as a rest parameter in order to count them.
 */
export function defineInterface(interfaceObject: InterfaceObject, name: string, traits: InterfaceTraits = {}): void {
  const { prototype } = interfaceObject;
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (key !== "constructor") Object.defineProperty(prototype, key, { ...descriptor, enumerable: true });
  }
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(interfaceObject))) {
    if (typeof descriptor.value === "function") {
      Object.defineProperty(interfaceObject, key, { ...descriptor, enumerable: true });
    }
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  for (const [key, length] of Object.entries(traits.lengths ?? {})) {
    Object.defineProperty(functionOf(interfaceObject, key), "length", { value: length, configurable: true });
  }
}

function functionOf(interfaceObject: InterfaceObject, key: string): object {
  if (key === "constructor") return interfaceObject;
  const holder = Object.hasOwn(interfaceObject, key) ? interfaceObject : interfaceObject.prototype;
  return (holder as Readonly<Record<string, object>>)[key] ?? interfaceObject;
}

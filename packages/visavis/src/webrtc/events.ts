/**
 * Events as the DOM and HTML standards have them: event handler attributes (`onopen` and its like), typed listeners, and
 * firing. https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-attributes
 */
import { boolean, type Converter, dictionary, isObject } from "./webidl.ts";

/** The value of an event handler attribute. */
export type EventHandler<E extends Event = Event> = ((event: E) => unknown) | null;

/** How a listener is added. */
export interface ListenerOptions {
  readonly capture?: boolean;
  readonly once?: boolean;
  readonly passive?: boolean;
  readonly signal?: AbortSignal;
}

/** A listener of any event. */
export type Listener<E extends Event = Event> = ((event: E) => unknown) | { handleEvent(event: E): unknown };

/** An EventTarget whose events are known by name; `Events` maps each name to its interface. */
export interface TypedEventTarget<Events> extends EventTarget {
  /** Calls `listener` at every event of this type. */
  addEventListener<K extends keyof Events & string>(
    type: K,
    listener: (event: Events[K]) => unknown,
    options?: boolean | ListenerOptions,
  ): void;
  addEventListener(type: string, listener: Listener | null, options?: boolean | ListenerOptions): void;
  /** No longer calls `listener`. */
  removeEventListener<K extends keyof Events & string>(
    type: K,
    listener: (event: Events[K]) => unknown,
    options?: boolean | { readonly capture?: boolean },
  ): void;
  removeEventListener(type: string, listener: Listener | null, options?: boolean | { readonly capture?: boolean }): void;
}

/** An event handler that is set: a place in the order of listeners, and the value called there. */
interface Handler {
  value: object;
  readonly listener: (event: Event) => void;
}

const handlers = new WeakMap<EventTarget, Map<string, Handler>>();

/**
 * Defines the event handler attributes of an interface, one `on…` accessor for each event type.
 * @param hasBrand whether a value implements the interface; its accessors throw a TypeError on anything else
 */
export function defineEventHandlers<T extends EventTarget>(
  interfaceObject: { readonly prototype: T },
  hasBrand: (value: unknown) => value is T,
  types: readonly string[],
): void {
  for (const type of types) {
    const name = `on${type}`;
    const accessors = {
      get [name](): object | null {
        return handlers.get(branded(this))?.get(type)?.value ?? null;
      },
      set [name](value: unknown) {
        setHandler(branded(this), type, value);
      },
    };
    const descriptor = Object.getOwnPropertyDescriptor(accessors, name);
    if (descriptor !== undefined) Object.defineProperty(interfaceObject.prototype, name, descriptor);
  }

  function branded(value: unknown): T {
    if (!hasBrand(value)) throw new TypeError("Illegal invocation");
    return value;
  }
}

/**
 * Sets an event handler: null, or what is no object, takes it away together with its place among the listeners; a new
 * value takes the place of the old one.
 */
function setHandler(target: EventTarget, type: string, value: unknown): void {
  let own = handlers.get(target);
  const handler = own?.get(type);
  if (!isObject(value)) {
    if (handler === undefined) return;
    target.removeEventListener(type, handler.listener);
    own?.delete(type);
  } else if (handler !== undefined) {
    handler.value = value;
  } else {
    const made: Handler = { value, listener: (event) => callHandler(made, event) };
    if (own === undefined) {
      own = new Map();
      handlers.set(target, own);
    }
    own.set(type, made);
    target.addEventListener(type, made.listener);
  }
}

/** https://html.spec.whatwg.org/multipage/webappapis.html#the-event-handler-processing-algorithm */
function callHandler(handler: Handler, event: Event): void {
  // An object that cannot be called is kept as the value and does nothing (LegacyTreatNonObjectAsNull).
  if (typeof handler.value !== "function") return;
  const returned: unknown = Reflect.apply(handler.value, event.currentTarget, [event]);
  if (returned === false) event.preventDefault();
}

/** Fires an event named `type` that does not bubble and cannot be cancelled (https://dom.spec.whatwg.org/#concept-event-fire). */
export function fire(target: EventTarget, type: string): void {
  target.dispatchEvent(new Event(type));
}

/** The values that every event can be made with. */
export interface EventInitDict {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

/** The dictionary EventInit (https://dom.spec.whatwg.org/#dictdef-eventinit). */
export const EVENT_INIT: Converter<EventInitDict> = dictionary<EventInitDict>("EventInit", {
  bubbles: { type: boolean, byDefault: () => false },
  cancelable: { type: boolean, byDefault: () => false },
  composed: { type: boolean, byDefault: () => false },
});

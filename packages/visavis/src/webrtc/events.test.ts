import assert from "node:assert/strict";
import { test } from "node:test";
import { defineEventHandlers, EVENT_INIT, type EventHandler, fire } from "./events.ts";

class Target extends EventTarget {
  declare onping: EventHandler;
}
defineEventHandlers(Target, (value): value is Target => value instanceof Target, ["ping"]);

function recorder(): { readonly target: Target; readonly log: string[]; note(text: string): () => void } {
  const log: string[] = [];
  return { target: new Target(), log, note: (text) => () => void log.push(text) };
}

test("a handler keeps its place among the listeners when it is replaced", () => {
  const { target, log, note } = recorder();
  target.addEventListener("ping", note("first"));
  target.onping = note("old");
  target.addEventListener("ping", note("last"));
  target.onping = note("new");
  fire(target, "ping");
  assert.deepEqual(log, ["first", "new", "last"]);
});

test("a handler that was taken away comes back at the end", () => {
  const { target, log, note } = recorder();
  target.onping = note("handler");
  target.addEventListener("ping", note("listener"));
  target.onping = null;
  assert.equal(target.onping, null);
  fire(target, "ping");
  target.onping = note("again");
  fire(target, "ping");
  assert.deepEqual(log, ["listener", "listener", "again"]);
});

test("what is no object is null; an object that cannot be called is kept and does nothing", () => {
  const { target } = recorder();
  const set = (value: unknown): unknown => {
    Reflect.set(target, "onping", value);
    return target.onping;
  };
  for (const value of [undefined, 1, "text", true, Symbol("s")]) assert.equal(set(value), null);
  const odd = { handleEvent: () => assert.fail("called") };
  assert.equal(set(odd), odd);
  fire(target, "ping");
});

test("this is the target, and a returned false cancels", () => {
  const { target } = recorder();
  let self: unknown;
  target.onping = function (this: unknown) {
    self = this;
    return false;
  };
  const event = new Event("ping", { cancelable: true });
  target.dispatchEvent(event);
  assert.equal(self, target);
  assert.ok(event.defaultPrevented);
});

test("the accessors want the brand", () => {
  const { get, set } = Object.getOwnPropertyDescriptor(Target.prototype, "onping") ?? {};
  assert.equal(get?.name, "get onping");
  assert.throws(() => get?.call(new EventTarget()), TypeError);
  assert.throws(() => set?.call({}, null), TypeError);
});

test("EventInit has its defaults", () => {
  assert.deepEqual(EVENT_INIT(undefined, "x"), { bubbles: false, cancelable: false, composed: false });
});

/** The page's end of signalling: one WebSocket, opened again with growing pauses whenever it is lost. */
import { type ClientMessage, CloseCode, parseServerMessage, type ServerMessage, SIGNAL_PATH } from "@visavis/server/signalling";
import { backOff } from "./back-off.ts";

/** Where the connection to the server stands. */
export type SignallingState =
  | { readonly name: "connecting" }
  | { readonly name: "open" }
  /** Lost or refused; `retryAt` is on the clock of `performance.now()`. Without a code the server was not reached. */
  | { readonly name: "waiting"; readonly retryAt: number; readonly code: CloseCode | undefined };

/** What signalling tells. */
export interface SignallingObserver {
  changed(state: SignallingState): void;
  received(message: ServerMessage): void;
}

/** Who joins. */
export interface Joiner {
  readonly room: string;
  readonly key: string;
  readonly name: string;
}

/** Silence after which the server is asked whether it is there, and the time it has to answer, in milliseconds. */
const QUIET = 20_000;
const ANSWER = 8_000;

/** The connection to the server. */
export class Signalling {
  readonly #joiner: Joiner;
  readonly #observer: SignallingObserver;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #state: SignallingState = { name: "connecting" };

  constructor(joiner: Joiner, observer: SignallingObserver) {
    this.#joiner = joiner;
    this.#observer = observer;
    this.#connect();
  }

  get state(): SignallingState {
    return this.#state;
  }

  /** Sends when connected; else the message is dropped, because what it belongs to begins anew after a loss. */
  send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Does not wait for the next attempt. */
  retryNow(): void {
    if (this.#state.name === "waiting") this.#connect();
  }

  /** Leaves for good. */
  close(): void {
    this.#drop();
    clearTimeout(this.#retry);
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.#become({ name: "connecting" });
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${SIGNAL_PATH}`);
    this.#socket = socket;
    socket.onopen = () => this.send({ type: "join", ...this.#joiner });
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.#receive(data);
    };
    socket.onclose = ({ code }) => this.#lost(Object.values(CloseCode).find((known) => known === code));
  }

  #receive(text: string): void {
    this.#watch();
    const message = parseServerMessage(text);
    if (message === undefined) return;
    if (message.type === "welcome") {
      this.#attempt = 0;
      this.#become({ name: "open" });
    }
    this.#observer.received(message);
  }

  #lost(code: CloseCode | undefined): void {
    this.#drop();
    const pause = backOff(this.#attempt, Math.random());
    this.#attempt += 1;
    this.#retry = setTimeout(() => this.#connect(), pause);
    this.#become({ name: "waiting", retryAt: performance.now() + pause, code });
  }

  /** A server that vanished without a word closes nothing: it is asked when it has been quiet. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.send({ type: "ping" });
      this.#watchdog = setTimeout(() => this.#lost(undefined), ANSWER);
    }, QUIET);
  }

  #drop(): void {
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #become(state: SignallingState): void {
    this.#state = state;
    this.#observer.changed(state);
  }
}

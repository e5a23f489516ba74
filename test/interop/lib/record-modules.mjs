// Writes down every module that the process loads. Preload it with --import.
import { register } from "node:module";
import { MessageChannel } from "node:worker_threads";

const { port1, port2 } = new MessageChannel();
/** @type {Set<string>} */
const urls = new Set();
port1.on("message", (url) => urls.add(url));
port1.unref();

const hooks = `
let port;
export function initialize(data) { port = data.port; }
export async function load(url, context, next) { port.postMessage(url); return next(url, context); }
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, {
  parentURL: import.meta.url,
  data: { port: port2 },
  transferList: [port2],
});

/** The URLs of all modules loaded so far. */
export async function loadedModules() {
  // What the hooks have said by now is still on its way.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return [...urls];
}

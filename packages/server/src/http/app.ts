/** The HTTP side: the files of the page and nothing else, with headers that keep the page to itself. */
import { Hono } from "hono";
import { SIGNAL_PATH } from "../signalling/messages.ts";
import type { OriginPolicy } from "./origin.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import type { StaticFile } from "./static-files.ts";

/** The application over `files`. Requests are answered from memory. */
export function createApp(files: ReadonlyMap<string, StaticFile>, origins: OriginPolicy): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of SECURITY_HEADERS) context.header(name, value);
  });
  app.use(async (context, next) => {
    const host = context.req.header("host");
    if (origins.allowsHost(host)) return next();
    return context.text(`This server does not know the name "${host}". Start it with --allow-origin http://${host}\n`, 421);
  });
  app.get(SIGNAL_PATH, (context) => context.text("This address speaks WebSocket.\n", 426, { Upgrade: "websocket" }));
  app.on(["GET"], "*", (context) => {
    const file = files.get(context.req.path);
    if (file === undefined) return context.text("There is nothing at this address.\n", 404);
    const headers = { ETag: file.etag, "Cache-Control": file.caching };
    if (context.req.header("if-none-match") === file.etag) return context.body(null, 304, headers);
    return context.body(file.bytes, 200, { ...headers, "Content-Type": file.contentType });
  });
  app.all("*", (context) => context.text("Only GET and HEAD are answered here.\n", 405, { Allow: "GET, HEAD" }));
  return app;
}

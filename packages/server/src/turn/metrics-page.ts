/** The page that Prometheus reads, at a port of its own: `/metrics`, and `/health` for those who only ask whether it lives. */
import http from "node:http";

/** A running page. */
export interface MetricsPage {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves a page.
 * @throws (rejects) an `Error` with the system's `code`
 */
export async function serveMetrics(address: string, port: number, text: () => Promise<string>): Promise<MetricsPage> {
  const server = http.createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://metrics.invalid");
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    if (request.method !== "GET" && request.method !== "HEAD") answer(405, "text/plain; charset=utf-8", "GET only\n");
    else if (pathname === "/health") answer(200, "text/plain; charset=utf-8", "ok\n");
    else if (pathname !== "/metrics") answer(404, "text/plain; charset=utf-8", "There is /metrics, and /health.\n");
    else {
      text().then(
        (body) => answer(200, "text/plain; version=0.0.4; charset=utf-8", body),
        () => answer(503, "text/plain; charset=utf-8", "not now\n"),
      );
    }
  });
  server.maxConnections = 64;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.removeListener("error", reject);
      server.on("error", () => undefined);
      resolve();
    });
  });
  const bound = server.address();
  return {
    address,
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

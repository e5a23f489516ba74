/**
 * The files of the page. They are few and small, so all of them are read when the server starts; a request names one of them or gets 404.
 * Nothing of a request's path ever reaches the file system.
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";

/** A file as it is served. */
export interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly etag: string;
  /** Value of Cache-Control. */
  readonly caching: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

/** All files below `folder` by the path they are asked for, `/` for index.html. @throws (rejects) when the folder cannot be read */
export async function readStaticFiles(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  for (const entry of await fs.readdir(folder, { recursive: true, withFileTypes: true })) {
    const contentType = CONTENT_TYPES[path.extname(entry.name)];
    if (!entry.isFile() || contentType === undefined) continue;
    const absolute = path.join(entry.parentPath, entry.name);
    const urlPath = `/${path.relative(folder, absolute).split(path.sep).join("/")}`;
    const bytes = new Uint8Array(await fs.readFile(absolute));
    const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
    // Names below /assets/ carry a hash of their content; everything else is asked for again each time.
    const caching = urlPath.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    files.set(urlPath, { bytes, contentType, etag: `"${digest}"`, caching });
  }
  const index = files.get("/index.html");
  if (index !== undefined) files.set("/", index);
  return files;
}

// A throw-away authority and the certificate of a server by it: made by openssl, believed by whom it is given to.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { isIP } from "node:net";
import os from "node:os";
import path from "node:path";

/** @param {string[]} given */
const openssl = (...given) => execFileSync("openssl", given, { stdio: "pipe" });

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/**
 * @param {readonly string[]} names of the server: addresses and host names
 * @returns the files, which are gone after `remove`
 */
export function createAuthority(names) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "authority-"));
  const file = (/** @type {string} */ name) => path.join(folder, name);
  const subjects = names.map((name) => `${isIP(name) === 0 ? "DNS" : "IP"}:${name}`).join(",");
  openssl("req", "-x509", ...KEY, "-keyout", file("ca.key"), "-out", file("ca.pem"), "-days", "2", "-subj", "/CN=throw-away CA");
  openssl("req", ...KEY, "-keyout", file("server.key"), "-out", file("server.csr"), "-subj", "/CN=server");
  fs.writeFileSync(file("extensions"), `subjectAltName=${subjects}\nextendedKeyUsage=serverAuth\n`);
  const by = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-extfile", file("extensions")];
  openssl("x509", "-req", "-in", file("server.csr"), ...by, "-days", "2", "-out", file("server.pem"));
  return {
    ca: file("ca.pem"),
    certificate: file("server.pem"),
    key: file("server.key"),
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

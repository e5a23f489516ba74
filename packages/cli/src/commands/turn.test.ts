/** `visavis turn`: its flags, what is said about wrong ones, and that it starts and ends in order. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { COMMANDS } from "../commands.ts";
import { run } from "../run.ts";
import { parseTurnFlags } from "./turn-flags.ts";

async function call(args: readonly string[], environment: Record<string, string> = {}) {
  const interruption = new AbortController();
  let [out, err] = ["", ""];
  const io = {
    out: (text: string) => {
      out += text;
      // As soon as it is there, it is told to go.
      if (text.includes("Ctrl+C ends it")) interruption.abort();
    },
    err: (text: string) => {
      err += text;
    },
    interactive: false,
    interrupted: interruption.signal,
    environment,
  };
  const code = await run(["turn", ...args], io, COMMANDS, "1.2.3");
  return { code, out, err };
}

describe("visavis turn", () => {
  test("flags become a configuration, and win over the file", () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "visavis-turn-")), "turn.json");
    fs.writeFileSync(file, JSON.stringify({ realm: "file", port: 1000, userQuota: 3 }));
    const { config, verbose } = parseTurnFlags(
      [
        ...["--config", file, "--port", "2000", "--user", "alice:se:cret", "--relay", "10.0.0.5", "--external", "198.51.100.9"],
        ...["--relay-ports", "50000-50100", "--bitrate", "2.5M", "--metrics", "[::1]:9000", "--alternate", "tcp:192.0.2.1:3478"],
        ...[
          "--allow-peer",
          "10.0.0.0/8",
          "--allow-peer",
          "fd00::/8",
          "--no-tcp",
          "--discovery",
          "192.0.2.1,192.0.2.2",
          "--verbose",
        ],
      ],
      { VISAVIS_TURN_SECRET: "north" },
    );
    assert.equal(verbose, true);
    assert.deepEqual(config, {
      realm: "file",
      port: 2000,
      userQuota: 3,
      users: { alice: "se:cret" },
      secret: "north",
      tcp: false,
      relay: [{ address: "10.0.0.5", external: "198.51.100.9" }],
      relayPorts: { first: 50_000, last: 50_100 },
      allowPeers: ["10.0.0.0/8", "fd00::/8"],
      bitrate: 2_500_000,
      metrics: { address: "::1", port: 9000 },
      alternates: [{ protocol: "tcp", address: "192.0.2.1", port: 3478 }],
      discovery: { addresses: ["192.0.2.1", "192.0.2.2"], ports: [2000, 2001] },
    });
  });

  test("what is wrong is explained, with exit code 2", async () => {
    const cases: [string[], RegExp][] = [
      [["--user", "alice"], /NAME:PASSWORD/],
      [["--bitrate", "fast"], /500k or 2M/],
      [["--relay-ports", "9-"], /50000-60000/],
      [["--port", "70000"], /--port must be a whole number from 0 to 65535/],
      [["--prot", "70000"], /Did you mean --port\?/],
      [["--external", "192.0.2.1"], /needs that one too/],
      [["--relay", "::1", "--external", "192.0.2.1"], /no --relay of its family/],
      [["--listen", "here"], /listen\[0\] must be an IP address/],
      [["--allow-peer", "10.0.0.0/99"], /allowPeers\[0\] must be an address or a range/],
      [["--cert", "cert.pem"], /certificate and key go together/],
      [
        ["--cert", "/none/cert.pem", "--key", "/none/key.pem"],
        /certificate: the file \/none\/cert.pem cannot be read \(ENOENT\)/,
      ],
      [["--config", "/none/turn.json"], /cannot be read \(ENOENT\)/],
      [["--discovery", "192.0.2.1,192.0.2.1"], /two different addresses/],
      [["--redirect", "never"], /always, in-turn or draining/],
    ];
    for (const [args, words] of cases) {
      const { code, out, err } = await call(args);
      assert.equal(code, 2, args.join(" "));
      assert.equal(out, "");
      assert.match(err, words);
      assert.match(err, /Try: visavis turn --help/);
    }
  });

  test("an address that is not there: exit code 1", async () => {
    const { code, err } = await call(["--listen", "203.0.113.4"]);
    assert.equal(code, 1);
    assert.match(err, /cannot listen at 203\.0\.113\.4, port 3478, UDP: this machine has no such address/);
  });

  test("starts, prints what to paste, and ends in order", async () => {
    const { code, out, err } = await call(["--listen", "127.0.0.1", "--port", "0", "--metrics", "0"]);
    assert.equal(err, "");
    assert.equal(code, 0);
    assert.match(
      out,
      /urls: \["stun:127\.0\.0\.1:\d+","turn:127\.0\.0\.1:\d+\?transport=udp","turn:127\.0\.0\.1:\d+\?transport=tcp"\]/,
    );
    assert.match(out, /this user is for this run only/);
    assert.match(out, /Metrics: http:\/\/127\.0\.0\.1:\d+\/metrics/);
    const limited = await call(["--listen", "127.0.0.1", "--port", "0", "--secret", "north", "--no-tcp"]);
    assert.match(limited.out, /username: "\d+:example"/);
  });

  test("--help has examples", async () => {
    assert.match((await call(["--help"])).out, /Examples:\n {2}visavis turn\n/);
  });
});

// Janus, started for the test, and its plugins as the other side of a call: echo test and video room over its HTTP interface.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

/** Whether it is there. */
export const hasJanus = () => spawnSync("janus", ["--help"], { stdio: "ignore" }).error === undefined;

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

const transaction = () => Math.random().toString(36).slice(2);

/** Starts Janus with nothing but what the tests use. */
export async function startJanus() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "janus-"));
  const port = await freePort();
  const write = (name, text) => fs.writeFileSync(path.join(folder, `janus.${name}jcfg`), text);
  write(
    "",
    `general: { admin_secret = "none" debug_level = 4 debug_timestamps = true }
nat: { nice_debug = false ice_lite = false full_trickle = true ignore_mdns = false }
media: { rtp_port_range = "20000-40000" }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }
`,
  );
  write(
    "transport.http.",
    `general: { json = "compact" base_path = "/janus" http = true port = ${port} ip = "127.0.0.1" https = false }\n`,
  );
  write("plugin.echotest.", "general: {}\n");
  write("plugin.videoroom.", "general: {}\n");
  const child = spawn("janus", ["-F", folder, "--disable-colors"], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      log = (log + text).slice(-20_000);
    });
  }
  const url = `http://127.0.0.1:${port}/janus`;
  const post = async (where, body) => {
    const response = await fetch(`${url}${where}`, {
      method: "POST",
      body: JSON.stringify({ transaction: transaction(), ...body }),
    });
    const answer = await response.json();
    if (answer.janus === "error") throw new Error(`Janus: ${answer.error.reason}`);
    return answer;
  };
  const end = Date.now() + 10_000;
  for (;;) {
    const there = await fetch(`${url}/info`).then(
      (response) => response.ok,
      () => false,
    );
    if (there) break;
    if (Date.now() > end || child.exitCode !== null) throw new Error(`Janus did not start: ${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    post,
    log: () => log,
    end: async () => {
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), 3000);
      await once(child, "exit");
      clearTimeout(killer);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A handle of a plugin as a side of a call.
 * @param {Awaited<ReturnType<typeof startJanus>>} janus
 * @param {string} plugin
 * @param {(description: RTCSessionDescriptionInit) => object} bodyFor what the plugin is told with a description of ours
 */
export async function janusSide(janus, plugin, bodyFor) {
  const { data: session } = await janus.post("", { janus: "create" });
  const { data: handle } = await janus.post(`/${session.id}`, { janus: "attach", plugin });
  const at = `/${session.id}/${handle.id}`;
  const signals = [];
  const events = [];
  let taker;
  let polling = true;
  const poller = new AbortController();
  // Janus tells candidates before the description they belong to.
  const early = [];
  let isDescribed = false;
  const put = (signal) => {
    if (signal.description !== undefined) isDescribed = true;
    else if (!isDescribed) {
      early.push(signal);
      return;
    }
    give(signal);
    if (signal.description !== undefined) for (const each of early.splice(0)) give(each);
  };
  const give = (signal) => {
    if (taker === undefined) signals.push(signal);
    else taker(signal);
    taker = undefined;
  };
  const poll = async () => {
    while (polling) {
      const response = await fetch(`${janus.url}/${session.id}?maxev=5&rid=${Date.now()}`, { signal: poller.signal }).catch(
        () => undefined,
      );
      const answers = response?.ok ? await response.json().catch(() => undefined) : undefined;
      for (const event of Array.isArray(answers) ? answers : answers ? [answers] : []) {
        if (event.janus === "keepalive") continue;
        events.push(event);
        if (event.jsep) put({ description: event.jsep });
        if (event.janus === "trickle" && event.candidate && !event.candidate.completed) put({ candidate: event.candidate });
      }
      if (response === undefined && polling) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  void poll();
  const message = (body, jsep) => janus.post(at, { janus: "message", body, ...(jsep && { jsep }) });
  return {
    events,
    message,
    /** Waits for an event of the plugin that fits. @param {(data: any) => boolean} fits */
    event: async (fits, timeout = 10_000) => {
      const end = Date.now() + timeout;
      for (;;) {
        const found = events.find(({ plugindata }) => plugindata !== undefined && fits(plugindata.data));
        if (found) return found.plugindata.data;
        if (Date.now() > end) throw new Error(`no such event of ${plugin}: ${JSON.stringify(events).slice(0, 500)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    call: async (method, signal) => {
      if (method === "next") {
        return new Promise((resolve) => {
          if (signals.length > 0) resolve(signals.shift());
          else taker = resolve;
        });
      }
      const { description, candidate } = signal;
      if (description !== undefined) await message(bodyFor(description), description);
      else await janus.post(at, { janus: "trickle", candidate: candidate ?? { completed: true } });
      return undefined;
    },
    end: async () => {
      polling = false;
      await janus.post(`/${session.id}`, { janus: "destroy" }).catch(() => undefined);
      poller.abort();
    },
  };
}

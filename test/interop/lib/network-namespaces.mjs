// A small internet of network namespaces: a public network with a server on it, and two homes behind NATs of nftables.
//
//   a 10.1.0.2 -- 10.1.0.1 NAT 198.51.100.11 --+-- 198.51.100.1 server
//   z 10.2.0.2 -- 10.2.0.1 NAT 198.51.100.12 --+
import { spawnSync } from "node:child_process";

export const SERVER = "198.51.100.1";

/** Of the NATs, as the public network sees them. */
export const OUTSIDE = { a: "198.51.100.11", z: "198.51.100.12" };

/**
 * What stands before a home. `preserving`: a mapping keeps its port whoever it is for, so it is the same for all (endpoint-independent), and
 * lets in whom it has sent to. `random`: another port for each peer, which is a symmetric NAT. `tcp-only`: as `preserving`, and no UDP passes.
 * @typedef {"preserving" | "random" | "tcp-only"} NatKind
 */

/** What the NAT does with what it knows nothing of: as at home, it is dropped before it leaves a trace. */
const rules = (/** @type {NatKind} */ kind) => `
table ip home {
  chain input { type filter hook input priority 0; iifname "wan" ct state new drop; }
  chain forward {
    type filter hook forward priority 0;
    iifname "wan" ct state new drop;
    ${kind === "tcp-only" ? "meta l4proto udp drop;" : ""}
  }
  chain postrouting { type nat hook postrouting priority 100; oifname "wan" masquerade ${kind === "random" ? "fully-random" : ""}; }
}`;

/** @param {string} command @param {readonly string[]} given @param {string} [input] */
function run(command, given, input) {
  const { error, status, stderr } = spawnSync(command, given, { input, encoding: "utf8" });
  if (error !== undefined || status !== 0) throw new Error(`${command} ${given.join(" ")}: ${error?.message ?? stderr.trim()}`);
}

/** Why there can be none on this machine, in one line; false when there can. */
export function whyNoNamespaces() {
  for (const [command, packageName] of /** @type {const} */ ([
    ["ip", "iproute2"],
    ["nft", "nftables"],
  ])) {
    if (spawnSync(command, ["-V"]).error !== undefined) return `${command} is missing: apt-get install ${packageName}`;
  }
  const name = `probe-${process.pid}`;
  try {
    run("ip", ["netns", "add", name]);
  } catch (error) {
    return `network namespaces are not allowed here: ${error instanceof Error ? error.message : error}`;
  }
  try {
    run("ip", ["-n", name, "link", "add", "wan", "type", "veth", "peer", "name", "lan"]);
    run("ip", ["netns", "exec", name, "nft", "-f", "-"], rules("random"));
    return false;
  } catch (error) {
    return `NATs in network namespaces are not allowed here: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
  } finally {
    run("ip", ["netns", "del", name]);
  }
}

let made = 0;

/** @param {{ a: NatKind, z: NatKind }} kinds of the NATs @returns commands' prefixes, by where they run */
export function createNetwork(kinds) {
  const prefix = `v${process.pid}-${++made}`;
  const net = `${prefix}-net`;
  const homes = /** @type {const} */ (["a", "z"]).map((side, index) => ({
    side,
    inside: `${prefix}-${side}`,
    nat: `${prefix}-nat-${side}`,
    network: `10.${index + 1}.0`,
    kind: kinds[side],
  }));
  const names = [net, ...homes.flatMap(({ inside, nat }) => [inside, nat])];
  const remove = () => {
    for (const name of names) spawnSync("ip", ["netns", "del", name]);
  };
  const configure = (/** @type {string} */ name, /** @type {readonly string[]} */ lines) =>
    run("ip", ["-n", name, "-batch", "-"], `${lines.join("\n")}\n`);
  const exec = (/** @type {string} */ name) => ["ip", "netns", "exec", name];
  try {
    for (const name of names) run("ip", ["netns", "add", name]);
    for (const name of names) run("ip", ["-n", name, "link", "set", "lo", "up"]);
    configure(net, [
      "link add name bridge type bridge",
      `address add ${SERVER}/24 dev bridge`,
      "link set bridge up",
      // All else vanishes, as behind a provider: coturn ends a session that has sent to where no route goes.
      "link add name rest type bridge",
      "link set rest arp off up",
      "route add default dev rest",
    ]);
    for (const { side, inside, nat, network, kind } of homes) {
      configure(net, [`link add name to-${side} type veth peer name wan netns ${nat}`, `link set to-${side} master bridge up`]);
      configure(nat, [
        `link add name lan type veth peer name eth0 netns ${inside}`,
        `address add ${network}.1/24 dev lan`,
        `address add ${OUTSIDE[side]}/24 dev wan`,
        "link set lan up",
        "link set wan up",
      ]);
      configure(inside, [`address add ${network}.2/24 dev eth0`, "link set eth0 up", `route add default via ${network}.1`]);
      run("ip", [...exec(nat).slice(1), "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
      run("ip", [...exec(nat).slice(1), "nft", "-f", "-"], rules(kind));
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { a: exec(homes[0].inside), z: exec(homes[1].inside), server: exec(net), remove };
}

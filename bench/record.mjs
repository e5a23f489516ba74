// Keeps bench/RESULTS.md: one section for each scenario and version of Node; the others stay as they are.
import fs from "node:fs";
import os from "node:os";

/** @param {string} node version */
function machine(node) {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${cpus.length} × ${cpus[0]?.model ?? "unknown processor"}, ${memory} GiB, ${os.type()} ${os.release()}, Node ${node}`;
}

/**
 * @param {URL} file
 * @param {{ scenario: string, title: string, node: string, command: string, lines: string[] }} section
 */
export function record(file, { scenario, title, node, command, lines }) {
  const heading = `## ${scenario}, Node ${node.split(".")[0]}`;
  const section = [heading, "", `${title}.`, "", `\`${command}\`, ${machine(node)}`, "", ...lines, ""].join("\n");
  const parts = fs.readFileSync(file, "utf8").split(/^(?=## )/m);
  const index = parts.findIndex((part) => part.startsWith(`${heading}\n`));
  if (index === -1) parts.push(section);
  else parts[index] = section;
  const text = parts.map((part) => `${part.trimEnd()}\n`).join("\n");
  fs.writeFileSync(file, text);
}

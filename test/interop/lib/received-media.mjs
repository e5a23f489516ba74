// What arrives in Node, kept and judged by a decoder that is not ours: ffmpeg.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onEncodedFrame } from "visavis/media";

/** Whether the decoder is there. */
export const hasFfmpeg = () => spawnSync("ffmpeg", ["-version"], { stdio: "ignore" }).status === 0;

const FOURCC = { "video/vp8": "VP80", "video/vp9": "VP90", "video/av1": "AV01" };

/** @param {{ data: Uint8Array }[]} frames @param {string} fourcc */
function ivf(frames, fourcc) {
  const header = Buffer.alloc(32);
  header.write("DKIF", 0);
  header.writeUInt16LE(32, 6);
  header.write(fourcc, 8);
  header.writeUInt16LE(640, 12);
  header.writeUInt16LE(480, 14);
  header.writeUInt32LE(30, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(frames.length, 24);
  const parts = [header];
  frames.forEach(({ data }, index) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(data.length, 0);
    head.writeUInt32LE(index, 4);
    parts.push(head, Buffer.from(data));
  });
  return Buffer.concat(parts);
}

/** The frames of a track, from the first key frame on. */
export class Recording {
  /** @type {import("visavis/media").EncodedFrame[]} */
  frames = [];
  /** @type {() => void} */
  #end;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    this.#end = onEncodedFrame(track, (frame) => {
      if (this.frames.length > 0 || frame.keyFrame) this.frames.push(frame);
    });
  }

  end() {
    this.#end();
  }

  /**
   * Decodes the pictures.
   * @returns how many frames went in, how many pictures came out, and what the decoder complained of
   */
  async decode() {
    // More may come meanwhile.
    const frames = [...this.frames];
    const type = (frames[0]?.mimeType ?? "").toLowerCase();
    const isH264 = type === "video/h264";
    const bytes = isH264 ? Buffer.concat(frames.map(({ data }) => data)) : ivf(frames, FOURCC[type] ?? "VP80");
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "received-"));
    const file = path.join(folder, isH264 ? "video.h264" : "video.ivf");
    fs.writeFileSync(file, bytes);
    const input = isH264 ? ["-f", "h264", "-i", file] : ["-i", file];
    const child = spawn("ffmpeg", [
      "-hide_banner",
      "-loglevel",
      "warning",
      "-threads",
      "1",
      "-err_detect",
      "explode",
      ...input,
      "-fps_mode",
      "passthrough",
      "-f",
      "framemd5",
      "-",
    ]);
    let out = "";
    let complaints = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      complaints += text;
    });
    await new Promise((resolve) => child.once("close", resolve));
    fs.rmSync(folder, { recursive: true, force: true });
    const pictures = out.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return {
      frames: frames.length,
      pictures: pictures.length,
      distinct: new Set(pictures.map((line) => line.split(",").at(-1))).size,
      complaints,
    };
  }
}

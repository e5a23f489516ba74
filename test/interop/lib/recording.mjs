// Frames that arrived, put into a file that ffmpeg reads, and decoded by it: it decides whether they are what they should be.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { IvfWriter, OggOpusWriter, onEncodedFrame } from "visavis/media";

/** Whether it is there. */
export const hasFfmpeg = () => spawnSync("ffmpeg", ["-version"], { stdio: "ignore" }).status === 0;

/** @typedef {import("visavis/media").EncodedFrame} EncodedFrame */

/** Keeps the frames of a track. @param {MediaStreamTrack} track */
export function record(track) {
  /** @type {EncodedFrame[]} */
  const frames = [];
  const stop = onEncodedFrame(track, (frame) => frames.push(frame));
  return { kind: track.kind, frames, stop };
}

/** @param {readonly EncodedFrame[]} frames all of one format */
function fileOf(frames) {
  const type = (frames[0].mimeType ?? "").toLowerCase();
  if (type === "audio/opus") {
    const writer = new OggOpusWriter();
    return { format: "ogg", parts: [...frames.map((frame) => writer.write(frame)), writer.end()] };
  }
  if (type === "audio/pcmu") return { format: "mulaw", parts: frames.map(({ data }) => data) };
  if (type === "video/h264") return { format: "h264", parts: frames.map(({ data }) => data) };
  const writer = new IvfWriter();
  return { format: "ivf", parts: frames.map((frame) => writer.write(frame)) };
}

/**
 * Has ffmpeg decode frames.
 * @param {readonly EncodedFrame[]} frames all of one format; video begins with a key frame
 * @returns how many came out, how many of them are unlike any other, and what it complained of
 */
export async function decode(frames) {
  const { format, parts } = fileOf(frames);
  const child = spawn("ffmpeg", [
    ...["-v", "warning", "-threads", "1", "-f", format, "-i", "pipe:0"],
    ...(frames[0].kind === "video" ? ["-fps_mode", "passthrough"] : []),
    ...["-f", "framecrc", "pipe:1"],
  ]);
  let out = "";
  let complaints = "";
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(Buffer.concat(parts));
  await once(child, "close");
  const lines = out.split("\n").filter((line) => /^\d/.test(line));
  return { decoded: lines.length, distinct: new Set(lines.map((line) => line.split(",").at(-1))).size, complaints };
}

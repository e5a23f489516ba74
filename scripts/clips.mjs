// Encodes the clips of the fake devices and embeds them: node scripts/clips.mjs (wants ffmpeg with libvpx, libx264, libaom and libopus)
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const target = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../packages/visavis/src/media/clips");

/** Two rectangles that circle over a plain ground, two seconds a turn. @param {number} w @param {number} h */
const scene = (w, h) =>
  [
    `color=c=0x203050:s=${w}x${h}:r=30:d=2[ground]`,
    `color=c=0xe0a030:s=${w / 4}x${h / 4}:r=30:d=2[large]`,
    `color=c=0x40c080:s=${w / 8}x${h / 8}:r=30:d=2[small]`,
    "[ground][large]overlay=x='(W-w)/2+(W-w)/2*cos(PI*t)':y='(H-h)/2+(H-h)/3*sin(PI*t)'[one]",
    "[one][small]overlay=x='(W-w)/2+(W-w)/2*sin(PI*t)':y='(H-h)/2+(H-h)/2*cos(2*PI*t)',format=yuv420p",
  ].join(";");

/** @param {number} w @param {number} h */
const picture = (w, h) => ["-filter_complex", scene(w, h), "-frames:v", "60", "-g", "600"];

/** Three temporal layers in the pattern 0 2 1 2: a frame of the last is no reference, one of the middle for the last alone. @param {number} w */
const layers = (w) => {
  const rates = [w * 40, w * 60, w * 80].map((rate) => Math.round(rate / 1000)).join(",");
  return `ts_number_layers=3:ts_target_bitrate=${rates}:ts_rate_decimator=4,2,1:ts_periodicity=4:ts_layer_id=0,2,1,2:ts_layering_mode=3`;
};

/** @param {number} w @param {number} h */
const vp8 = (w, h) => [
  ...picture(w, h),
  ...["-c:v", "libvpx", "-auto-alt-ref", "0", "-lag-in-frames", "0", "-deadline", "good", "-cpu-used", "0"],
  ...["-qmin", "35", "-qmax", "60", "-b:v", String(w * 80), "-error-resilient", "1", "-ts-parameters", layers(w)],
];

const small = picture(320, 240);
const h264 = ["-c:v", "libx264", "-profile:v", "baseline", "-bf", "0", "-refs", "1", "-crf", "36", "-preset", "veryslow"];
const vp9 = ["-c:v", "libvpx-vp9", "-lag-in-frames", "0", "-auto-alt-ref", "0", "-crf", "50", "-b:v", "0", "-cpu-used", "0"];
const av1 = ["-c:v", "libaom-av1", "-lag-in-frames", "0", "-crf", "55", "-usage", "realtime", "-cpu-used", "4"];
const tone = ["-f", "lavfi", "-i", "sine=f=440:d=1.2:r=48000", "-af", "volume=0.5", "-ac", "1"];
const opus = ["-c:a", "libopus", "-b:a", "16k", "-vbr", "off", "-frame_duration", "20", "-application", "audio"];

/** Each clip: its file, the name there, what it is, and how it is made. */
const clips = [
  { file: "vp8-640x480", name: "VP8_640X480", what: "VP8, 640 x 480", format: "ivf", args: vp8(640, 480) },
  { file: "vp8-320x240", name: "VP8_320X240", what: "VP8, 320 x 240", format: "ivf", args: vp8(320, 240) },
  { file: "vp8-160x120", name: "VP8_160X120", what: "VP8, 160 x 120", format: "ivf", args: vp8(160, 120) },
  { file: "vp9-320x240", name: "VP9_320X240", what: "VP9, 320 x 240", format: "ivf", args: [...small, ...vp9] },
  {
    file: "h264-320x240",
    name: "H264_320X240",
    what: "H.264 (constrained baseline, Annex B), 320 x 240",
    format: "h264",
    args: [...small, ...h264, "-x264-params", "scenecut=0:keyint=600:sliced-threads=0:slices=1:aud=1"],
  },
  { file: "av1-320x240", name: "AV1_320X240", what: "AV1, 320 x 240", format: "ivf", args: [...small, ...av1] },
  {
    file: "opus-tone",
    name: "OPUS_TONE",
    what: "Opus, a tone of 440 Hz, 20 ms a frame",
    format: "ogg",
    args: [...tone, ...opus],
  },
];

/** Frames of an IVF file. @param {Buffer} bytes */
function ivf(bytes) {
  const frames = [];
  for (let at = 32; at < bytes.length; at += 12 + bytes.readUInt32LE(at)) {
    frames.push(bytes.subarray(at + 12, at + 12 + bytes.readUInt32LE(at)));
  }
  return frames;
}

/** Access units of an Annex B stream, cut at its delimiters, which are left out as the encoder's own comment is. @param {Buffer} bytes */
function annexB(bytes) {
  const starts = [];
  for (let at = bytes.indexOf("\0\0\x01", 0, "latin1"); at >= 0; at = bytes.indexOf("\0\0\x01", at + 3, "latin1"))
    starts.push(at);
  /** @type {Buffer[][]} */
  const units = [];
  starts.forEach((start, i) => {
    let end = starts[i + 1] ?? bytes.length;
    while (bytes[end - 1] === 0) end--;
    const type = (bytes[start + 3] ?? 0) & 31;
    if (type === 9) units.push([]);
    else if (type !== 6) units.at(-1)?.push(Buffer.from([0, 0, 0, 1]), bytes.subarray(start + 3, end));
  });
  return units.map((unit) => Buffer.concat(unit));
}

/** Packets of an Ogg stream behind its two headers. @param {Buffer} bytes */
function ogg(bytes) {
  const packets = [];
  for (let at = 0; at < bytes.length; ) {
    const count = bytes[at + 26] ?? 0;
    const lacing = bytes.subarray(at + 27, at + 27 + count);
    at += 27 + count;
    let length = 0;
    for (const value of lacing) {
      length += value;
      if (value === 255) continue;
      packets.push(bytes.subarray(at, at + length));
      at += length;
      length = 0;
    }
  }
  return packets.slice(2);
}

/** The frames of a clip. @param {(typeof clips)[number]} clip @param {string} folder */
function encode({ file, format, args }, folder) {
  const out = path.join(folder, `${file}.${format}`);
  const common = ["-hide_banner", "-loglevel", "error", "-y", "-bitexact", "-threads", "1"];
  const { status } = spawnSync("ffmpeg", [...common, ...args, "-bitexact", "-threads", "1", out], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  const bytes = fs.readFileSync(out);
  if (format === "ivf") return ivf(bytes);
  // The tone's first frames are the encoder's warming up; a second of it is whole periods.
  return format === "h264" ? annexB(bytes) : ogg(bytes).slice(5, 55);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "clips-"));
let total = 0;
for (const clip of clips) {
  const frames = encode(clip, folder);
  const packed = frames.flatMap((frame) => [Buffer.from([frame.length >> 8, frame.length & 255]), frame]);
  const text = Buffer.concat(packed).toString("base64");
  total += text.length;
  console.log(`${clip.file}: ${frames.length} frames, ${text.length} characters`);
  const lines = [
    `/** ${clip.what}: made by \`node scripts/clips.mjs\`, frames with their lengths before them (16 bits), in base64. */`,
    `export const ${clip.name}: string =`,
    `  "${text}";`,
    "",
  ];
  fs.writeFileSync(path.join(target, `${clip.file}.ts`), lines.join("\n"));
}
fs.rmSync(folder, { recursive: true });
console.log(`${total} characters`);

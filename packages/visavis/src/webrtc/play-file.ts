/**
 * The frames of a file in real time, for the `writable` of a track.
 */
import type { Platform } from "../base/platform.ts";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import type { MediaFile } from "../media/files/media-file.ts";

/** How a file is played. */
export interface PlayOptions {
  /** Begin anew at the end; default false. */
  readonly repeat?: boolean;
}

/** What counts as having been held up, in milliseconds. */
const PATIENCE = 100;

/**
 * The frames of a file, each when it is due, with timestamps that follow the clock: when whoever takes them was not ready, they go on from
 * where they were. Each has the capture time of that moment.
 */
export function playFile(
  platform: Platform,
  file: MediaFile,
  { repeat = false }: PlayOptions = {},
): ReadableStream<EncodedFrame> {
  const { clock } = platform;
  const { frames, clockRate, duration } = file;
  const begin = clock.now();
  /** Milliseconds that it is behind the clock for good. */
  let held = 0;
  let index = 0;
  /** Units of the clock in the rounds before. */
  let before = 0;
  let cancel: (() => void) | undefined;
  return new ReadableStream<EncodedFrame>(
    {
      pull: (controller) => {
        if (index === frames.length && repeat && duration > 0) {
          index = 0;
          before += duration;
        }
        const frame = frames[index++];
        if (frame === undefined) {
          controller.close();
          return undefined;
        }
        const at = before + frame.timestamp;
        const due = begin + held + (at * 1000) / clockRate;
        const late = clock.now() - due;
        if (late > PATIENCE) held += late;
        return new Promise<void>((resolve) => {
          cancel = clock.schedule(late > PATIENCE ? clock.now() : due, () => {
            const timestamp = Math.round(at + (held * clockRate) / 1000) % 2 ** 32;
            controller.enqueue({ ...frame, timestamp, captureTime: clock.wallTime() });
            resolve();
          });
        });
      },
      cancel: () => cancel?.(),
    },
    { highWaterMark: 0 },
  );
}

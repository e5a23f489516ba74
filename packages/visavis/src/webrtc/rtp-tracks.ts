/**
 * Tracks and plain RTP: a track fed with packets that come from elsewhere, and the frames of a track as packets.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import type { Platform } from "../base/platform.ts";
import { randomU32 } from "../base/random.ts";
import { RtpInput, type RtpInputOptions } from "../media/rtp-input.ts";
import { RtpOutput, type RtpOutputOptions } from "../media/rtp-output.ts";
import { type EncodedFramesOptions, encodedFrames } from "./encoded-frames.ts";
import { createEncodedTrack, type EncodedTrack, type EncodedTrackInit } from "./encoded-tracks.ts";
import { type MediaStreamTrack, slotsOfTrack } from "./media-stream-track.ts";

/** How a track of RTP is made. `onKeyFrameRequest` is called as well when packets are missing. */
export interface RtpTrackInit extends RtpInputOptions, Omit<EncodedTrackInit, "kind" | "mimeType"> {}

/** A track, and the end to feed it with packets by. */
export interface RtpTrack {
  readonly track: MediaStreamTrack;
  /** Each chunk is a packet. There is no back-pressure: RTP does not wait. Closing ends the track. */
  readonly writable: WritableStream<Uint8Array>;
  /** Packets that were no RTP of the formats that were named, or could not be used: by what was wrong. */
  readonly drops: Readonly<Record<string, number>>;
  /** Takes a packet, whose bytes must not change any more. False when it is no RTP, or of a payload type that was not named. */
  write(packet: Uint8Array): boolean;
  /** Says that nothing comes for now, or something again: the track is muted meanwhile. */
  setMuted(isMuted: boolean): void;
  /** Ends the track. */
  end(): void;
}

/**
 * Makes a track of RTP packets.
 * @throws RangeError for a format that is not known, or of another kind
 */
export function rtpTrack(platform: Platform, init: RtpTrackInit): RtpTrack {
  return new PacketTrack(platform, init);
}

/** How a track becomes packets. */
export interface RtpPacketsOptions extends Omit<RtpOutputOptions, "ssrc">, EncodedFramesOptions {
  /** Made up when there is none. */
  readonly ssrc?: number;
}

/**
 * The frames of a track as RTP packets. Whole frames are lost where the reader is slow, as `encodedFrames` has it.
 * @throws RangeError for options that no packet can have
 */
export function rtpPackets(track: MediaStreamTrack, options: RtpPacketsOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { random } = slotsOfTrack(track).platform;
  const ssrc = options.ssrc ?? randomU32(random);
  const output = new RtpOutput({ sequenceNumber: randomU32(random) & 0x7fff, ...options, ssrc });
  const { mimeType } = options;
  const wish = options.wish ?? (mimeType === undefined ? {} : { mimeType });
  return encodedFrames(track, { ...options, wish }).pipeThrough(
    new TransformStream({
      transform: (frame, controller) => {
        for (const packet of output.packets(frame)) controller.enqueue(packet);
      },
    }),
  );
}

class PacketTrack implements RtpTrack {
  readonly writable: WritableStream<Uint8Array>;
  readonly #fed: EncodedTrack;
  readonly #input: RtpInput;
  readonly #platform: Platform;
  readonly #onKeyFrameRequest: EncodedTrackInit["onKeyFrameRequest"];
  #cancel: (() => void) | undefined = undefined;
  #armedFor: Instant = NEVER;

  // They may be taken out of the object.
  readonly write = (packet: Uint8Array): boolean => {
    const now = this.#platform.clock.now();
    const isTaken = this.#input.write(packet, now);
    if (isTaken) this.#run(now);
    return isTaken;
  };
  readonly setMuted = (isMuted: boolean): void => this.#fed.setMuted(isMuted);
  readonly end = (): void => {
    this.#disarm();
    this.#fed.end();
  };

  constructor(platform: Platform, init: RtpTrackInit) {
    this.#platform = platform;
    this.#input = new RtpInput(init);
    this.#onKeyFrameRequest = init.onKeyFrameRequest;
    const { onStop } = init;
    this.#fed = createEncodedTrack(platform, {
      ...init,
      onStop: () => {
        this.#disarm();
        onStop?.();
      },
    });
    this.writable = new WritableStream({
      write: (packet) => void this.write(packet),
      close: () => this.end(),
      abort: () => this.end(),
    });
  }

  get track(): MediaStreamTrack {
    return this.#fed.track;
  }

  get drops(): Readonly<Record<string, number>> {
    const { drops, malformed } = this.#input;
    return { ...drops.toJSON(), ...(malformed > 0 && { malformed }) };
  }

  #run(now: Instant): void {
    const input = this.#input;
    if (input.deadline() <= now) input.advance(now);
    for (let frame = input.takeFrame(now); frame !== undefined; frame = input.takeFrame(now)) this.#fed.write(frame);
    const listener = this.#onKeyFrameRequest;
    if (input.takeKeyFrameRequest() && listener !== undefined) this.#platform.clock.immediate(() => listener(undefined));
    this.#arm();
  }

  #arm(): void {
    const deadline = this.#input.deadline();
    if (deadline === this.#armedFor) return;
    this.#disarm();
    if (deadline === NEVER || this.track.readyState === "ended") return;
    const { clock } = this.#platform;
    this.#armedFor = deadline;
    this.#cancel = clock.schedule(deadline, () => {
      this.#cancel = undefined;
      this.#armedFor = NEVER;
      this.#run(clock.now());
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = NEVER;
  }
}

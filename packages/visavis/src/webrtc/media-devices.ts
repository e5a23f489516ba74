/**
 * MediaDevices, `navigator.mediaDevices` of a browser: https://w3c.github.io/mediacapture-main/#mediadevices
 *
 * The devices are fake ones, so that there is nothing to ask a user for and every device may be known.
 */
import type { Platform } from "../base/platform.ts";
import { randomU32 } from "../base/random.ts";
import { chooseDevice, type DeviceChoice, FAKE_DEVICES } from "../media/fake-devices.ts";
import type { TrackConstraints } from "../media/track-settings.ts";
import type { TrackKind } from "../media/track-source.ts";
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import { runSource } from "./media-clock.ts";
import {
  MEDIA_STREAM_CONSTRAINTS,
  type MediaStreamConstraints,
  type MediaTrackSupportedConstraints,
  supportedConstraints,
} from "./media-constraints.ts";
import { createDeviceInfo, type MediaDeviceInfo } from "./media-device-info.ts";
import { createStream, type MediaStream } from "./media-stream.ts";
import { createTrack, type MediaStreamTrack } from "./media-stream-track.ts";
import { OverconstrainedError } from "./overconstrained-error.ts";
import { isObject, promising } from "./webidl.ts";

/** The events of the devices. */
export interface MediaDevicesEventMap {
  devicechange: Event;
}

/** The devices that media can be captured from. */
export interface MediaDevices extends TypedEventTarget<MediaDevicesEventMap> {
  ondevicechange: EventHandler;
  enumerateDevices(): Promise<MediaDeviceInfo[]>;
  getSupportedConstraints(): MediaTrackSupportedConstraints;
  getUserMedia(constraints?: MediaStreamConstraints): Promise<MediaStream>;
}

/** The interface object of MediaDevices. */
export interface MediaDevicesConstructor {
  readonly prototype: MediaDevices;
  new (): MediaDevices;
}

let hasBrand: (value: object) => boolean;

/** The class MediaDevices. Scripts cannot construct it. */
export const MediaDevices: MediaDevicesConstructor = class MediaDevices extends EventTarget {
  readonly #platform: Platform;
  declare ondevicechange: EventHandler;

  static {
    hasBrand = (value) => #platform in value;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    super();
    this.#platform = args[1] as Platform;
  }

  // https://w3c.github.io/mediacapture-main/#dom-mediadevices-enumeratedevices
  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return promising(() => {
      const { clock } = this.#platform;
      return new Promise((resolve) => clock.immediate(() => resolve(FAKE_DEVICES.map(createDeviceInfo))));
    });
  }

  getSupportedConstraints(): MediaTrackSupportedConstraints {
    void this.#platform;
    return supportedConstraints();
  }

  // https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia
  getUserMedia(...args: [constraints?: MediaStreamConstraints]): Promise<MediaStream> {
    return promising(() => {
      const platform = this.#platform;
      const context = "Failed to execute 'getUserMedia' on 'MediaDevices'";
      // 1., 2. If no kind of media is asked for, reject with a TypeError.
      const constraints = MEDIA_STREAM_CONSTRAINTS(args[0], `${context}: parameter 1`);
      const kinds = (["audio", "video"] as const).filter((kind) => constraints[kind] !== false);
      if (kinds.length === 0) throw new TypeError(`${context}: at least one of audio and video must be asked for.`);
      return new Promise((resolve, reject) => {
        platform.clock.immediate(() => {
          const choices: DeviceChoice[] = [];
          for (const kind of kinds) {
            const choice = choose(kind, constraints[kind]);
            // 10.6. If nothing fits, reject with an OverconstrainedError.
            if ("failedConstraint" in choice) {
              reject(new OverconstrainedError(choice.failedConstraint, "No device meets the constraint."));
              return;
            }
            choices.push(choice);
          }
          const tracks = choices.map((choice) => openTrack(platform, choice, constraints[choice.device.kind]));
          resolve(createStream(platform, tracks));
        });
      });
    });
  }
};

function choose(kind: TrackKind, constraints: boolean | TrackConstraints): ReturnType<typeof chooseDevice> {
  const devices = FAKE_DEVICES.filter((device) => device.kind === kind);
  return chooseDevice(devices, typeof constraints === "boolean" ? {} : constraints);
}

function openTrack(platform: Platform, choice: DeviceChoice, wanted: boolean | TrackConstraints): MediaStreamTrack {
  const source = choice.device.open(choice.settings, randomU32(platform.random));
  runSource(platform, source);
  const constraints = typeof wanted === "boolean" ? {} : wanted;
  return createTrack({ platform, source, settings: choice.settings, constraints });
}

defineEventHandlers(MediaDevices, (value): value is MediaDevices => isObject(value) && hasBrand(value), ["devicechange"]);
defineInterface(MediaDevices, "MediaDevices");

const instances = new WeakMap<Platform, MediaDevices>();

/** The devices of a platform: the same object at every call. */
export function mediaDevicesOf(platform: Platform): MediaDevices {
  let devices = instances.get(platform);
  if (devices === undefined) {
    const Constructor = MediaDevices as unknown as new (token: symbol, platform: Platform) => MediaDevices;
    devices = new Constructor(CONSTRUCT, platform);
    instances.set(platform, devices);
  }
  return devices;
}

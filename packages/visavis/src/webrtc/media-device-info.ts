/**
 * MediaDeviceInfo and InputDeviceInfo: https://w3c.github.io/mediacapture-main/#device-info
 */
import type { CaptureDevice } from "../media/fake-devices.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import { copyConstraints, type MediaTrackCapabilities } from "./media-constraints.ts";
import { isObject } from "./webidl.ts";

/** What a device is for. */
export type MediaDeviceKind = "audioinput" | "audiooutput" | "videoinput";

/** A device. */
export interface MediaDeviceInfo {
  readonly deviceId: string;
  readonly groupId: string;
  readonly kind: MediaDeviceKind;
  readonly label: string;
  toJSON(): object;
}

/** The interface object of MediaDeviceInfo. */
export interface MediaDeviceInfoConstructor {
  readonly prototype: MediaDeviceInfo;
  new (): MediaDeviceInfo;
}

/** A device that media can be captured from. */
export interface InputDeviceInfo extends MediaDeviceInfo {
  getCapabilities(): MediaTrackCapabilities;
}

/** The interface object of InputDeviceInfo. */
export interface InputDeviceInfoConstructor {
  readonly prototype: InputDeviceInfo;
  new (): InputDeviceInfo;
}

let hasBrand: (value: object) => boolean;

class DeviceInfo {
  readonly #device: CaptureDevice;

  static {
    hasBrand = (value) => #device in value;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    this.#device = args[1] as CaptureDevice;
  }

  get deviceId(): string {
    return this.#device.deviceId;
  }

  get kind(): MediaDeviceKind {
    return this.#device.kind === "audio" ? "audioinput" : "videoinput";
  }

  get label(): string {
    return this.#device.label;
  }

  get groupId(): string {
    return this.#device.groupId;
  }

  toJSON(): object {
    const { deviceId, label, groupId } = this.#device;
    return { deviceId, kind: this.kind, label, groupId };
  }
}
Object.defineProperty(DeviceInfo, "name", { value: "MediaDeviceInfo" });

/** The class MediaDeviceInfo. Scripts cannot construct it. */
export const MediaDeviceInfo: MediaDeviceInfoConstructor = DeviceInfo;

const devices = new WeakMap<object, CaptureDevice>();

/** The class InputDeviceInfo. Scripts cannot construct it. */
export const InputDeviceInfo: InputDeviceInfoConstructor = class InputDeviceInfo extends DeviceInfo {
  constructor(...args: unknown[]) {
    super(...args);
    devices.set(this, args[1] as CaptureDevice);
  }

  // https://w3c.github.io/mediacapture-main/#dom-inputdeviceinfo-getcapabilities
  getCapabilities(): MediaTrackCapabilities {
    const device = devices.get(this);
    if (device === undefined) throw new TypeError("Illegal invocation");
    return copyConstraints(device.capabilities);
  }
};

defineInterface(MediaDeviceInfo, "MediaDeviceInfo");
defineInterface(InputDeviceInfo, "InputDeviceInfo");

/** Whether a value is a MediaDeviceInfo. */
export function isMediaDeviceInfo(value: unknown): value is MediaDeviceInfo {
  return isObject(value) && hasBrand(value);
}

/** Makes the object for a device. */
export function createDeviceInfo(device: CaptureDevice): InputDeviceInfo {
  return new (InputDeviceInfo as unknown as new (token: symbol, device: CaptureDevice) => InputDeviceInfo)(CONSTRUCT, device);
}

/**
 * DeviceChangeEvent: https://w3c.github.io/mediacapture-main/#devicechangeevent
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { isMediaDeviceInfo, type MediaDeviceInfo } from "./media-device-info.ts";
import { type Converter, dictionary, domString, interfaceType, requireArguments, sequence } from "./webidl.ts";

/** The values of a DeviceChangeEvent. */
export interface DeviceChangeEventInit extends EventInitDict {
  devices?: MediaDeviceInfo[];
}

/** Says that a device came or went. */
export interface DeviceChangeEvent extends Event {
  readonly devices: readonly MediaDeviceInfo[];
  readonly userInsertedDevices: readonly MediaDeviceInfo[];
}

/** The interface object of DeviceChangeEvent. */
export interface DeviceChangeEventConstructor {
  readonly prototype: DeviceChangeEvent;
  new (type: string, eventInitDict?: DeviceChangeEventInit): DeviceChangeEvent;
}

const INIT: Converter<Required<DeviceChangeEventInit>> = dictionary<Required<DeviceChangeEventInit>, EventInitDict>(
  "DeviceChangeEventInit",
  { devices: { type: sequence(interfaceType("MediaDeviceInfo", isMediaDeviceInfo)), byDefault: () => [] } },
  EVENT_INIT,
) as Converter<Required<DeviceChangeEventInit>>;

const NONE: readonly MediaDeviceInfo[] = Object.freeze([]);

/** The class DeviceChangeEvent. */
export const DeviceChangeEvent: DeviceChangeEventConstructor = class DeviceChangeEvent extends Event {
  readonly #devices: readonly MediaDeviceInfo[];

  constructor(...args: [type: string, eventInitDict?: DeviceChangeEventInit]) {
    const context = "Failed to construct 'DeviceChangeEvent'";
    requireArguments(args.length, 1, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#devices = Object.freeze(init.devices);
  }

  get devices(): readonly MediaDeviceInfo[] {
    return this.#devices;
  }

  get userInsertedDevices(): readonly MediaDeviceInfo[] {
    void this.#devices;
    return NONE;
  }
};

defineInterface(DeviceChangeEvent, "DeviceChangeEvent", { lengths: { constructor: 1 } });

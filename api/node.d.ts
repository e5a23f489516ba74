// The public API of "visavis/node". Written by `npm run api`; a test compares it with the build.

// Driver
export declare class Driver {
    #private;
    readonly drops: Drops<DriverDrop>;
    constructor(platform: Platform, engine: NetworkEngine<unknown>, owner: DriverOwner);
    now(): Instant;
    get openSockets(): number;
    wake(): void;
    stop(): void;
}

// DriverDrop
export type DriverDrop = "no-route" | "no-socket" | "stopped";

// DriverOwner
export interface DriverOwner {
    drain(now: Instant): void;
    failed(error: unknown): void;
}

// UdpMux
export interface UdpMux extends Platform {
    readonly drops: Drops<"no-connection">;
}

// UdpMuxOptions
export interface UdpMuxOptions {
    readonly port: number;
}

// canSpreadPorts
export declare function canSpreadPorts(version?: string, system?: string): boolean;

// createUdpMux
export declare function createUdpMux(platform: Platform, { port }: UdpMuxOptions): UdpMux;

// generateRsaKey
export declare function generateRsaKey(modulusLength: number, publicExponent: Uint8Array): Promise<PrivateKey>;

// nodePlatform
export declare function nodePlatform(): Platform;

// untilEvent
export declare function untilEvent<Event, T>(platform: Platform, engine: NetworkEngine<Event>, take: (event: Event) => T | undefined, signal?: AbortSignal): Promise<T>;

// useSegmentedSockets
export declare function useSegmentedSockets(on: boolean): void;

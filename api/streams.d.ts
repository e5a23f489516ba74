// The public API of "visavis/streams". Written by `npm run api`; a test compares it with the build.

// ChannelStreams
export interface ChannelStreams {
    readonly readable: ReadableStream<ReceivedChunk>;
    readonly writable: WritableStream<SentChunk>;
}

// ChannelStreamsOptions
export interface ChannelStreamsOptions {
    readonly readableHighWaterMark?: number;
    readonly writableHighWaterMark?: number;
    readonly preventClose?: boolean;
}

// ReceivedChunk
export type ReceivedChunk = string | Uint8Array<ArrayBuffer>;

// SentChunk
export type SentChunk = string | Blob | ArrayBuffer | ArrayBufferView;

// channelStreams
export declare function channelStreams(channel: RTCDataChannel, options?: ChannelStreamsOptions): ChannelStreams;

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

// IncomingMessage
export type IncomingMessage = {
    readonly kind: "string";
    readonly stream: ReadableStream<string>;
} | {
    readonly kind: "binary";
    readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
};

// MessagePiece
export type MessagePiece = string | ArrayBuffer | ArrayBufferView;

// MessagesOptions
export interface MessagesOptions {
    readonly highWaterMark?: number;
}

// ReceivedChunk
export type ReceivedChunk = string | Uint8Array<ArrayBuffer>;

// SendMessageOptions
export interface SendMessageOptions {
    readonly kind?: MessageKind;
    readonly highWaterMark?: number;
    readonly signal?: AbortSignal;
}

// SentChunk
export type SentChunk = string | Blob | ArrayBuffer | ArrayBufferView;

// channelStreams
export declare function channelStreams(channel: RTCDataChannel, options?: ChannelStreamsOptions): ChannelStreams;

// messages
export declare function messages(channel: RTCDataChannel, options?: MessagesOptions): AsyncIterableIterator<IncomingMessage>;

// sendMessage
export declare function sendMessage(channel: RTCDataChannel, source: AsyncIterable<MessagePiece> | Iterable<MessagePiece>, options?: SendMessageOptions): Promise<void>;

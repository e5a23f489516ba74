// The worker of transforms, the same in a browser and in Node (there by `transform-worker-node.mjs`): frames are encrypted from end to end
// with AES-GCM, but for the bytes that tell formats apart on the way.

/** Bytes of the initialisation vector, at the end of each frame. */
const VECTOR = 12;
/** Bytes that stay as they are: the header of VP8, and the first byte of Opus. */
const CLEAR = { key: 10, delta: 3, audio: 1 };

const { subtle } = globalThis.crypto;
let count = 0;

/** @param {{ type?: string, data: ArrayBuffer }} frame */
function clearOf({ type, data }) {
  return Math.min(data.byteLength, CLEAR[type] ?? CLEAR.audio);
}

async function encrypt(frame, key) {
  const bytes = new Uint8Array(frame.data);
  const clear = clearOf(frame);
  const vector = globalThis.crypto.getRandomValues(new Uint8Array(VECTOR));
  new DataView(vector.buffer).setUint32(0, ++count);
  const head = bytes.slice(0, clear);
  const sealed = await subtle.encrypt({ name: "AES-GCM", iv: vector, additionalData: head }, key, bytes.slice(clear));
  const whole = new Uint8Array(clear + sealed.byteLength + VECTOR);
  whole.set(head);
  whole.set(new Uint8Array(sealed), clear);
  whole.set(vector, clear + sealed.byteLength);
  frame.data = whole.buffer;
}

async function decrypt(frame, key) {
  const bytes = new Uint8Array(frame.data);
  const clear = clearOf(frame);
  const end = bytes.length - VECTOR;
  const head = bytes.slice(0, clear);
  const opened = await subtle.decrypt(
    { name: "AES-GCM", iv: bytes.slice(end), additionalData: head },
    key,
    bytes.slice(clear, end),
  );
  const whole = new Uint8Array(clear + opened.byteLength);
  whole.set(head);
  whole.set(new Uint8Array(opened), clear);
  frame.data = whole.buffer;
}

const OPERATIONS = { encrypt, decrypt };

globalThis.onrtctransform = async ({ transformer }) => {
  const { operation, secret, port } = transformer.options;
  const key = await subtle.importKey("raw", new Uint8Array(secret), "AES-GCM", false, ["encrypt", "decrypt"]);
  const counts = { done: 0, failed: 0 };
  port.onmessage = () => port.postMessage(counts);
  const transform = new TransformStream({
    async transform(frame, controller) {
      // What is not ours, or was changed on the way, goes no further.
      if (frame.data.byteLength === 0) return;
      try {
        await OPERATIONS[operation](frame, key);
      } catch {
        counts.failed++;
        return;
      }
      counts.done++;
      controller.enqueue(frame);
    },
  });
  await transformer.readable.pipeThrough(transform).pipeTo(transformer.writable);
};

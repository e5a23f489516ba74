/**
 * One offer, answer, connection, conversation and end, written down as it happens: which events come, which promise
 * reactions run between them, and what the attributes say then. It is run in a browser once, for the record beside it, and
 * in the test against visavis.
 *
 * @param {object} world
 * @param {typeof RTCPeerConnection} world.RTCPeerConnection
 * @param {typeof RTCPeerConnection} [world.Remote] the other side's
 * @param {() => Promise<void>} [world.pause] lets everything settle
 * @returns {Promise<Record<string, string[]>>} what happened at each object, in order
 */
export async function record({ RTCPeerConnection, Remote = RTCPeerConnection, pause }) {
  /** @type {Record<string, string[]>} */
  const log = {};
  const note = (object, text) => {
    log[object] ??= [];
    log[object].push(text);
  };

  /** Writes down an event of `target`, and a promise reaction queued in its handler. */
  const watch = (name, target, attributes, types) => {
    for (const type of types) {
      target.addEventListener(type, (event) => {
        let text = `event ${type}`;
        if (type === "icecandidate") {
          // How many addresses a machine has differs; so does whether an empty candidate ends them.
          if (event.candidate !== null) return;
          text += " null";
        }
        if (type === "message") text += ` ${typeof event.data === "string" ? event.data : event.data.byteLength}`;
        if (type === "error") text += ` ${event.error.name} ${event.error.errorDetail}`;
        for (const attribute of attributes) text += ` ${attribute}=${target[attribute]}`;
        note(name, text);
        void Promise.resolve().then(() => note(name, `reaction in ${type}`));
      });
    }
  };
  const connectionEvents = [
    ["negotiationneeded", ["signalingState"]],
    ["signalingstatechange", ["signalingState"]],
    ["icegatheringstatechange", ["iceGatheringState"]],
    ["icecandidate", ["iceGatheringState"]],
    ["iceconnectionstatechange", ["iceConnectionState"]],
    ["connectionstatechange", ["connectionState"]],
  ];
  const watchConnection = (name, connection) => {
    for (const [type, attributes] of connectionEvents) watch(name, connection, attributes, [type]);
  };
  const watchChannel = (name, channel) => {
    channel.binaryType = "arraybuffer";
    watch(name, channel, ["readyState"], ["open", "message", "closing", "close", "error"]);
    watch(name, channel, ["bufferedAmount"], ["bufferedamountlow"]);
  };
  const watchTransports = (name, { sctp }) => {
    watch(`${name}.sctp`, sctp, ["state"], ["statechange"]);
    watch(`${name}.dtls`, sctp.transport, ["state"], ["statechange", "error"]);
    watch(`${name}.ice`, sctp.transport.iceTransport, ["state"], ["statechange"]);
  };
  /** What the descriptions are. */
  const descriptions = (connection) =>
    ["currentLocal", "pendingLocal", "currentRemote", "pendingRemote"]
      .map((key) => connection[`${key}Description`]?.type ?? "-")
      .join(" ");
  /** Calls an operation and writes down what is so at once, and in the reaction of its promise. */
  const call = (name, connection, operation, ...args) => {
    const promise = connection[operation](...args);
    note(name, `called ${operation}: ${connection.signalingState}, ${descriptions(connection)}`);
    return promise.then((value) => {
      note(name, `reaction to ${operation}: ${connection.signalingState}, ${descriptions(connection)}`);
      return value;
    });
  };
  const happens = (target, type, condition = () => true) =>
    new Promise((resolve) => {
      const listener = (event) => {
        if (!condition(event)) return;
        target.removeEventListener(type, listener);
        resolve(event);
      };
      target.addEventListener(type, listener);
    });
  const settled = pause ?? (() => new Promise((resolve) => setTimeout(resolve, 300)));

  const a = new RTCPeerConnection();
  const b = new Remote();
  watchConnection("a", a);
  watchConnection("b", b);
  const announced = [];
  const bothAnnounced = new Promise((resolve) => {
    b.addEventListener("datachannel", ({ channel }) => {
      note("b", `event datachannel ${channel.label} readyState=${channel.readyState}`);
      void Promise.resolve().then(() => note("b", "reaction in datachannel"));
      watchChannel(`b.${channel.label}`, channel);
      announced.push(channel);
      if (announced.length === 2) resolve();
    });
  });

  // A first channel asks for negotiation, a second one does not ask again.
  const needed = happens(a, "negotiationneeded");
  const first = a.createDataChannel("first");
  watchChannel("a.first", first);
  const second = a.createDataChannel("second");
  watchChannel("a.second", second);
  note("a", "channels made");
  void Promise.resolve().then(() => note("a", "reaction after channels"));
  await needed;

  // Offer and answer, each with all its candidates.
  const offer = await call("a", a, "createOffer");
  const gatheredA = happens(a, "icecandidate", ({ candidate }) => candidate === null);
  await call("a", a, "setLocalDescription", offer);
  watchTransports("a", a);
  await gatheredA;
  await call("b", b, "setRemoteDescription", a.localDescription);
  watchTransports("b", b);
  const gatheredB = happens(b, "icecandidate", ({ candidate }) => candidate === null);
  await call("b", b, "setLocalDescription");
  await gatheredB;
  const open = [happens(first, "open"), happens(second, "open")];
  const setAnswer = call("a", a, "setRemoteDescription", b.localDescription);
  // A second operation waits its turn.
  const again = call("a", a, "createOffer");
  await Promise.all([setAnswer, again]);
  await Promise.all([...open, bothAnnounced]);
  await settled();

  // Messages: each is a task of its own.
  const firstAtB = announced.find(({ label }) => label === "first");
  const arrived = happens(firstAtB, "message", ({ data }) => data === "last");
  first.send("one");
  note("a.first", `sent, bufferedAmount=${first.bufferedAmount}`);
  first.send(new Uint8Array(1000));
  first.send("last");
  note("a.first", `sent, bufferedAmount=${first.bufferedAmount}`);
  void Promise.resolve().then(() => note("a.first", `reaction after send, bufferedAmount=${first.bufferedAmount}`));
  await arrived;
  await settled();
  note("a.first", `later bufferedAmount=${first.bufferedAmount}`);

  // One channel is closed by itself, the other goes with the connection.
  const closed = [happens(first, "close"), happens(firstAtB, "close")];
  first.close();
  note("a.first", `close() called, readyState=${first.readyState}`);
  await Promise.all(closed);
  await settled();
  const secondAtB = announced.find(({ label }) => label === "second");
  const gone = happens(secondAtB, "close");
  a.close();
  note(
    "a",
    `close() called: ${a.signalingState} ${a.iceConnectionState} ${a.connectionState} ${a.sctp?.state} ${a.sctp?.transport.state}`,
  );
  void Promise.resolve().then(() => note("a", "reaction after close"));
  await gone;
  await settled();
  b.close();
  note("b", `close() called: ${b.signalingState} ${b.iceConnectionState} ${b.connectionState}`);
  await settled();
  return log;
}

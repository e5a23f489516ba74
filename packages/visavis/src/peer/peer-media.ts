/**
 * The RTP of a peer connection: its senders and receivers on their transports, frames both ways. Made with the first answer
 * that has audio or video.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { type EncodedFrame, type ReleasedStreams, type RtpEvent, type RtpSession, roleOf } from "../transport/parts.ts";
import type { PeerEvent } from "./peer-events.ts";
import { type MediaFrame, ReceivedMedia } from "./received-media.ts";
import { isReceiving, receiveParametersOf, sendParametersOf } from "./rtp-parameters.ts";
import type { Transceiver } from "./transceiver.ts";
import type { TransportSet } from "./transport-set.ts";

/** Where a transceiver is at work. */
interface Place {
  rtp: RtpSession;
  /** What is on its way to another session. */
  released: ReleasedStreams | undefined;
  /** What sessions call it. */
  readonly id: string;
  /** Whether its track is silent. */
  isMuted: boolean;
}

/** The media of one peer connection. */
export class PeerMedia {
  readonly received: ReceivedMedia = new ReceivedMedia();
  readonly #transports: TransportSet;
  readonly #places = new Map<Transceiver, Place>();
  readonly #byId = new Map<string, Transceiver>();
  readonly #news: PeerEvent[] = [];

  constructor(transports: TransportSet) {
    this.#transports = transports;
  }

  /** Makes the RTP sessions do what was negotiated. @param transceivers all that there are */
  follow(transceivers: readonly Transceiver[], now: Instant): void {
    for (const transceiver of [...this.#places.keys()]) if (!transceivers.includes(transceiver)) this.#leave(transceiver, now);
    for (const transceiver of transceivers) this.update(transceiver, now);
  }

  /** Follows what changed of one transceiver: an answer, or what a script asks for. */
  update(transceiver: Transceiver, now: Instant): void {
    const live = this.#transports.live.find(({ key }) => key === transceiver.transport);
    const { negotiated } = transceiver;
    if (live === undefined || negotiated === undefined || transceiver.isStopping) {
      this.#leave(transceiver, now);
      return;
    }
    const { rtp } = live.transport;
    let place = this.#places.get(transceiver);
    if (place !== undefined) this.#move(place, rtp, now);
    else {
      place = { rtp, released: undefined, id: String(transceiver.key), isMuted: true };
      this.#places.set(transceiver, place);
      this.#byId.set(place.id, transceiver);
    }
    live.transport.chooseSrtp({ cryptex: negotiated.cryptex, encryptedExtensions: this.#encryptedExtensions(live.key) });
    rtp.setSender(place.id, sendParametersOf(transceiver), now);
    const receive = receiveParametersOf(transceiver);
    rtp.setReceiver(place.id, receive, now);
    this.received.follow(transceiver, receive?.codecs ?? []);
    if (!isReceiving(transceiver)) place.isMuted = true;
  }

  /** A session is about to end: what is negotiated goes on at another one. */
  evacuate(rtp: RtpSession, now: Instant): void {
    for (const [{ negotiated, isStopping }, place] of this.#places) {
      if (place.rtp === rtp && negotiated !== undefined && !isStopping) place.released ??= rtp.release(place.id, now);
    }
  }

  /** The header extensions that some section of a transport encrypts: their ids mean the same in all of them (RFC 9143 §9.1). */
  #encryptedExtensions(transport: Transceiver["transport"]): number[] {
    const extensions = [...this.#places.keys()].flatMap((each) =>
      each.transport === transport ? (each.negotiated?.receiveExtensions ?? []) : [],
    );
    return extensions.filter(({ encrypted }) => encrypted === true).map(({ id }) => id);
  }

  /** Whether frames of a transceiver can go out now. */
  isReady({ transport }: Transceiver): boolean {
    return this.#transports.live.some((live) => live.key === transport && live.transport.dtlsState === "connected");
  }

  /** Sends a frame of an encoding. Its bytes are not to change any more. @returns whether it is sent */
  sendFrame(transceiver: Transceiver, encodingIndex: number, frame: EncodedFrame, now: Instant): boolean {
    const place = this.#places.get(transceiver);
    return place !== undefined && this.isReady(transceiver) && place.rtp.sendFrame(place.id, encodingIndex, frame, now);
  }

  /** Frames of an encoding that wait to be sent. */
  waitingFrames(transceiver: Transceiver, encodingIndex: number): number {
    const place = this.#places.get(transceiver);
    return place?.rtp.waitingFrames(place.id, encodingIndex) ?? 0;
  }

  /** Asks the other side for a frame that needs no other. */
  requestKeyFrame(transceiver: Transceiver, rid: string | undefined): void {
    const place = this.#places.get(transceiver);
    place?.rtp.requestKeyFrame(place.id, rid);
  }

  /** Sends a tone (RFC 4733). @param duration in milliseconds @returns whether that can be */
  sendTone(transceiver: Transceiver, tone: string, duration: number, now: Instant): boolean {
    const place = this.#places.get(transceiver);
    return place !== undefined && this.isReady(transceiver) && place.rtp.insertDtmf(place.id, tone, duration, now);
  }

  /** The session that a transceiver is in. */
  sessionOf(transceiver: Transceiver): RtpSession | undefined {
    return this.#places.get(transceiver)?.rtp;
  }

  /** The transceiver that sessions call so. */
  byId(id: string): Transceiver | undefined {
    return this.#byId.get(id);
  }

  /** Takes what arrived out of the sessions. */
  collect(now: Instant): void {
    for (const { transport } of this.#transports.live) {
      if (!transport.hasRtp) continue;
      const { rtp } = transport;
      for (let packet = rtp.takePacket(); packet !== undefined; packet = rtp.takePacket()) {
        const transceiver = this.#byId.get(packet.id);
        if (transceiver === undefined || packet.codec === undefined || roleOf(packet.codec) !== "media") continue;
        if (this.received.insert(packet, transceiver, rtp, now)) this.#unmute(transceiver);
      }
    }
  }

  /** The next frame that is due. */
  takeFrame(now: Instant): MediaFrame | undefined {
    return this.received.takeFrame(now);
  }

  deadline(): Instant {
    return this.#places.size === 0 ? NEVER : this.received.deadline();
  }

  advance(now: Instant): void {
    this.received.advance(now);
  }

  /** Turns an event of a session into one for the owner; undefined when it is nothing to him. */
  note(event: RtpEvent, transport: number, now: Instant): PeerEvent | undefined {
    const transceiver = this.#byId.get(event.id);
    const rtp = this.#transports.live.find(({ key }) => key === transport)?.transport.rtp;
    if (transceiver === undefined || rtp === undefined) return undefined;
    switch (event.type) {
      case "key-frame-requested":
        return { type: "key-frame-requested", transceiver, encodingIndex: event.encodingIndex };
      case "target-bitrate":
        return { type: "target-bitrate", transceiver, encodingIndex: event.encodingIndex, bitrate: event.bitrate };
      case "sender-report":
        this.received.onSenderReport(event, rtp, now);
        return undefined;
      case "bye":
      case "timeout":
        return this.#mute(transceiver);
      case "dtmf":
        return { type: "tone-heard", transceiver, tone: event.tone, duration: event.duration };
      // What it comes to is told as a target of 0.
      case "circuit-break":
      case "stream":
        return undefined;
    }
  }

  /** Removes the oldest event that came of packets. */
  takeNews(): PeerEvent | undefined {
    return this.#news.shift();
  }

  /** All streams of ours say good-bye. */
  close(now: Instant): void {
    for (const transceiver of [...this.#places.keys()]) this.#leave(transceiver, now);
  }

  #move(place: Place, rtp: RtpSession, now: Instant): void {
    const before = place.rtp;
    const released = place.released ?? (before === rtp ? undefined : before.release(place.id, now));
    if (released === undefined) return;
    rtp.adopt(released, now);
    place.released = undefined;
    place.rtp = rtp;
    this.received.move(released, rtp);
  }

  #unmute(transceiver: Transceiver): void {
    const place = this.#places.get(transceiver);
    if (place === undefined || !place.isMuted) return;
    place.isMuted = false;
    this.#news.push({ type: "track-muted", transceiver, isMuted: false });
  }

  #mute(transceiver: Transceiver): PeerEvent | undefined {
    const place = this.#places.get(transceiver);
    if (place === undefined || place.isMuted) return undefined;
    place.isMuted = true;
    return { type: "track-muted", transceiver, isMuted: true };
  }

  #leave(transceiver: Transceiver, now: Instant): void {
    const place = this.#places.get(transceiver);
    if (place === undefined) return;
    this.#places.delete(transceiver);
    this.#byId.delete(place.id);
    place.rtp.setSender(place.id, undefined, now);
    place.rtp.setReceiver(place.id, undefined, now);
    this.received.forget(transceiver);
  }
}

/**
 * SRTP and SRTCP (RFC 3711) of one transport, both directions, in place.
 *
 * What a packet changes of the state it changes only once it was found genuine. Sources are told apart by their SSRC.
 */
import { u16, u32 } from "../base/bytes.ts";
import { Drops } from "../base/drops.ts";
import { AeadTransform } from "./aead-transform.ts";
import { CounterTransform } from "./counter-transform.ts";
import { CRYPTEX_CLEAR_LENGTH, CRYPTEX_OVERHEAD, isCryptex, markCryptex, unmarkCryptex } from "./cryptex.ts";
import { HeaderEncryption } from "./header-encryption.ts";
import { deriveKeys, type SrtpKey } from "./keys.ts";
import { parametersOf, type SrtpParameters, type SrtpProfile } from "./profile.ts";
import { checkReplayWindow, DEFAULT_REPLAY_WINDOW, ReplayWindow } from "./replay-window.ts";
import { csrcLengthOf, payloadStartOf } from "./rtp-shape.ts";
import { Source } from "./source.ts";
import { ENCRYPTED_FLAG, INDEX_LENGTH, RTCP_CLEAR_LENGTH, type Transform } from "./transform.ts";

/**
 * Why a packet was dropped: it is no RTP or RTCP packet, or shorter than it says; its tag is not right; it was there before; it is so
 * late that nobody knows whether it was; it is RTCP and not encrypted. Outgoing ones: it was protected before; the key has served all the
 * packets that it can; there are too many sources.
 */
export type SrtpDrop =
  | "malformed"
  | "forged"
  | "replayed"
  | "too-late"
  | "unencrypted"
  | "repeated"
  | "exhausted"
  | "source-limit";

/** What a session is made of. */
export interface SrtpSessionOptions {
  readonly profile: SrtpProfile;
  /** Protects what we send. */
  readonly localKey: SrtpKey;
  /** Protects what comes. */
  readonly remoteKey: SrtpKey;
  /** Whether both sides understand Cryptex (RFC 9335); what we send has it then, where it hides something. Default false. */
  readonly cryptex?: boolean;
  /** Identifiers of header extensions that are encrypted by themselves (RFC 6904); none by default. */
  readonly encryptedExtensions?: Iterable<number>;
  /** How many packets of a source the window against replays reaches back; a power of 2 from 64 to 32768, by default 1024. */
  readonly replayWindow?: number;
}

/** Sources that a direction remembers. Of those that come, the one longest unheard gives way; of those we send, none ever does. */
const MAX_SOURCES = 1024;

/** The last index of SRTCP (§3.4). */
const LAST_INDEX = 0x7fff_ffff;

/** Bytes that protecting may add to a packet, at most. */
export const MAX_OVERHEAD = 32;

/** What is known of one who sends RTCP. */
interface Controller {
  /** His newest index. */
  newest: number;
  /** When he was heard last. */
  heard: number;
  readonly window: ReplayWindow;
}

/** The keys and the state of both directions. */
export class SrtpSession {
  readonly profile: SrtpProfile;
  readonly drops: Drops<SrtpDrop> = new Drops();
  readonly #parameters: SrtpParameters;
  readonly #replayWindow: number;
  #cryptex: boolean;
  readonly #local: Transform;
  readonly #remote: Transform;
  #localHeaders: HeaderEncryption | undefined = undefined;
  #remoteHeaders: HeaderEncryption | undefined = undefined;
  readonly #localHeaderKeys: ConstructorParameters<typeof HeaderEncryption>[0];
  readonly #remoteHeaderKeys: ConstructorParameters<typeof HeaderEncryption>[0];
  readonly #sending = new Map<number, Source>();
  #lastSending: Source | undefined = undefined;
  readonly #receiving = new Map<number, Source>();
  #lastReceiving: Source | undefined = undefined;
  /** One for all our sources: it must not be used twice with an SSRC, and so is not. */
  #nextIndex = 0;
  readonly #controllers = new Map<number, Controller>();
  /** Ticks with every packet that was right. */
  #clock = 0;

  /** @throws RangeError when the window against replays has a size that it cannot have */
  constructor(options: SrtpSessionOptions) {
    const {
      profile,
      localKey,
      remoteKey,
      cryptex = false,
      encryptedExtensions = [],
      replayWindow = DEFAULT_REPLAY_WINDOW,
    } = options;
    checkReplayWindow(replayWindow);
    this.profile = profile;
    this.#parameters = parametersOf(profile);
    this.#replayWindow = replayWindow;
    this.#cryptex = cryptex;
    const local = deriveKeys(profile, localKey);
    const remote = deriveKeys(profile, remoteKey);
    this.#local = transformOf(this.#parameters, local);
    this.#remote = transformOf(this.#parameters, remote);
    this.#localHeaderKeys = local.header;
    this.#remoteHeaderKeys = remote.header;
    this.setEncryptedExtensions(encryptedExtensions);
  }

  /** Bytes that {@link protectRtp} adds, at most. */
  get rtpOverhead(): number {
    return this.#parameters.rtpTagLength + (this.#cryptex ? CRYPTEX_OVERHEAD : 0);
  }

  /** Bytes that {@link protectRtcp} adds. */
  get rtcpOverhead(): number {
    return this.#parameters.rtcpTagLength + INDEX_LENGTH;
  }

  /** Whether Cryptex is in use from now on, as a later negotiation says. */
  setCryptex(cryptex: boolean): void {
    this.#cryptex = cryptex;
  }

  /** Which header extensions are encrypted by themselves from now on, as a later negotiation says. */
  setEncryptedExtensions(ids: Iterable<number>): void {
    const set = new Set(ids);
    this.#localHeaders = set.size > 0 ? new HeaderEncryption(this.#localHeaderKeys, set) : undefined;
    this.#remoteHeaders = set.size > 0 ? new HeaderEncryption(this.#remoteHeaderKeys, set) : undefined;
  }

  /**
   * Protects the RTP packet `bytes[start, end)` where it stands; behind it there is room for {@link rtpOverhead} bytes more.
   * @param isRepeat the same packet, bit by bit, went out before, under the same number, and is to go out again. With any other
   *   content that would give an AEAD's keys away, so a second packet of a number is refused otherwise.
   * @returns the new end; -1 when it is dropped
   * @throws RangeError when there is not the room
   */
  protectRtp(bytes: Uint8Array, start: number, end: number, isRepeat: boolean = false): number {
    if (end + this.rtpOverhead > bytes.length) throw new RangeError("no room for the tag of an RTP packet");
    if (payloadStartOf(bytes, start, end) < 0) return this.#drop("malformed");
    const sequence = u16(bytes, start + 2);
    const ssrc = u32(bytes, start + 8);
    let source = this.#lastSending;
    let rollover = 0;
    if (source === undefined || source.ssrc !== ssrc) source = this.#sending.get(ssrc);
    if (source === undefined) {
      if (this.#sending.size >= MAX_SOURCES) return this.#drop("source-limit");
      source = new Source(ssrc, sequence, this.#local.createSource(ssrc), this.#replayWindow);
      this.#sending.set(ssrc, source);
    } else {
      const ahead = source.ahead(sequence);
      rollover = source.rolloverOf(ahead);
      if (rollover < 0) return this.#drop(ahead > 0 ? "exhausted" : "too-late");
      if (!isRepeat && source.window.isOld(ahead)) return this.#drop("too-late");
      if (!isRepeat && source.window.has(ahead)) return this.#drop("repeated");
      if (!isRepeat) source.accept(ahead, rollover);
    }
    this.#lastSending = source;

    const marked = this.#cryptex ? markCryptex(bytes, start, end) : -1;
    if (marked >= 0) {
      source.cipher.protect(bytes, start, start + CRYPTEX_CLEAR_LENGTH, marked, rollover, sequence, csrcLengthOf(bytes, start));
      return marked + this.#parameters.rtpTagLength;
    }
    this.#localHeaders?.apply(bytes, start, rollover, sequence);
    source.cipher.protect(bytes, start, payloadStartOf(bytes, start, end), end, rollover, sequence, 0);
    return end + this.#parameters.rtpTagLength;
  }

  /**
   * Checks the SRTP packet `bytes[start, end)` and decrypts it where it stands.
   * @returns the new end; -1 when it is dropped, and then it is as it was
   */
  unprotectRtp(bytes: Uint8Array, start: number, end: number): number {
    const packetEnd = end - this.#parameters.rtpTagLength;
    const payloadStart = payloadStartOf(bytes, start, packetEnd);
    if (payloadStart < 0) return this.#drop("malformed");
    const sequence = u16(bytes, start + 2);
    const ssrc = u32(bytes, start + 8);
    let source = this.#lastReceiving;
    if (source === undefined || source.ssrc !== ssrc) source = this.#receiving.get(ssrc);
    const ahead = source === undefined ? 0 : source.ahead(sequence);
    let rollover = 0;
    if (source !== undefined) {
      rollover = source.rolloverOf(ahead);
      if (rollover < 0 || source.window.isOld(ahead)) return this.#drop("too-late");
      if (source.window.has(ahead)) return this.#drop("replayed");
    }

    const hidden = this.#cryptex && isCryptex(bytes, start);
    const csrcLength = hidden ? csrcLengthOf(bytes, start) : 0;
    const clearEnd = hidden ? start + CRYPTEX_CLEAR_LENGTH : payloadStart;
    if (source !== undefined) {
      if (!source.cipher.unprotect(bytes, start, clearEnd, packetEnd, rollover, sequence, csrcLength))
        return this.#drop("forged");
      source.accept(ahead, rollover);
      source.heard = ++this.#clock;
      this.#lastReceiving = source;
    } else {
      const remote = this.#remote;
      if (!remote.unprotectStranger(ssrc, bytes, start, clearEnd, packetEnd, rollover, sequence, csrcLength)) {
        return this.#drop("forged");
      }
      this.#addReceiving(ssrc, sequence);
    }
    if (hidden) unmarkCryptex(bytes, start);
    else this.#remoteHeaders?.apply(bytes, start, rollover, sequence);
    return packetEnd;
  }

  /**
   * Protects the RTCP packet, or compound of packets, `bytes[start, end)` where it stands; behind it there is room for
   * {@link rtcpOverhead} bytes more.
   * @returns the new end; -1 when it is dropped
   * @throws RangeError when there is not the room
   */
  protectRtcp(bytes: Uint8Array, start: number, end: number): number {
    if (end + this.rtcpOverhead > bytes.length) throw new RangeError("no room for the tag of an RTCP packet");
    if (end - start < RTCP_CLEAR_LENGTH) return this.#drop("malformed");
    if (this.#nextIndex > LAST_INDEX) return this.#drop("exhausted");
    return this.#local.protectRtcp(bytes, start, end, u32(bytes, start + 4), this.#nextIndex++);
  }

  /**
   * Checks the SRTCP packet `bytes[start, end)` and decrypts it where it stands.
   * @returns the new end; -1 when it is dropped, and then it is as it was
   */
  unprotectRtcp(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < RTCP_CLEAR_LENGTH + this.rtcpOverhead || ((bytes[start] as number) & 0xc0) !== 0x80) {
      return this.#drop("malformed");
    }
    const { isAead, rtcpTagLength } = this.#parameters;
    const word = u32(bytes, isAead ? end - INDEX_LENGTH : end - rtcpTagLength - INDEX_LENGTH);
    // Every profile encrypts; what does not would only be forged.
    if (word < ENCRYPTED_FLAG) return this.#drop("unencrypted");
    const index = word - ENCRYPTED_FLAG;
    const ssrc = u32(bytes, start + 4);
    const controller = this.#controllers.get(ssrc);
    const ahead = controller === undefined ? 0 : index - controller.newest;
    if (controller?.window.isOld(ahead)) return this.#drop("too-late");
    if (controller?.window.has(ahead)) return this.#drop("replayed");
    const packetEnd = this.#remote.unprotectRtcp(bytes, start, end, ssrc, index);
    if (packetEnd < 0) return this.#drop("forged");
    const heard = ++this.#clock;
    if (controller === undefined) {
      makeRoom(this.#controllers);
      this.#controllers.set(ssrc, { newest: index, heard, window: new ReplayWindow(this.#replayWindow) });
      return packetEnd;
    }
    controller.window.add(ahead);
    controller.heard = heard;
    if (ahead > 0) controller.newest = index;
    return packetEnd;
  }

  /** Gives back what garbage collection does not, because the transport is over. */
  release(): void {
    for (const source of this.#sending.values()) source.cipher.release();
    for (const source of this.#receiving.values()) source.cipher.release();
  }

  #addReceiving(ssrc: number, sequence: number): void {
    makeRoom(this.#receiving)?.cipher.release();
    const source = new Source(ssrc, sequence, this.#remote.createSource(ssrc), this.#replayWindow);
    source.heard = ++this.#clock;
    this.#receiving.set(ssrc, source);
    this.#lastReceiving = source;
  }

  #drop(reason: SrtpDrop): -1 {
    this.drops.count(reason);
    return -1;
  }
}

function transformOf(parameters: SrtpParameters, keys: ReturnType<typeof deriveKeys>): Transform {
  if (parameters.isAead) return new AeadTransform(keys.rtp, keys.rtcp);
  return new CounterTransform(keys.rtp, keys.rtcp, parameters.rtpTagLength, parameters.rtcpTagLength);
}

/** Makes room for one more: the one longest unheard has to go, and is returned. */
function makeRoom<Value extends { readonly heard: number }>(table: Map<number, Value>): Value | undefined {
  if (table.size < MAX_SOURCES) return undefined;
  let oldest: [number, Value] | undefined;
  for (const entry of table) if (oldest === undefined || entry[1].heard < oldest[1].heard) oldest = entry;
  if (oldest !== undefined) table.delete(oldest[0]);
  return oldest?.[1];
}

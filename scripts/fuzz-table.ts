/**
 * Every decoder of the library, with bytes or a text that it takes: what the fuzz test starts from.
 * A new `decode…` or `parse…` function gets a row here.
 */

/** What a decoder is called with. */
export type DecoderKind =
  /** `(bytes, offset, end)` */
  | "range"
  /** `(bytes, offset, end, into)`: fills in an object, and says whether it could. */
  | "into"
  /** `(bytes, …more)`, all of the bytes. */
  | "whole"
  /** `(bytes, offset)`, and the length at offset + 2 is known to fit. */
  | "parameter"
  /** `(message, …more)`, a STUN message that was decoded from the bytes. */
  | "message"
  /** `(text)` */
  | "text";

/** One decoder. */
export interface DecoderRow {
  readonly kind: DecoderKind;
  /** Hexadecimal, or the text itself. */
  readonly samples: readonly string[];
  /** What it is called with besides. */
  readonly more?: readonly unknown[];
  /** The compiled file and the class of the object that is filled in. */
  readonly into?: readonly [file: string, name: string];
}

const range = (...samples: string[]): DecoderRow => ({ kind: "range", samples });
const into = (file: string, name: string, ...samples: string[]): DecoderRow => ({ kind: "into", samples, into: [file, name] });
const payload = (...samples: string[]): DecoderRow => into("rtp/payload/payload-info.js", "PayloadInfo", ...samples);
const text = (...samples: string[]): DecoderRow => ({ kind: "text", samples });
const whole = (samples: readonly string[], ...more: unknown[]): DecoderRow => ({ kind: "whole", samples, more });
const message = (samples: readonly string[], ...more: unknown[]): DecoderRow => ({ kind: "message", samples, more });

const hex = (value: string): string => Buffer.from(value, "utf8").toString("hex");
/** `length` counted bytes. */
const run = (length: number): string =>
  Array.from({ length }, (_, index) => (index & 0xff).toString(16).padStart(2, "0")).join("");

/** A STUN message with these attributes. */
const stun = (type: string, attributes: string): string =>
  `${type}${(attributes.length / 2).toString(16).padStart(4, "0")}2112a442${run(12)}${attributes}`;

const USERNAME = `00060009${hex("evtj:h6vY")}000000`;
const CHECK = stun("0001", `${USERNAME}002400046e0001ff80290008932ff9b151263b36`);
const CONTROLLING = stun("0001", `002400046e0001ff00250000802a0008932ff9b151263b36`);
const XOR_V4 = stun("0101", "002000080001a147e112a643");
const XOR_V6 = stun("0101", "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9");
const MAPPED_V4 = stun("0101", "0001000800011234c0000201");
const MAPPED_V6 = stun("0101", `00010014000212342001${run(14)}`);
const ALGORITHMS = stun("0113", "800200080002000000010000");
const ALGORITHM = stun("0001", "001d000400020000");
/** Every attribute of TURN at once: CHANNEL-NUMBER, two XOR-PEER-ADDRESSes, REQUESTED-TRANSPORT, families, EVEN-PORT, an address error. */
const TURN = stun(
  "0109",
  "000c000440010000001200080001a147e112a643001200080001a147e112a644001900041100000000170004010000008000000402000000001800018000000080010004" +
    "02000428",
);
/** CHANGE-REQUEST, RESPONSE-PORT, PADDING. */
const DISCOVERY = stun("0001", "000300040000000600270004123400000026000400000000");
const ERROR = stun("0111", `0009001000000414${hex("Unknown attr")}000a000400240025`);

const CERTIFICATE =
  "308201153081bda00302010202095730c2c42019e60175300a06082a8648ce3d0403023011310f300d06035504030c06576562525443301e170d3236" +
  "313131393132333435365a170d3236313232303132333435365a3011310f300d06035504030c065765625254433059301306072a8648ce3d02010608" +
  "2a8648ce3d03010703420004180167d1edfe10ce224f151806666e92d615620a581ef7d508baeb212a2ce5e648f93f759f390318bda0dc49e16d1b9f" +
  "274ebfef97a57645314eabb8861b2e2b300a06082a8648ce3d040302034700304402202061f11b4ce47cc8d2471d6621ad0ac7e7f08f8454aa69e2ad" +
  "01e0d19b0332e6022068ceed963b3632bd3fccf8c23e844085ce6242cae5fa931493795eeb83a19816";

const SESSION = [
  "v=0",
  "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP4 0.0.0.0",
  "a=candidate:1 1 udp 2130706431 10.0.0.1 59334 typ host",
  "a=ice-ufrag:VXqi",
  "a=ice-pwd:n4Tc6Y1l0yU8zVqD1kzzJ7yQ",
  "a=fingerprint:sha-256 47:6F:0C:38:D7:15:B4:77:D5:DA:B1:89:B5:99:64:F6:B4:48:71:80:BF:22:24:96:B3:B0:28:07:1C:DB:3F:D6",
  "a=setup:actpass",
  "a=mid:0",
  "a=sctp-port:5000",
  "a=max-message-size:262144",
  "",
].join("\r\n");

/** What a client hello of both versions asks for. */
const HELLO_EXTENSIONS = [
  "00170000",
  "ff01000100",
  "000b00020100",
  "000a00040002001d",
  "000d001600140403080405030603080708050806040105010601",
  "000e000700040007000800",
  "002b000504fefcfefd",
].join("");
const HELLO_LENGTH = (HELLO_EXTENSIONS.length / 2).toString(16).padStart(4, "0");

/** The rows, by the name of the function. */
export const DECODERS: Readonly<Record<string, DecoderRow>> = {
  // base
  decodeUtf8: whole([hex("aé€😀"), "eda080"]),
  decodeUtf8Strict: whole([hex("aé€😀")]),
  parseIpAddress: text("198.51.100.1", "2001:db8::45:7", "::ffff:192.0.2.1", "fe80::1%eth0"),
  // crypto
  parseCertificate: whole([CERTIFICATE]),
  // stun
  decodeMessage: range(CHECK, XOR_V6, ERROR),
  decodeText: message([CHECK], 0x0006),
  decodeU32: message([CHECK], 0x0024),
  decodeU64: message([CHECK], 0x8029),
  decodePlainAddress: message([MAPPED_V4, MAPPED_V6], 0x0001),
  decodeXorAddress: message([XOR_V4, XOR_V6], 0x0020),
  decodeErrorCode: message([ERROR]),
  decodeUnknownAttributes: message([ERROR]),
  decodeChangeRequest: message([DISCOVERY]),
  decodeResponsePort: message([DISCOVERY]),
  decodePasswordAlgorithms: message([ALGORITHMS]),
  decodePasswordAlgorithm: message([ALGORITHM]),
  // turn
  decodeSFrameHeader: range("9901234567", "ff0100000000000000ffffffffffffffff", "35"),
  decodeChannelData: range("4001000568656c6c6f000000", "4fff0000"),
  decodeChannelNumber: message([TURN]),
  decodeRequestedTransport: message([TURN]),
  decodeAddressFamily: message([TURN], 0x0017),
  decodeXorAddresses: message([TURN], 0x0012),
  decodeXorAddressAt: message([XOR_V4], { type: 0x0020, offset: 24, length: 8 }),
  decodeAddressError: message([TURN]),
  decodeEvenPort: message([TURN]),
  parseAddressRange: text("10.0.0.0/8", "2001:db8::/32", "192.0.2.1"),
  // ice
  decodeCheckRequest: message([CHECK, CONTROLLING], "controlled"),
  decodeMdnsQuery: whole(["0000000000010000000000000161056c6f63616c0000010001"]),
  decodeMdnsResponse: whole(["0000840000000001000000000b766973617669732d616263056c6f63616c00000180010000007800040a000002"]),
  parseCandidate: text(
    "candidate:1 1 udp 2130706431 10.0.0.1 59334 typ host ufrag VXqi network-cost 10",
    "a=candidate:2 1 tcp 1518280447 2001:db8::1 9 typ srflx raddr 10.0.0.1 rport 9 tcptype active",
  ),
  decodeTcpFrame: range("0003010203", "000000010700"),
  parseIceServerUrl: text("stun:[2001:db8::1]:3479", "turns:turn.example:443?transport=tcp"),
  // dtls
  decodePlainHeader: range(`17fefd00010000000000050010${run(16)}`, `16fefd00000000000000000004${run(4)}`),
  decodeUnifiedHeader: range(`2f12340010${run(16)}`, `2e12340010${run(16)}`, `2b1234${run(16)}`),
  decodeAck: range("001000000000000000020000000000000007", "0000"),
  decodeAlert: range("0233", "0100"),
  decodeFragment: range(`140000080003000000000008${run(8)}`, `0b0010000003000004000004${run(4)}`),
  decodeClientHello: range(`fefd${run(32)}00000004c02b13010100${HELLO_LENGTH}${HELLO_EXTENSIONS}`),
  decodeServerHello: range(`fefd${run(32)}00c02b00000f00170000ff01000100000b00020100`),
  decodeHelloVerifyRequest: range(`fefd14${run(20)}`),
  decodeEncryptedExtensions: range("000d000d0005000100020000170000"),
  decodeCertificate12: range("000006000003aabbcc", "00000c000003aabbcc000003ddeeff"),
  decodeCertificate13: range("00000008000003aabbcc0000", "02010200000c000003aabbcc000400050000"),
  decodeCertificateRequest12: range("0240010004040308040000", "0240010004040308040006000430023000"),
  decodeCertificateRequest13: range("00000a000d0006000404030804"),
  decodeCertificateVerify: range(`04030047${run(71)}`),
  decodeServerKeyExchange: range(`03001d20${run(32)}04030047${run(71)}`),
  decodeClientKeyExchange: range(`20${run(32)}`),
  decodeKeyUpdate: range("00", "01"),
  decodeClientVersions: range("04fefcfefd"),
  decodeSelectedVersion: range("fefc"),
  decodeCookie: range(`0020${run(32)}`),
  decodeRecordSizeLimit: range("4001", "0040"),
  decodeUseSrtp: range("000600070008000100"),
  decodeNumberList: range("000611ec001d0017"),
  decodePointFormats: range("0100", "03000102"),
  decodeClientShares: range(`0024001d0020${run(32)}`),
  decodeServerShare: range(`001d0020${run(32)}`),
  decodeSelectedGroup: range("001d"),
  // sctp
  decodeCommonHeader: whole(["13881388ef9c1872ca511f8b07000008a0b834d8"]),
  decodeChunkHeader: range("0b000004", "0a0000052a"),
  decodeParameters: range("c00000048008000682c00000"),
  decodeErrorCauses: range("0001000800070000000c0006abcd0000"),
  decodeDataChunk: range("0007001411223344000100020000003355667788"),
  decodeIDataChunk: range("400300181122334400010000000000050000003355667788"),
  decodeInitChunk: range(
    "0200002654a3210b0010000004000400ffffffff0007000824f0f7fdc00000048008000682c00000",
    "01000014000000090000001629090000ae63671d",
  ),
  decodeSackChunk: range("03000028ddaf6e3e00000017000300030463c757d7105e4808037a33e635d84e35cee18f00000004"),
  decodeHeartbeatChunk: range("040000120001000e66c66b7183b22cb659ca"),
  decodeAbortChunk: range("06000010388200043cad000482e70004"),
  decodeErrorChunk: range("09000013527b000eb179d310a9c792cadee800"),
  decodeShutdownChunk: range("07000008e20abc9a"),
  decodeShutdownCompleteChunk: range("0e010004"),
  decodeCookieEchoChunk: range(`0a00000c${run(8)}`),
  decodeForwardTsnChunk: range("c0000010c3a977a255d3112ace29fed1"),
  decodeIForwardTsnChunk: range("c2000018fffffff2e9a50001ef8ee472a3f3000127924b1b"),
  decodePadChunk: range("84000008aabbccdd"),
  decodeReconfigChunk: range("82000016000d001237c2b76ff13206e237c2b77400040000"),
  decodeReconfigParameter: {
    kind: "parameter",
    samples: [
      "000d001237c2b76ff13206e237c2b7740004",
      "000e000a37c2b76f0004",
      "000f000837c2b76f",
      "0010001437c2b76f000000010000000200000003",
      "0011000c37c2b76f00040000",
    ],
  },
  decodeStateCookie: whole(
    ["89fbd7b8594f08215c21a72f1e97e9d400800000ffffffff000000000000000000000008ca000300000000000000000054f01fb59096c58c"],
    Buffer.from("7b858320e9fee3f868a12339b2db5484", "hex"),
  ),
  // rtp
  parseRtpHeader: into(
    "rtp/packet.js",
    "RtpHeader",
    "80e55e58efb0f6bca6a144f2018a03c0",
    "b2e55e58efb0f6bca6a144f20000000100000002bede000122f1cc8c01",
  ),
  decodeTelephoneEvent: range("018a03c0"),
  decodeComfortNoise: range("4e7f8081"),
  parseRedBlocks: into("rtp/red.js", "RedBlocks", "ef0f0002ef0780036f0102030405060708", "6fabcdef"),
  parseUlpfec: into("rtp/fec.js", "FecHeader", "00e0000a0102030400010001d0000c", "40e0000a0102030400010001d000000000010c"),
  parseFlexfec: into("rtp/fec.js", "FecHeader", "00e0000101020304000a68000c", "4060000101020304000a0503aa"),
  parseFlexfec03: into("rtp/fec.js", "FecHeader", "00e0000101020304010000000000004d000ae8000c"),
  decodeSdesText: range("6d6964"),
  decodeMid: range("6d6964"),
  decodeRid: range("6869"),
  decodeAudioLevel: range("9e"),
  decodeCsrcAudioLevels: range("009e7f"),
  decodeAbsSendTime: range("040000"),
  decodeTransportSequenceNumber: range("12348001"),
  decodeAbsCaptureTime: range("ed2a3f0080000000", `ed2a3f0080000000fffffffe${run(4)}`),
  decodeTransmissionOffset: range("fffffe"),
  decodeVideoOrientation: range("0d"),
  decodePlayoutDelay: range("00a014"),
  decodeDependencyDescriptor: range("be01f487c21bbfe40a4d1fa134c010c8446027e016604fe02ce0"),
  decodeVideoLayersAllocation: range("00", "515064ac0264ac02027f01671e027f01671e", "a030402032f4038407a09c01e807"),
  decodeSenderReport: range(
    "81c8000c6d2453eade46475b151a005c66a8dd3e0000010d000034f58ef891ed00000000000000f60000007f0000000000000000",
  ),
  decodeReceiverReport: range("81c9000730b68407479437af0000000000000276000007720000000000000000"),
  decodeSourceDescription: range(
    "81ca000c6d2453ea01267b36336634353965612d343166652d343437342d396433332d3937303763396565373964317d00000000",
  ),
  decodeGoodbye: range("81cb0001ae528b43", "a0cb000104040404", `80cb000203${hex("bye")}${"00".repeat(4)}`),
  decodeApplicationDefined: range("85cc00031122334456495356deadbeef"),
  decodeExtendedReport: range("80cf000800000001040000020102030405060708050000030000000211223344000100ff"),
  decodeGenericNack: range("81cd00048b4477bbf71deee4000c000000200040"),
  decodePictureLossIndication: range("81ce00025450626523013fb9"),
  decodeFullIntraRequest: range("84ce0004000000010000000023013fb907000000"),
  decodeRemb: range("8fce0006000000010000000052454d420207a1200000000200000003"),
  decodeTransportFeedback: range("8fcd0007000000010000000200640007fffff6052003e100040810ff7f800000"),
  decodeCongestionFeedback: range("8bcd00090000000100000002ffff0003e0800000bffe000000000003000700019fff000001020304"),
  // rtp/payload
  parseVp8Payload: payload("90e0d2b40160b0020000", "9080810f10050d9d012a8002e001", "10aabb"),
  parseVp9Payload: payload("8fe6fb1801ee017301040182498342", "f88123210305feaa", "a805762aaa"),
  decodeVp9Structure: range("1801ee0173010401", "58014000b402800168050002d00204013401"),
  parseH265Payload: payload("600100034001ff00032601ff", "620193ff", "620153ff", "2601ff"),
  parseAv1Payload: payload("680b0800000024c4ffdf00680230", "20033428bb30cc", "d0bb"),
  parseH264Payload: payload("7800064742c01f8c8d000468ce3c80", "7c85b8000400", "7c4523", "61e00040"),
  // media/files
  decodeIvf: whole(["444b494600002000565038304000300019000000010000000000000000000000030000000000000000000000110000"]),
  decodeAnnexB: whole(["000000016742000000000168ce0000016588aa0000000141e0bb"], "video/H264", 30),
  decodeOggPage: range("4f6767530002000000000000000000000000000000000228b57201134f707573486561640101380180bb0000000000"),
  decodeOggOpus: whole([
    "4f6767530002000000000000000000000000000000000228b57201134f707573486561640101380180bb00000000004f6767530000000000000000000000000000010000004995be54012e4f707573546167730600000066666d7065670100000014000000656e636f6465723d4c617663206c69626f7075734f6767530004f813000000000000000000000200000052706cae060d151312101108836d82d01cfdea49fe013fc008a71a5d8a982e5f5aca508f43e926b90db06e344008a12f10e45dfbdc040c48bd",
  ]),
  // datachannel
  decodeOpenMessage: range("03024c98fa15e3fd000300026162636465", "03000100000000000004000063686174"),
  // sdp
  decodeBase64: text("AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA", "AAA="),
  parseSession: text(SESSION),
  parseAttribute: text(
    "rtpmap:111 opus/48000/2",
    "max-message-size:262144",
    "group:BUNDLE 0 1",
    "candidate:1 1 udp 1 10.0.0.1 9 typ host",
  ),
};

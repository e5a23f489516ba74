/**
 * What browsers offer and answer, as recorded from them. Data for the tests of sdp/ and jsep/; there is no test in here.
 */

const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

/** Chromium 156: createDataChannel, createOffer. */
export const CHROMIUM_DATA: string = crlf(`v=0
o=- 7679489256840251494 3 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:AqCZ
a=ice-pwd:33BfVGfMv9peNHyKk7qiQ/aJ
a=ice-options:trickle
a=fingerprint:sha-256 9F:7B:2F:6C:52:68:A9:99:05:1E:35:2E:6F:10:80:C6:33:5A:9F:01:AE:4C:32:30:35:35:C8:5B:C8:E3:3C:E5
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`);

/** The same, gathered. */
export const CHROMIUM_DATA_GATHERED: string = crlf(`v=0
o=- 7679489256840251494 3 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:362870043 1 udp 2113937151 b3baf834-1a54-454e-a014-8be1dab795e1.local 59253 typ host generation 0 network-cost 999
a=candidate:3737531643 1 udp 2113942271 ef1f45ea-80bd-42ef-9be5-8fb42ad66d5f.local 59904 typ host generation 0 network-cost 999
a=ice-ufrag:AqCZ
a=ice-pwd:33BfVGfMv9peNHyKk7qiQ/aJ
a=ice-options:trickle
a=fingerprint:sha-256 9F:7B:2F:6C:52:68:A9:99:05:1E:35:2E:6F:10:80:C6:33:5A:9F:01:AE:4C:32:30:35:35:C8:5B:C8:E3:3C:E5
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`);

/** Chromium 156: audio, video and data. */
export const CHROMIUM_MEDIA: string = crlf(`v=0
o=- 2476327819057737856 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:J3oA
a=ice-pwd:lswPbkicc45LRnWw+icQZUlf
a=ice-options:trickle
a=fingerprint:sha-256 79:9F:DC:CF:C7:16:20:CD:1D:32:D1:AA:93:CA:75:24:43:75:F9:E1:63:27:C3:48:4A:5F:36:0F:58:86:A8:D2
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:- 86aa8a68-a181-453c-9f1b-243d5797d918
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:513189221 cname:7FuYGwUZtg/n4w5l
a=ssrc:513189221 msid:- 86aa8a68-a181-453c-9f1b-243d5797d918
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 114 115 116 117 39 40 45 46 98 99 100 101 118 119 120
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:J3oA
a=ice-pwd:lswPbkicc45LRnWw+icQZUlf
a=ice-options:trickle
a=fingerprint:sha-256 79:9F:DC:CF:C7:16:20:CD:1D:32:D1:AA:93:CA:75:24:43:75:F9:E1:63:27:C3:48:4A:5F:36:0F:58:86:A8:D2
a=setup:actpass
a=mid:1
a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:13 urn:3gpp:video-orientation
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/video-content-type
a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/video-timing
a=extmap:8 http://www.webrtc.org/experiments/rtp-hdrext/color-space
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a=sendrecv
a=msid:- 968950e3-e4f9-47fa-991a-16d726247a53
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 H264/90000
a=rtcp-fb:102 goog-remb
a=rtcp-fb:102 transport-cc
a=rtcp-fb:102 ccm fir
a=rtcp-fb:102 nack
a=rtcp-fb:102 nack pli
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=rtpmap:104 H264/90000
a=rtcp-fb:104 goog-remb
a=rtcp-fb:104 transport-cc
a=rtcp-fb:104 ccm fir
a=rtcp-fb:104 nack
a=rtcp-fb:104 nack pli
a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f
a=rtpmap:107 rtx/90000
a=fmtp:107 apt=104
a=rtpmap:108 H264/90000
a=rtcp-fb:108 goog-remb
a=rtcp-fb:108 transport-cc
a=rtcp-fb:108 ccm fir
a=rtcp-fb:108 nack
a=rtcp-fb:108 nack pli
a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:109 rtx/90000
a=fmtp:109 apt=108
a=rtpmap:114 H264/90000
a=rtcp-fb:114 goog-remb
a=rtcp-fb:114 transport-cc
a=rtcp-fb:114 ccm fir
a=rtcp-fb:114 nack
a=rtcp-fb:114 nack pli
a=fmtp:114 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
a=rtpmap:115 rtx/90000
a=fmtp:115 apt=114
a=rtpmap:116 H264/90000
a=rtcp-fb:116 goog-remb
a=rtcp-fb:116 transport-cc
a=rtcp-fb:116 ccm fir
a=rtcp-fb:116 nack
a=rtcp-fb:116 nack pli
a=fmtp:116 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f
a=rtpmap:117 rtx/90000
a=fmtp:117 apt=116
a=rtpmap:39 H264/90000
a=rtcp-fb:39 goog-remb
a=rtcp-fb:39 transport-cc
a=rtcp-fb:39 ccm fir
a=rtcp-fb:39 nack
a=rtcp-fb:39 nack pli
a=fmtp:39 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=4d001f
a=rtpmap:40 rtx/90000
a=fmtp:40 apt=39
a=rtpmap:45 AV1/90000
a=rtcp-fb:45 goog-remb
a=rtcp-fb:45 transport-cc
a=rtcp-fb:45 ccm fir
a=rtcp-fb:45 nack
a=rtcp-fb:45 nack pli
a=fmtp:45 level-idx=5;profile=0;tier=0
a=rtpmap:46 rtx/90000
a=fmtp:46 apt=45
a=rtpmap:98 VP9/90000
a=rtcp-fb:98 goog-remb
a=rtcp-fb:98 transport-cc
a=rtcp-fb:98 ccm fir
a=rtcp-fb:98 nack
a=rtcp-fb:98 nack pli
a=fmtp:98 profile-id=0
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
a=rtpmap:100 VP9/90000
a=rtcp-fb:100 goog-remb
a=rtcp-fb:100 transport-cc
a=rtcp-fb:100 ccm fir
a=rtcp-fb:100 nack
a=rtcp-fb:100 nack pli
a=fmtp:100 profile-id=2
a=rtpmap:101 rtx/90000
a=fmtp:101 apt=100
a=rtpmap:118 red/90000
a=rtpmap:119 rtx/90000
a=fmtp:119 apt=118
a=rtpmap:120 ulpfec/90000
a=ssrc-group:FID 3833970517 2818546831
a=ssrc:3833970517 cname:7FuYGwUZtg/n4w5l
a=ssrc:3833970517 msid:- 968950e3-e4f9-47fa-991a-16d726247a53
a=ssrc:2818546831 cname:7FuYGwUZtg/n4w5l
a=ssrc:2818546831 msid:- 968950e3-e4f9-47fa-991a-16d726247a53
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:J3oA
a=ice-pwd:lswPbkicc45LRnWw+icQZUlf
a=ice-options:trickle
a=fingerprint:sha-256 79:9F:DC:CF:C7:16:20:CD:1D:32:D1:AA:93:CA:75:24:43:75:F9:E1:63:27:C3:48:4A:5F:36:0F:58:86:A8:D2
a=setup:actpass
a=mid:2
a=sctp-port:5000
a=max-message-size:262144
`);

/** Chromium 156: the answer to our data offer with the mid 0. */
export const CHROMIUM_ANSWER: string = crlf(`v=0
o=- 6598368949760207783 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:6zII
a=ice-pwd:4FuYr3i19VMchGGufZwFgPxJ
a=ice-options:trickle
a=fingerprint:sha-256 30:90:77:2A:E6:F8:44:66:CF:66:CC:53:54:F4:C5:8E:CF:78:5B:90:C0:3A:6A:3F:F1:81:29:D7:27:2A:9C:5C
a=setup:active
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`);

/** Firefox 153: createDataChannel, createOffer. */
export const FIREFOX_DATA: string = crlf(`v=0
o=mozilla...THIS_IS_SDPARTA-99.0 6861278344023599187 1 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 47:6F:0C:38:D7:15:B4:77:D5:DA:B1:89:B5:99:64:F6:B4:48:71:80:BF:22:24:96:B3:B0:28:07:1C:DB:3F:D6
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=sendrecv
a=ice-pwd:8a1d7e7688e73b5e3e46667dfe8b61ba
a=ice-ufrag:be4c9ec3
a=mid:0
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
`);

/** The same, gathered; Firefox took another mid. */
export const FIREFOX_DATA_GATHERED: string = crlf(`v=0
o=mozilla...THIS_IS_SDPARTA-99.0 6861278344023599187 2 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 47:6F:0C:38:D7:15:B4:77:D5:DA:B1:89:B5:99:64:F6:B4:48:71:80:BF:22:24:96:B3:B0:28:07:1C:DB:3F:D6
a=group:BUNDLE 1
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122187007 b8f81813-75d5-49eb-9ef0-8cccf9b8ce25.local 44326 typ host
a=candidate:1 1 UDP 2122252543 6ccabc99-acfe-4188-9c05-4c2ec575df06.local 50475 typ host
a=candidate:2 1 TCP 2105458943 b8f81813-75d5-49eb-9ef0-8cccf9b8ce25.local 9 typ host tcptype active
a=candidate:3 1 TCP 2105524479 6ccabc99-acfe-4188-9c05-4c2ec575df06.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=ice-pwd:8a1d7e7688e73b5e3e46667dfe8b61ba
a=ice-ufrag:be4c9ec3
a=mid:1
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
`);

/** Firefox 153: audio, video and data. */
export const FIREFOX_MEDIA: string = crlf(`v=0
o=mozilla...THIS_IS_SDPARTA-99.0 1538069286748155112 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 24:6D:07:D5:88:6C:57:E4:C1:C8:BA:33:79:9A:F7:3F:F2:B3:6E:98:B5:DE:DD:3D:4D:67:F8:12:27:D6:31:EA
a=group:BUNDLE 0 1 2
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=sendrecv
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap-allow-mixed
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:94d86da5cb2509da48f99569254181ff
a=ice-ufrag:ea59411d
a=mid:0
a=msid:- {0fcda29a-557c-4d1c-b2c4-3d712c4b2089}
a=rtcp-fb:109 transport-cc
a=rtcp-fb:9 transport-cc
a=rtcp-fb:0 transport-cc
a=rtcp-fb:8 transport-cc
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000/1
a=setup:actpass
a=ssrc:1837004190 cname:{bf856e0f-63d9-4cc2-b498-8d06ec286c31}
m=video 9 UDP/TLS/RTP/SAVPF 120 124 121 125 99 100 123 122 119
c=IN IP4 0.0.0.0
a=sendrecv
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:5 urn:ietf:params:rtp-hdrext:toffset
a=extmap:6/recvonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap-allow-mixed
a=fmtp:120 max-fs=12288;max-fr=60
a=fmtp:124 apt=120
a=fmtp:121 max-fs=12288;max-fr=60
a=fmtp:125 apt=121
a=fmtp:100 apt=99
a=fmtp:119 apt=122
a=ice-pwd:94d86da5cb2509da48f99569254181ff
a=ice-ufrag:ea59411d
a=mid:1
a=msid:- {88e3af85-ab25-4bd2-9065-c5657d0d6908}
a=rtcp-fb:120 nack
a=rtcp-fb:120 nack pli
a=rtcp-fb:120 ccm fir
a=rtcp-fb:120 goog-remb
a=rtcp-fb:120 transport-cc
a=rtcp-fb:121 nack
a=rtcp-fb:121 nack pli
a=rtcp-fb:121 ccm fir
a=rtcp-fb:121 goog-remb
a=rtcp-fb:121 transport-cc
a=rtcp-fb:99 nack
a=rtcp-fb:99 nack pli
a=rtcp-fb:99 ccm fir
a=rtcp-fb:99 goog-remb
a=rtcp-fb:99 transport-cc
a=rtcp-fb:123 nack
a=rtcp-fb:123 nack pli
a=rtcp-fb:123 ccm fir
a=rtcp-fb:123 goog-remb
a=rtcp-fb:123 transport-cc
a=rtcp-fb:122 nack
a=rtcp-fb:122 nack pli
a=rtcp-fb:122 ccm fir
a=rtcp-fb:122 goog-remb
a=rtcp-fb:122 transport-cc
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:120 VP8/90000
a=rtpmap:124 rtx/90000
a=rtpmap:121 VP9/90000
a=rtpmap:125 rtx/90000
a=rtpmap:99 AV1/90000
a=rtpmap:100 rtx/90000
a=rtpmap:123 ulpfec/90000
a=rtpmap:122 red/90000
a=rtpmap:119 rtx/90000
a=setup:actpass
a=ssrc:1822446448 cname:{bf856e0f-63d9-4cc2-b498-8d06ec286c31}
a=ssrc:1769989433 cname:{bf856e0f-63d9-4cc2-b498-8d06ec286c31}
a=ssrc-group:FID 1822446448 1769989433
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=sendrecv
a=ice-pwd:94d86da5cb2509da48f99569254181ff
a=ice-ufrag:ea59411d
a=mid:2
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
`);

/** Firefox 153: the same with the bundle policy max-bundle, video and data are bundle-only. */
export const FIREFOX_MAX_BUNDLE: string = crlf(`v=0
o=mozilla...THIS_IS_SDPARTA-99.0 4581428392476305824 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 B6:51:2E:AD:91:4B:EE:52:8E:CF:C9:E2:9D:B8:9C:A9:AF:AD:52:47:FA:C0:5F:1E:F5:17:A7:B8:22:8E:AB:DD
a=group:BUNDLE 0 1 2
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=sendrecv
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap-allow-mixed
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:f1d845b48f0a6fa5731e0d6203ca6274
a=ice-ufrag:3770a682
a=mid:0
a=msid:- {69f0979a-7d78-4806-9fcb-2f7bd6657c6f}
a=rtcp-fb:109 transport-cc
a=rtcp-fb:9 transport-cc
a=rtcp-fb:0 transport-cc
a=rtcp-fb:8 transport-cc
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000/1
a=setup:actpass
a=ssrc:1700400495 cname:{4a1e3341-69f4-4f27-95c6-1e573b6e7dcc}
m=video 0 UDP/TLS/RTP/SAVPF 120 124 121 125 99 100 123 122 119
c=IN IP4 0.0.0.0
a=bundle-only
a=sendrecv
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:5 urn:ietf:params:rtp-hdrext:toffset
a=extmap:6/recvonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap-allow-mixed
a=fmtp:120 max-fs=12288;max-fr=60
a=fmtp:124 apt=120
a=fmtp:121 max-fs=12288;max-fr=60
a=fmtp:125 apt=121
a=fmtp:100 apt=99
a=fmtp:119 apt=122
a=ice-pwd:f1d845b48f0a6fa5731e0d6203ca6274
a=ice-ufrag:3770a682
a=mid:1
a=msid:- {c238e5d5-3d03-4641-8d81-3e42e1ab1eae}
a=rtcp-fb:120 nack
a=rtcp-fb:120 nack pli
a=rtcp-fb:120 ccm fir
a=rtcp-fb:120 goog-remb
a=rtcp-fb:120 transport-cc
a=rtcp-fb:121 nack
a=rtcp-fb:121 nack pli
a=rtcp-fb:121 ccm fir
a=rtcp-fb:121 goog-remb
a=rtcp-fb:121 transport-cc
a=rtcp-fb:99 nack
a=rtcp-fb:99 nack pli
a=rtcp-fb:99 ccm fir
a=rtcp-fb:99 goog-remb
a=rtcp-fb:99 transport-cc
a=rtcp-fb:123 nack
a=rtcp-fb:123 nack pli
a=rtcp-fb:123 ccm fir
a=rtcp-fb:123 goog-remb
a=rtcp-fb:123 transport-cc
a=rtcp-fb:122 nack
a=rtcp-fb:122 nack pli
a=rtcp-fb:122 ccm fir
a=rtcp-fb:122 goog-remb
a=rtcp-fb:122 transport-cc
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:120 VP8/90000
a=rtpmap:124 rtx/90000
a=rtpmap:121 VP9/90000
a=rtpmap:125 rtx/90000
a=rtpmap:99 AV1/90000
a=rtpmap:100 rtx/90000
a=rtpmap:123 ulpfec/90000
a=rtpmap:122 red/90000
a=rtpmap:119 rtx/90000
a=setup:actpass
a=ssrc:471330822 cname:{4a1e3341-69f4-4f27-95c6-1e573b6e7dcc}
a=ssrc:14467418 cname:{4a1e3341-69f4-4f27-95c6-1e573b6e7dcc}
a=ssrc-group:FID 471330822 14467418
m=application 0 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=bundle-only
a=sendrecv
a=ice-pwd:f1d845b48f0a6fa5731e0d6203ca6274
a=ice-ufrag:3770a682
a=mid:2
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
`);

/** Firefox 153: the answer to our data offer with the mid 0. */
export const FIREFOX_ANSWER: string = crlf(`v=0
o=mozilla...THIS_IS_SDPARTA-99.0 68299157831689158 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=extmap-allow-mixed
a=fingerprint:sha-256 ED:A6:FE:F5:6D:12:ED:62:CE:50:89:B6:EC:B4:63:A7:6C:FE:37:9F:27:49:63:E8:60:05:E1:67:1E:C7:E5:36
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=sendrecv
a=extmap-allow-mixed
a=ice-pwd:a56169064464f4960e5d96ec589480c8
a=ice-ufrag:7520a61b
a=mid:0
a=setup:active
a=sctp-port:5000
a=max-message-size:1073741823
`);

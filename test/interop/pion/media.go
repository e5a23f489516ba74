// Audio and video: what arrives is put together to frames, counted, and sent back.
package main

import (
	"sync"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"
)

// Packets that a frame is waited for.
const mostLate = 100

type echoed struct {
	mu sync.Mutex
	// Frames put together, by kind.
	frames map[string]int
	local  map[string]*webrtc.TrackLocalStaticRTP
	// The remote streams, to be asked for key frames.
	sources map[string]webrtc.SSRC
}

func feedback(names ...string) []webrtc.RTCPFeedback {
	out := []webrtc.RTCPFeedback{}
	for at := 0; at < len(names); at += 2 {
		out = append(out, webrtc.RTCPFeedback{Type: names[at], Parameter: names[at+1]})
	}
	return out
}

// mediaEngine knows Opus and one format of video, with retransmissions.
func mediaEngine(video string) (*webrtc.MediaEngine, error) {
	engine := &webrtc.MediaEngine{}
	opus := webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
	}
	err := engine.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 111}, webrtc.RTPCodecTypeAudio)
	if err != nil {
		return nil, err
	}
	picture := webrtc.RTPCodecCapability{
		MimeType: video, ClockRate: 90000,
		RTCPFeedback: feedback("goog-remb", "", "ccm", "fir", "nack", "", "nack", "pli"),
	}
	if video == webrtc.MimeTypeH264 {
		picture.SDPFmtpLine = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
	}
	again := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=102"}
	for _, codec := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: picture, PayloadType: 102}, {RTPCodecCapability: again, PayloadType: 103},
	} {
		if err := engine.RegisterCodec(codec, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	return engine, nil
}

// addMedia adds a track of each kind, for what is sent back.
func (p *peer) addMedia() error {
	p.media = &echoed{
		frames: map[string]int{"audio": 0, "video": 0},
		local:  map[string]*webrtc.TrackLocalStaticRTP{}, sources: map[string]webrtc.SSRC{},
	}
	p.pc.OnTrack(p.echoTrack)
	for kind, mimeType := range map[string]string{"audio": webrtc.MimeTypeOpus, "video": p.video} {
		track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mimeType}, kind, "echo")
		if err != nil {
			return err
		}
		sender, err := p.pc.AddTrack(track)
		if err != nil {
			return err
		}
		p.media.local[kind] = track
		go p.passRequests(sender, kind)
	}
	return nil
}

// passRequests asks the source of what is sent back for a key frame whenever one is asked for.
func (p *peer) passRequests(sender *webrtc.RTPSender, kind string) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			if _, ok := packet.(*rtcp.PictureLossIndication); !ok {
				continue
			}
			p.media.mu.Lock()
			source := p.media.sources[kind]
			p.media.mu.Unlock()
			if source != 0 {
				_ = p.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(source)}})
			}
		}
	}
}

func (p *peer) depacketizer(kind string) rtp.Depacketizer {
	switch {
	case kind == "audio":
		return &codecs.OpusPacket{}
	case p.video == webrtc.MimeTypeH264:
		return &codecs.H264Packet{}
	default:
		return &codecs.VP8Packet{}
	}
}

func (p *peer) echoTrack(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
	kind := track.Kind().String()
	p.media.mu.Lock()
	p.media.sources[kind] = track.SSRC()
	back := p.media.local[kind]
	p.media.mu.Unlock()
	builder := samplebuilder.New(mostLate, p.depacketizer(kind), track.Codec().ClockRate)
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		builder.Push(packet.Clone())
		for builder.Pop() != nil {
			p.media.mu.Lock()
			p.media.frames[kind]++
			p.media.mu.Unlock()
		}
		// Extensions are those of the way here.
		packet.Extension, packet.Extensions = false, nil
		_ = back.WriteRTP(packet)
	}
}

func (p *peer) mediaStats() any {
	p.media.mu.Lock()
	defer p.media.mu.Unlock()
	return map[string]any{
		"decoded":         map[string]int{"audio": p.media.frames["audio"], "video": p.media.frames["video"]},
		"connectionState": p.pc.ConnectionState().String(),
	}
}

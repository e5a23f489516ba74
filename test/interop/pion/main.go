// A peer of Pion that a test drives: requests come as lines of JSON, {"id", "method", "args"}; what goes out is {"id", "value"} or
// {"id", "error"}. The methods are those of lib/peer.mjs, as far as the tests need them.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

const (
	patience  = 60 * time.Second
	chunkSize = 65536
	highWater = 1 << 20
)

// madeBytes gives the bytes that madeBytes of lib/peer.mjs gives.
func madeBytes(length int, seed uint32) []byte {
	out := make([]byte, (length+3)/4*4)
	state := seed | 1
	for at := 0; at < len(out); at += 4 {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		binary.LittleEndian.PutUint32(out[at:], state)
	}
	return out[:length]
}

// numbered is a message that tells which one it is.
func numbered(number uint32, size int) []byte {
	out := madeBytes(size, number+1)
	binary.BigEndian.PutUint32(out, number)
	return out
}

func hash(data []byte) map[string]string {
	sum := sha256.Sum256(data)
	return map[string]string{"hash": hex.EncodeToString(sum[:])}
}

type flood struct {
	Numbers []uint32 `json:"numbers"`
	Broken  int      `json:"broken"`
}

type channel struct {
	*webrtc.DataChannel
	opened, closed chan struct{}
	low            chan struct{}

	mu       sync.Mutex
	echo     bool
	back     chan []byte
	incoming []byte
	expected int
	arrived  chan struct{}
	flood    *flood
}

type peer struct {
	pc     *webrtc.PeerConnection
	outbox chan any

	mu       sync.Mutex
	channels map[string]*channel
	// The one that many bytes are expected on.
	expecting string
	early     []webrtc.ICECandidateInit

	// With audio and video.
	video string
	media *echoed
}

type options struct {
	ZeroChecksum bool `json:"zeroChecksum"`
	Snap         bool `json:"snap"`
	// The format of video, where there is to be any.
	Video string `json:"video"`
}

func newPeer(wanted options) (*peer, error) {
	settings := webrtc.SettingEngine{}
	settings.EnableSCTPZeroChecksum(wanted.ZeroChecksum)
	settings.EnableSctpSnap(wanted.Snap)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetIncludeLoopbackCandidate(true)
	parts := []func(*webrtc.API){webrtc.WithSettingEngine(settings)}
	if wanted.Video != "" {
		engine, err := mediaEngine(wanted.Video)
		if err != nil {
			return nil, err
		}
		parts = append(parts, webrtc.WithMediaEngine(engine))
	}
	pc, err := webrtc.NewAPI(parts...).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	p := &peer{pc: pc, outbox: make(chan any, 256), channels: map[string]*channel{}, video: wanted.Video}
	pc.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			p.outbox <- map[string]any{"candidate": candidate.ToJSON()}
		}
	})
	pc.OnDataChannel(func(made *webrtc.DataChannel) { p.watch(made) })
	return p, nil
}

func (p *peer) watch(made *webrtc.DataChannel) {
	c := &channel{DataChannel: made, opened: make(chan struct{}), closed: make(chan struct{}), low: make(chan struct{}, 1)}
	p.mu.Lock()
	p.channels[made.Label()] = c
	p.mu.Unlock()
	made.SetBufferedAmountLowThreshold(highWater / 4)
	made.OnBufferedAmountLow(func() {
		select {
		case c.low <- struct{}{}:
		default:
		}
	})
	made.OnOpen(func() { close(c.opened) })
	made.OnClose(func() { close(c.closed) })
	made.OnMessage(c.message)
}

func (c *channel) message(message webrtc.DataChannelMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.echo && message.IsString:
		_ = c.SendText(string(message.Data))
	case c.echo:
		_ = c.Send(message.Data)
	case c.back != nil:
		c.back <- message.Data
	case c.flood != nil:
		number := binary.BigEndian.Uint32(message.Data)
		if bytes.Equal(message.Data, numbered(number, len(message.Data))) {
			c.flood.Numbers = append(c.flood.Numbers, number)
		} else {
			c.flood.Broken++
		}
	case c.arrived != nil:
		c.incoming = append(c.incoming, message.Data...)
		if len(c.incoming) >= c.expected {
			close(c.arrived)
			c.arrived = nil
		}
	}
}

// named waits for the channel of this label.
func (p *peer) named(label string) (*channel, error) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		p.mu.Lock()
		c := p.channels[label]
		p.mu.Unlock()
		if c != nil {
			return c, nil
		}
	}
	return nil, fmt.Errorf("no channel %q", label)
}

func wait(happened <-chan struct{}, what string) error {
	select {
	case <-happened:
		return nil
	case <-time.After(patience):
		return errors.New("no " + what)
	}
}

// create makes a channel; the first one begins the negotiation.
func (p *peer) create(label string, init *webrtc.DataChannelInit) error {
	made, err := p.pc.CreateDataChannel(label, init)
	if err != nil {
		return err
	}
	p.watch(made)
	if p.pc.LocalDescription() != nil {
		return nil
	}
	return p.offer()
}

func (p *peer) offer() error {
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	return p.describe(offer)
}

func (p *peer) describe(description webrtc.SessionDescription) error {
	// Before the candidates, which come as soon as it is set.
	p.outbox <- map[string]any{"description": description}
	return p.pc.SetLocalDescription(description)
}

type signal struct {
	Description *webrtc.SessionDescription `json:"description"`
	Candidate   *webrtc.ICECandidateInit   `json:"candidate"`
}

func (p *peer) signal(given signal) error {
	if given.Description == nil {
		if given.Candidate == nil || given.Candidate.Candidate == "" {
			return nil
		}
		if p.pc.RemoteDescription() == nil {
			p.early = append(p.early, *given.Candidate)
			return nil
		}
		return p.pc.AddICECandidate(*given.Candidate)
	}
	if err := p.pc.SetRemoteDescription(*given.Description); err != nil {
		return err
	}
	for _, candidate := range p.early {
		if err := p.pc.AddICECandidate(candidate); err != nil {
			return err
		}
	}
	p.early = nil
	if given.Description.Type != webrtc.SDPTypeOffer {
		return nil
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return err
	}
	return p.describe(answer)
}

// drain waits until no more than `most` bytes wait to be sent.
func (c *channel) drain(most uint64) error {
	for end := time.Now().Add(patience); c.BufferedAmount() > most; {
		if time.Now().After(end) {
			return errors.New("what waits to be sent does not go")
		}
		select {
		case <-c.low:
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

func (c *channel) sendMany(length int, seed uint32) (any, error) {
	data := madeBytes(length, seed)
	for at := 0; at < length; at += chunkSize {
		if err := c.drain(highWater); err != nil {
			return nil, err
		}
		if err := c.Send(data[at:min(at+chunkSize, length)]); err != nil {
			return nil, err
		}
	}
	return hash(data), c.drain(highWater / 4)
}

type sample struct {
	Kind string `json:"kind"`
	Size int    `json:"size"`
	Text string `json:"text"`
}

// roundTrips sends messages to an echo, one after the other. It gives the differences between what went and what came.
func (c *channel) roundTrips(samples []sample) ([]string, error) {
	c.mu.Lock()
	c.back = make(chan []byte, 1)
	c.mu.Unlock()
	wrong := []string{}
	for _, s := range samples {
		data := madeBytes(s.Size, uint32(s.Size+1))
		send := func() error { return c.Send(data) }
		if s.Kind == "string" {
			data = []byte(s.Text)
			send = func() error { return c.SendText(s.Text) }
		}
		if err := send(); err != nil {
			return nil, err
		}
		select {
		case came := <-c.back:
			if !bytes.Equal(came, data) {
				wrong = append(wrong, fmt.Sprintf("%s %d: %d bytes", s.Kind, s.Size, len(came)))
			}
		case <-time.After(patience):
			wrong = append(wrong, fmt.Sprintf("%s %d: nothing", s.Kind, s.Size))
		}
	}
	c.mu.Lock()
	c.back = nil
	c.mu.Unlock()
	return wrong, nil
}

func (c *channel) sendFlood(first, end uint32, size int) error {
	for number := first; number < end; number++ {
		if err := c.Send(numbered(number, size)); err != nil {
			return err
		}
		if number%8 == 7 {
			time.Sleep(4 * time.Millisecond)
		}
	}
	return c.drain(0)
}

func (c *channel) survivors(last uint32) (any, error) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		for _, number := range c.flood.Numbers {
			if number == last {
				defer c.mu.Unlock()
				return *c.flood, nil
			}
		}
		c.mu.Unlock()
	}
	return nil, errors.New("the last message did not come")
}

// metadata is what Pion says of the association.
func (p *peer) metadata() (any, error) {
	for _, stats := range p.pc.GetStats() {
		if sctp, ok := stats.(webrtc.SCTPTransportStats); ok {
			return sctp, nil
		}
	}
	return nil, errors.New("no statistics of SCTP")
}

// arguments reads the next argument of a call; one that is not there leaves the zero value.
type arguments []json.RawMessage

func (a *arguments) next(into any) error {
	if len(*a) == 0 {
		return nil
	}
	first := (*a)[0]
	*a = (*a)[1:]
	return json.Unmarshal(first, into)
}

func (p *peer) call(method string, args arguments) (any, error) {
	switch method {
	case "next":
		return <-p.outbox, nil
	case "signal":
		var given signal
		if err := args.next(&given); err != nil {
			return nil, err
		}
		return nil, p.signal(given)
	case "metadata":
		return p.metadata()
	case "close":
		return nil, p.pc.Close()
	case "offer", "accept":
		if err := p.addMedia(); err != nil || method == "accept" {
			return nil, err
		}
		return nil, p.offer()
	case "stats":
		return p.mediaStats(), nil
	}
	var label string
	if err := args.next(&label); err != nil {
		return nil, err
	}
	switch method {
	case "expectMany":
		p.expecting = label
	case "received":
		label = p.expecting
	}
	if method == "create" {
		var init *webrtc.DataChannelInit
		if len(args) > 0 {
			init = readInit(args[0])
		}
		return nil, p.create(label, init)
	}
	if method == "forget" {
		p.mu.Lock()
		delete(p.channels, label)
		p.mu.Unlock()
		return nil, nil
	}
	c, err := p.named(label)
	if err != nil {
		return nil, err
	}
	return c.call(method, args)
}

func readInit(given json.RawMessage) *webrtc.DataChannelInit {
	var init struct {
		Ordered           *bool   `json:"ordered"`
		MaxRetransmits    *uint16 `json:"maxRetransmits"`
		MaxPacketLifeTime *uint16 `json:"maxPacketLifeTime"`
	}
	_ = json.Unmarshal(given, &init)
	return &webrtc.DataChannelInit{
		Ordered: init.Ordered, MaxRetransmits: init.MaxRetransmits, MaxPacketLifeTime: init.MaxPacketLifeTime,
	}
}

func (c *channel) call(method string, args arguments) (any, error) {
	if method == "roundTrips" {
		var samples []sample
		if err := args.next(&samples); err != nil {
			return nil, err
		}
		return c.roundTrips(samples)
	}
	var numbers [3]int
	for at := range numbers {
		if err := args.next(&numbers[at]); err != nil {
			return nil, err
		}
	}
	switch method {
	case "open":
		return nil, wait(c.opened, "open")
	case "closed":
		return nil, wait(c.closed, "close")
	case "closeChannel":
		return nil, c.Close()
	case "describe":
		return map[string]any{"label": c.Label(), "id": c.ID(), "readyState": c.ReadyState().String()}, nil
	case "sendMany":
		return c.sendMany(numbers[0], uint32(numbers[1]))
	case "flood":
		return nil, c.sendFlood(uint32(numbers[0]), uint32(numbers[1]), numbers[2])
	case "survivors":
		return c.survivors(uint32(numbers[0]))
	case "received":
		c.mu.Lock()
		arrived := c.arrived
		c.mu.Unlock()
		if arrived != nil {
			if err := wait(arrived, "data"); err != nil {
				return nil, err
			}
		}
		return hash(c.incoming), nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.echo = method == "echo"
	switch method {
	case "echo":
		return nil, nil
	case "expectMany":
		c.incoming, c.expected, c.arrived = nil, numbers[0], make(chan struct{})
		return nil, nil
	case "expectFlood":
		c.flood = &flood{Numbers: []uint32{}}
		return nil, nil
	}
	return nil, fmt.Errorf("no method %q", method)
}

func main() {
	var wanted options
	if err := json.Unmarshal([]byte(os.Args[1]), &wanted); err != nil {
		panic(err)
	}
	p, err := newPeer(wanted)
	if err != nil {
		panic(err)
	}
	var mu sync.Mutex
	out := json.NewEncoder(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	var signals sync.Mutex
	for in.Scan() {
		var request struct {
			ID     int       `json:"id"`
			Method string    `json:"method"`
			Args   arguments `json:"args"`
		}
		if err := json.Unmarshal(in.Bytes(), &request); err != nil {
			panic(err)
		}
		answer := func() {
			value, err := p.call(request.Method, request.Args)
			response := map[string]any{"id": request.ID, "value": value}
			if err != nil {
				response["error"] = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			_ = out.Encode(response)
		}
		// Signals keep their order, whatever else is waited for.
		if request.Method == "signal" {
			signals.Lock()
			answer()
			signals.Unlock()
		} else {
			go answer()
		}
	}
	_ = p.pc.Close()
}

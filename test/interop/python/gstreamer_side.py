"""GStreamer's webrtcbin as one side of a call: signals and questions as lines of JSON, in by stdin and out by stdout.

The same lines as aiortc_side.py takes.
"""

import json
import os
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

# How each kind is made: the payload types must be those of an offer when there is one.
# What webrtcbin makes of an offer names the profile; what it makes an offer of has to have the parameter.
H264 = "application/x-rtp,media=video,encoding-name=H264,payload={pt},clock-rate=90000,packetization-mode=(string)1,"
H264_OFFERED = H264 + "level-asymmetry-allowed=(string)1,profile-level-id=(string)42e01f"
H264_ANSWERED = H264 + "profile=(string)constrained-baseline"
AUDIO = "audiotestsrc is-live=true wave=sine ! audioconvert ! audioresample ! opusenc ! rtpopuspay pt={pt} ! capsfilter caps=application/x-rtp,media=audio,encoding-name=OPUS,payload={pt},clock-rate=48000"
VIDEO = {
    "video/VP8": "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! vp8enc deadline=1 keyframe-max-dist=50 ! rtpvp8pay pt={pt} picture-id-mode=2 ! capsfilter caps=application/x-rtp,media=video,encoding-name=VP8,payload={pt},clock-rate=90000",
    "video/H264": "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! x264enc tune=zerolatency threads=1 key-int-max=50 ! video/x-h264,profile=constrained-baseline ! rtph264pay pt={pt} config-interval=-1 aggregate-mode=zero-latency ! capssetter join=false replace=true caps={caps} ! capsfilter caps={caps}",
}


def say(value) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class Side:
    def __init__(self) -> None:
        self.pipeline = Gst.Pipeline.new(None)
        self.bin = Gst.ElementFactory.make("webrtcbin", "webrtc")
        self.bin.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.bin)
        self.decoded = {"audio": 0, "video": 0}
        self.bin.connect("on-ice-candidate", self.on_candidate)
        self.bin.connect("pad-added", self.on_pad)
        self.wanted = []
        self.video = "video/VP8"

    def on_candidate(self, _bin, index, candidate) -> None:
        say({"signal": {"candidate": {"candidate": candidate, "sdpMLineIndex": index}}})

    def on_pad(self, _bin, pad) -> None:
        if pad.direction != Gst.PadDirection.SRC:
            return
        decode = Gst.ElementFactory.make("decodebin", None)
        decode.connect("pad-added", self.on_decoded)
        self.pipeline.add(decode)
        decode.sync_state_with_parent()
        pad.link(decode.get_static_pad("sink"))

    def on_decoded(self, _decode, pad) -> None:
        kind = "audio" if pad.get_current_caps().get_structure(0).get_name().startswith("audio") else "video"
        sink = Gst.ElementFactory.make("fakesink", None)
        sink.set_property("sync", False)
        sink.set_property("signal-handoffs", True)
        sink.connect("handoff", lambda *_: self.count(kind))
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def count(self, kind) -> None:
        self.decoded[kind] += 1

    def send(self, kind, pt, caps=H264_OFFERED) -> None:
        text = AUDIO if kind == "audio" else VIDEO[self.video]
        branch = Gst.parse_bin_from_description(text.format(pt=pt, caps=caps.format(pt=pt)), True)
        self.pipeline.add(branch)
        branch.sync_state_with_parent()
        branch.link(self.bin)

    def offer(self, kinds=("audio", "video"), video="video/VP8"):
        self.video = video
        for kind in kinds:
            self.send(kind, 111 if kind == "audio" else 96)
        self.pipeline.set_state(Gst.State.PLAYING)
        self.bin.emit("create-offer", None, Gst.Promise.new_with_change_func(self.on_created, "offer"))

    def accept(self, kinds=("audio", "video"), video="video/VP8"):
        self.video = video
        self.wanted = list(kinds)
        self.pipeline.set_state(Gst.State.PLAYING)

    def on_created(self, promise, kind) -> None:
        promise.wait()
        # The description lives in the reply: it must not be let go of before.
        reply = promise.get_reply()
        description = reply.get_value(kind)
        text = description.sdp.as_text()
        self.bin.emit("set-local-description", description, Gst.Promise.new())
        say({"signal": {"description": {"type": kind, "sdp": text}}})

    def signal(self, signal) -> None:
        if "description" not in signal:
            candidate = signal.get("candidate")
            if candidate and candidate.get("candidate"):
                self.bin.emit("add-ice-candidate", candidate.get("sdpMLineIndex") or 0, candidate["candidate"])
            return
        given = signal["description"]
        _result, message = GstSdp.SDPMessage.new_from_text(given["sdp"])
        kind = GstWebRTC.WebRTCSDPType.OFFER if given["type"] == "offer" else GstWebRTC.WebRTCSDPType.ANSWER
        description = GstWebRTC.WebRTCSessionDescription.new(kind, message)
        if given["type"] == "offer":
            self.send_offered(message)
        promise = Gst.Promise.new_with_change_func(self.on_set, given["type"])
        self.bin.emit("set-remote-description", description, promise)

    def send_offered(self, message) -> None:
        for index in range(message.medias_len()):
            media = message.get_media(index)
            kind = media.get_media()
            if kind not in self.wanted:
                continue
            name = "OPUS" if kind == "audio" else self.video.split("/")[1]
            for at in range(media.formats_len()):
                pt = int(media.get_format(at))
                caps = media.get_caps_from_media(pt)
                if caps is None:
                    continue
                structure = caps.get_structure(0)
                found = (structure.get_string("encoding-name") or "").upper()
                if found != name.upper() or structure.get_string("packetization-mode") not in (None, "1"):
                    continue
                if structure.get_string("profile") in (None, "constrained-baseline"):
                    self.send(kind, pt, H264_ANSWERED)
                    break

    def on_set(self, promise, kind) -> None:
        promise.wait()
        if kind == "offer":
            self.bin.emit("create-answer", None, Gst.Promise.new_with_change_func(self.on_created, "answer"))

    def stats(self):
        return {
            "decoded": self.decoded,
            "connectionState": self.bin.get_property("connection-state").value_nick,
            "iceConnectionState": self.bin.get_property("ice-connection-state").value_nick,
        }

    def close(self) -> None:
        self.pipeline.set_state(Gst.State.NULL)


def main() -> None:
    Gst.init(None)
    loop = GLib.MainLoop()
    side = Side()

    def obey(order) -> bool:
        try:
            if "signal" in order:
                side.signal(order["signal"])
            else:
                say({"id": order["id"], "value": getattr(side, order["method"])(*order.get("args", []))})
        except Exception as error:  # told to the test, which knows whether it matters
            say({"id": order.get("id"), "error": f"{type(error).__name__}: {error}"})
        return False

    def listen() -> None:
        for line in sys.stdin:
            GLib.idle_add(obey, json.loads(line))
        GLib.idle_add(loop.quit)

    say({"ready": ".".join(str(part) for part in Gst.version()[:3])})
    threading.Thread(target=listen, daemon=True).start()
    loop.run()
    side.close()
    sys.stdout.flush()
    os._exit(0)


main()

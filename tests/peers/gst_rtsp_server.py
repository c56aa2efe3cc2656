#!/usr/bin/python3
"""Serves test pictures with Debian's gst-rtsp-server, an RTSP server that is not ours.

    /usr/bin/python3 tests/peers/gst_rtsp_server.py [--auth USER:PASSWORD] [--udp] [--tls PEM]

Prints `port N` once it listens (on 127.0.0.1, any free port). Streams: /h264 /h265 /bframes /sound
/aac /jpeg /raw, live at 25 frames a second; /sound is H.264 with A-law, /aac with AAC, /raw has no
pictures at all.
Needs python3-gi and gir1.2-gst-rtsp-server-1.0, hence /usr/bin/python3.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PICTURES = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1"
STREAMS = {
    "h264": PICTURES + " ! x264enc tune=zerolatency key-int-max=25 ! rtph264pay name=pay0 pt=96",
    "h265": PICTURES + " ! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25"
    " ! rtph265pay name=pay0 pt=96",
    "sound": PICTURES + " ! x264enc tune=zerolatency key-int-max=25 ! rtph264pay name=pay0 pt=96"
    " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1",
    "aac": PICTURES + " ! x264enc tune=zerolatency key-int-max=25 ! rtph264pay name=pay0 pt=96"
    " audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=1 ! avenc_aac ! aacparse ! rtpmp4gpay name=pay1 pt=97",
    "bframes": PICTURES + " ! x264enc bframes=2 b-adapt=false key-int-max=25 speed-preset=superfast ! video/x-h264,profile=main"
    " ! rtph264pay name=pay0 pt=96",
    "jpeg": PICTURES + ",format=I420 ! jpegenc ! rtpjpegpay name=pay0",
    "raw": "audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay0",
}


def main():
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    words = sys.argv[1:]
    if "--auth" in words:
        user, password = words[words.index("--auth") + 1].split(":")
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "watcher")
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
        server.set_auth(auth)
    if "--tls" in words:
        auth = GstRtspServer.RTSPAuth()
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(words[words.index("--tls") + 1]))
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "watcher")
        auth.set_default_token(token)
        server.set_auth(auth)
    for name, launch in STREAMS.items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch("( " + launch + " )")
        factory.set_shared(True)
        if "--udp" in words:
            factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
        if "--auth" in words or "--tls" in words:
            factory.add_role_from_structure(
                Gst.Structure.from_string(
                    "watcher, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
                )[0]
            )
        server.get_mount_points().add_factory("/" + name, factory)
    server.attach(None)
    print("port", server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


main()

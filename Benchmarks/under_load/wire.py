"""One TLS connection with the hub whose every frame the caller chooses (Protos/PROTOCOL.md, sections 1 to 4)."""
import pathlib
import socket
import ssl
import struct
import time
from dataclasses import dataclass

from under_load.messages import decode, encode

HELLO, LIMITS, PING, GOAWAY, CREDIT, RESET, CALL, DATA, HEAD, END = 0, 1, 2, 3, 4, 5, 0x10, 0x11, 0x12, 0x13
FLAG_END, FLAG_MORE, FLAG_COMPRESSED, FLAG_ACK, FLAG_NONE, FLAG_MUST_UNDERSTAND = 1, 2, 4, 8, 0x10, 0x80
HEADER = struct.Struct(">IBBHI")
ALPN = "elayanan/1"
DEADLINE_EXCEEDED = 4


class Late(Exception):
    """Nothing came in time."""


class Closed(Exception):
    """The hub has closed the connection, or refused it."""


@dataclass(frozen=True)
class Frame:
    type: int
    flags: int
    stream: int
    payload: bytes


def frame(type_, payload=b"", flags=0, stream=0, length=None, reserved=0):
    """A frame as bytes. `length` is announced in place of the payload's own."""
    return HEADER.pack(len(payload) if length is None else length, type_, flags, reserved, stream) + payload


def call(stream, method, request, timeout_ms=None, more=None, call_tail=b""):
    """CALL and the one request of a unary call, as bytes. `call_tail` is put behind the fields of CALL as it is."""
    fields = {"method": method, **(more or {})}
    if timeout_ms is not None:
        fields["timeout_ms"] = timeout_ms
    return (frame(CALL, encode("Call", fields) + call_tail, stream=stream)
            + frame(DATA, request, FLAG_END, stream))


def hello(**fields):
    """HELLO of a client that reads everything at once: its credit suffices for whatever comes."""
    limits = {"stream_credit": 1 << 24, "connection_credit": 1 << 30}
    return frame(HELLO, encode("Hello", {"software": "load", "limits": limits, **fields}))


@dataclass(frozen=True)
class Caller:
    """Where the hub listens and who calls: papers as PEM files; without certificate when `cert` is None."""

    port: int
    ca: pathlib.Path
    cert: pathlib.Path | None
    key: pathlib.Path | None

    @classmethod
    def admin(cls, hub):
        """The administrator of a running `servers.Hub`."""
        return cls(int(hub.target), hub.state / "ca.pem", hub.state / "admin.pem", hub.state / "admin.key")

    def context(self, alpn=(ALPN,), version=ssl.TLSVersion.TLSv1_3):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls.check_hostname = False  # That the name is checked is the client libraries' concern.
        tls.minimum_version = tls.maximum_version = version
        tls.load_verify_locations(self.ca)
        if self.cert:
            tls.load_cert_chain(self.cert, self.key)
        if alpn:
            tls.set_alpn_protocols(list(alpn))
        return tls


class Link:
    """A connection. `greeting` is sent at once; None leaves HELLO to the caller."""

    def __init__(self, caller, greeting=hello(), context=None, plain=False, receive_buffer=None):
        self.received, self.greeted, self.taken = bytearray(), False, 0
        self.max_stream, self.credit, self.stream_credit = 199, 1 << 20, {}
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(20)
        try:
            raw.connect(("127.0.0.1", caller.port))
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket = raw if plain else (context or caller.context()).wrap_socket(raw)
            if greeting:
                self.send(greeting)
        except (OSError, ssl.SSLError) as reason:
            raw.close()
            raise Closed(str(reason)) from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data, seconds=20):
        """Sends bytes, frames or not. A hub that has closed is noticed by whoever reads next."""
        self.socket.settimeout(seconds)
        try:
            self.socket.sendall(data)
        except TimeoutError:
            raise Late(f"nothing can be written for {seconds} s") from None
        except OSError:
            pass

    def fill(self, seconds):
        """Reads what is there, waiting for something. Raises Late or Closed."""
        self.socket.settimeout(max(seconds, 0))
        try:
            data = self.socket.recv(1 << 18)
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
            raise Late("nothing came in time") from None
        except OSError as reason:
            raise Closed(str(reason)) from None
        if not data:
            raise Closed("end of stream")
        self.received += data

    def arrived(self):
        """The frames that are here whole, but for extensions, HELLO and CREDIT, of which the link takes note itself."""
        at, frames, held = 0, [], len(self.received)
        while held - at >= 12:
            length, type_, flags, _, stream = HEADER.unpack_from(self.received, at)
            if held - at < 12 + length:
                break
            payload = bytes(self.received[at + 12:at + 12 + length])
            at += 12 + length
            if type_ == CREDIT:
                self.note_credit(stream, decode("Credit", payload))
            elif type_ == HELLO:
                self.greeted = True
            elif type_ < 0xE0:
                frames.append(Frame(type_, flags, stream, payload))
        del self.received[:at]
        self.taken += sum(len(each.payload) for each in frames if each.type == DATA)
        return frames

    def note_credit(self, stream, credit):
        offset = credit.get("max_offset", 0)
        if stream:
            self.stream_credit[stream] = max(offset, self.stream_credit.get(stream, 0))
        else:
            self.credit = max(offset, self.credit)
            self.max_stream = max(credit.get("max_stream", 0), self.max_stream)

    def frames(self, seconds=10):
        """At least one frame, and all that are here with it. Raises Late or Closed."""
        end = time.monotonic() + seconds
        while not (frames := self.arrived()):
            self.fill(end - time.monotonic())
        return frames

    def unary(self, stream, method, request, timeout_ms=10_000):
        """One call and its answer; no other may be open. Raises Closed, Late, or Wrong status as ValueError."""
        self.send(call(stream, method, request, timeout_ms))
        message = b""
        while True:
            for each in self.frames():
                if each.type == DATA and each.stream == stream:
                    message += each.payload
                elif each.type == END and each.stream == stream:
                    end = decode("End", each.payload)
                    if end.get("status", 0):
                        raise ValueError(f"{method}: {end.get('message')}")
                    return message
                elif each.type in (GOAWAY, RESET):
                    raise Closed(f"{method}: frame of type {each.type}")

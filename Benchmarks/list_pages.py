"""Measures a list page: the newest 50 cases, one call after another, over TLS as any client would.

Usage: list_pages.py STATE-DIRECTORY CALLS     One JSON line on standard output.
"""
import json
import socket
import ssl
import struct
import sys
import time

HELLO, CREDIT, CALL, DATA, END = 0x00, 0x04, 0x10, 0x11, 0x13  # Protos/PROTOCOL.md, section 2
FLAG_END = 0x01
WINDOW = 1_048_576  # bytes that the hub may send on the connection before it is given more, L-24


def frame(kind, flags, stream, payload):
    return struct.pack(">IBBHI", len(payload), kind, flags, 0, stream) + payload


def field(number, payload):
    """A length-delimited protobuf field shorter than 128 bytes."""
    return bytes([number << 3 | 2, len(payload)]) + payload


def varint(number, value):
    encoded = bytes([number << 3])
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])


class Connection:
    def __init__(self, state):
        host, port = open(f"{state}/address").read().strip().rsplit(":", 1)
        tls = ssl.create_default_context(cafile=f"{state}/ca.pem")
        tls.minimum_version = ssl.TLSVersion.TLSv1_3
        tls.load_cert_chain(f"{state}/admin.pem", f"{state}/admin.key")
        tls.set_alpn_protocols(["elayanan/1"])
        plain = socket.create_connection((host, int(port)), timeout=30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = tls.wrap_socket(plain, server_hostname=host)
        self.file = self.socket.makefile("rb")
        self.stream = -1
        self.taken, self.granted = 0, WINDOW
        self.socket.sendall(frame(HELLO, 0, 0, b""))

    def read(self):
        length, kind, flags, _, stream = struct.unpack(">IBBHI", self.file.read(12))
        return kind, flags, stream, self.file.read(length)

    def take(self, count):
        """Gives credit back at half of the window."""
        self.taken += count
        if self.taken + WINDOW - self.granted >= WINDOW // 2:
            self.granted = self.taken + WINDOW
            self.socket.sendall(frame(CREDIT, 0, 0, varint(1, self.granted)))

    def call(self, method, request):
        """The answer's bytes; ends the program when the hub answers anything but OK."""
        self.stream += 2
        self.socket.sendall(
            frame(CALL, 0, self.stream, field(1, method)) + frame(DATA, FLAG_END, self.stream, request))
        answer = b""
        while True:
            kind, _, stream, payload = self.read()
            if stream != self.stream:
                continue
            if kind == DATA:
                answer += payload
                self.take(len(payload))
            elif kind == END:
                # Field 1, status, comes first and is left out when it is 0.
                if payload[:1] == b"\x08":
                    sys.exit(f"list_pages: the hub answered status {payload[1]}")
                return answer
            else:
                sys.exit(f"list_pages: frame type {kind}")


def main():
    state, calls = sys.argv[1], int(sys.argv[2])
    hub = Connection(state)
    page = varint(7, 50)
    micros = []
    answer = b""
    for _ in range(calls + 20):
        began = time.perf_counter_ns()
        answer = hub.call(b"layanan.v1.Cases/List", page)
        micros.append((time.perf_counter_ns() - began) / 1e3)
    micros = sorted(micros[20:])
    if len(answer) < 1_000:
        sys.exit(f"list_pages: a page of {len(answer)} bytes holds no 50 cases")
    print(json.dumps({
        "bench": "list-page", "in_flight": 1, "rate": round(1e6 * calls / sum(micros), 1), "count": calls,
        "p50_us": round(micros[calls // 2], 1), "p99_us": round(micros[calls * 99 // 100], 1),
        "answer_bytes": len(answer)}))


if __name__ == "__main__":
    main()

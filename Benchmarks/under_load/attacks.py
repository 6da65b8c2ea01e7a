"""A hostile client: one kind of abuse for some seconds, then a line of JSON with what became of it.

Usage: python3 -m under_load.attacks KIND PORT CA CERT KEY SECONDS [MODULE]
It connects again as soon as it is cut, so that the abuse lasts; everything else about it is one connection. It runs with
the scheduler's idle policy: whoever shares its core, such as an honest client, goes before it, so that what the honest
client loses is lost in the hub.
"""
import collections
import itertools
import json
import os
import pathlib
import socket
import ssl
import sys
import time

from under_load.messages import decode, encode, schema
from under_load.wire import (
    CALL, CREDIT, DATA, FLAG_END, FLAG_MORE, GOAWAY, PING, RESET, Caller, Closed, Late, Link, call, frame)

CANCELLED = frame(RESET, encode("Reset", {"code": "RESET_CODE_CANCELLED"}))[12:]
BATCH = 5000  # frames in one write
FREE_CUTS = 10  # Connections that come after so many cuts are made to wait (PROTOCOL.md, L-32).
GOAWAY_CODES = {number: name.removeprefix("GOAWAY_CODE_")
                for name, number in schema()[1].items() if name.startswith("GOAWAY_CODE_")}


# What is sent on a connection: generators of (bytes, frames in them). They end when they have nothing left to send.

def reset_flood(link, module):
    """Opens calls that take 200 ms and gives them up at once, as fast as the stream credit lets it."""
    yield from given_up(link, "hub.v1.Interop/Unary", encode("InteropRequest", {"wait_ms": 200}))


def module_reset_flood(link, module):
    """Opens calls that a module answers and gives them up at once, as fast as the stream credit lets it."""
    echo = encode("EchoMessage", {"payload": b"x" * 64, "module": module})
    yield from given_up(link, "hub.v1.Diagnostics/Echo", echo)


def given_up(link, method, request):
    stream = 1
    while True:
        streams = range(stream, min(link.max_stream, stream + 1000) + 1, 2)
        if streams:
            yield b"".join(call(each, method, request) + frame(RESET, CANCELLED, stream=each)
                           for each in streams), 3 * len(streams)
            stream = streams[-1] + 2
        else:
            wait_for_credit(link)
            yield b"", 0


def empty_data_flood(link, module):
    """DATA without a byte and without an end."""
    yield call_without_request(1, "hub.v1.Interop/Input"), 1
    yield from itertools.repeat((frame(DATA, b"", FLAG_MORE, 1) * BATCH, BATCH))


def ping_flood(link, module):
    """PING and nothing else."""
    yield from itertools.repeat((frame(PING, b"sediakah") * BATCH, BATCH))


def credit_flood(link, module):
    """CREDIT for which nothing is sent."""
    yield from itertools.repeat((frame(CREDIT, encode("Credit", {"max_offset": 2_000_000})) * BATCH, BATCH))


def patient_ping_flood(link, module):
    """900 PINGs, then a call, and again: the longest flood that no count forbids."""
    echo = encode("EchoMessage", {"payload": b"x" * 64})
    for stream in itertools.count(1, 2):
        yield frame(PING, b"sediakah") * 900 + call(stream, "hub.v1.Diagnostics/Echo", echo), 902
        while stream + 2 > link.max_stream:
            wait_for_credit(link)
            yield b"", 0


def one_byte_frames(link, module):
    """Requests of a megabyte, a byte in each frame."""
    sent = 0
    for stream in itertools.count(1, 2):
        yield call_without_request(stream, "hub.v1.Interop/Input"), 1
        left = 1_000_000
        while left:
            room = min(link.stream_credit.get(stream, 65_536) - (1_000_000 - left), link.credit - sent, left - 1, BATCH)
            if room > 0:
                yield frame(DATA, b"\0", FLAG_MORE, stream) * room, room
                left, sent = left - room, sent + room
            elif left == 1:
                yield frame(RESET, CANCELLED, stream=stream), 1
                left = 0
            else:
                wait_for_credit(link)
                yield b"", 0


def big_messages(link, module):
    """Echoes of a megabyte, one after the other."""
    message = encode("EchoMessage", {"payload": b"x" * 1_000_000})
    sent = 0
    for stream in itertools.count(1, 2):
        yield call_without_request(stream, "hub.v1.Diagnostics/Echo"), 1
        at = 0
        while at < len(message):
            room = min(link.stream_credit.get(stream, 65_536) - at, link.credit - sent, 65_536, len(message) - at)
            if room > 0:
                piece = message[at:at + room]
                at, sent = at + room, sent + room
                yield frame(DATA, piece, FLAG_END if at == len(message) else FLAG_MORE, stream), 1
            else:
                wait_for_credit(link)
                yield b"", 0
        grant = encode("Credit", {"max_offset": link.taken + (1 << 30)})
        yield frame(CREDIT, grant), 1


def slow_reader(link, module):
    """A hundred streams of four megabytes each, and never a read."""
    sizes = encode("InteropOutputRequest", {"sizes": [1_000_000] * 4})
    for stream in range(1, 200, 2):
        yield call(stream, "hub.v1.Interop/Output", sizes), 2
    while True:
        time.sleep(0.05)
        yield b"", 0


def call_without_request(stream, method):
    return frame(CALL, encode("Call", {"method": method}), stream=stream)


def wait_for_credit(link):
    """Reads once; what else comes is dropped."""
    try:
        link.fill(0.2)
    except Late:
        pass
    note_goaway(link)


class Cut(Exception):
    """The hub has said GOAWAY, or closed without a word."""


def note_goaway(link):
    for each in link.arrived():
        if each.type == GOAWAY:
            raise Cut(GOAWAY_CODES.get(decode("Goaway", each.payload).get("code", 0), "?"))


# How long, and what became of it.

def on_connections(abuse, caller, end, module):
    """One connection after the other until the end."""
    report = {"connections": 0, "refused": 0, "frames": 0, "first_cut_s": None, "longest_s": 0.0}
    codes, context = collections.Counter(), caller.context()
    reads = abuse is not slow_reader
    while time.monotonic() < end:
        try:
            link = Link(caller, context=context, receive_buffer=None if reads else 4096)
        except Closed:
            report["refused"] += 1
            time.sleep(0.01)
            continue
        report["connections"] += 1
        began = time.monotonic()
        try:
            for data, frames in abuse(link, module):
                if time.monotonic() > end:
                    break
                link.send(data, max(0.1, end - time.monotonic()))
                report["frames"] += frames
                if reads:
                    note_what_is_here(link)
        except Late:
            pass  # The hub has stopped to read: so it stays until the end.
        except (Cut, Closed) as how:
            codes[str(how) if isinstance(how, Cut) else "closed"] += 1
            report["first_cut_s"] = report["first_cut_s"] or round(time.monotonic() - began, 4)
        finally:
            if report["connections"] <= FREE_CUTS:
                report["longest_s"] = max(report["longest_s"], round(time.monotonic() - began, 4))
            link.close()
    return report | {"cuts": sum(codes.values()), "codes": dict(codes)}


def note_what_is_here(link):
    try:
        while True:
            link.fill(0)
            note_goaway(link)
    except Late:
        pass


def half_open_handshakes(caller, end):
    """500 TCP connections that begin a TLS record and never go on; each that is closed is replaced."""
    begun = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # A record of 512 bytes of which these are the first.
    opened = cuts = 0
    held = []
    first = None
    began = time.monotonic()
    while time.monotonic() < end:
        while len(held) < 500:
            held.append(socket.create_connection(("127.0.0.1", caller.port), 5))
            held[-1].send(begun)
            held[-1].setblocking(False)
            opened += 1
        still = [each for each in held if not is_over(each)]
        if len(still) < len(held):
            cuts += len(held) - len(still)
            first = first or round(time.monotonic() - began, 3)
        held = still
        time.sleep(0.1)
    return {"connections": opened, "cuts": cuts, "first_cut_s": first}


def is_over(connection):
    try:
        over = connection.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        over = True
    if over:
        connection.close()
    return over


def handshakes(caller, end):
    """Whole handshakes and nothing else, one after the other."""
    context, report = caller.context(), {"connections": 0, "refused": 0}
    while time.monotonic() < end:
        try:
            Link(caller, context=context).close()
            report["connections"] += 1
        except (Closed, ssl.SSLError):
            report["refused"] += 1
    return report


ON_CONNECTIONS = {
    "reset": reset_flood, "reset-module": module_reset_flood, "empty-data": empty_data_flood, "ping": ping_flood,
    "credit": credit_flood, "patient-ping": patient_ping_flood, "one-byte": one_byte_frames, "big": big_messages,
    "slow-reader": slow_reader}
OTHERS = {"half-open": half_open_handshakes, "handshakes": handshakes}
KINDS = ON_CONNECTIONS | OTHERS


def main():
    kind, port, ca, cert, key, seconds, *module = sys.argv[1:]
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    caller = Caller(int(port), pathlib.Path(ca), pathlib.Path(cert), pathlib.Path(key))
    print("ready", flush=True)
    end = time.monotonic() + float(seconds)
    if kind in OTHERS:
        report = OTHERS[kind](caller, end)
    else:
        report = on_connections(ON_CONNECTIONS[kind], caller, end, module[0] if module else None)
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()

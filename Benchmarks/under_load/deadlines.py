"""Part `deadlines`: calls with 1 to 50 ms to live on something that takes 200 ms, in the hub and in a module.

In the hub, hub.v1.Interop/Unary waits. No module has a method that waits, so its process is held with SIGSTOP while a
burst of calls is on its way to it, and goes on with SIGCONT afterwards: to the hub it is a module that thinks.
"""
import collections
import os
import random
import selectors
import signal
import time

from loads import Wrong
from under_load.messages import decode, encode
from under_load.wire import DEADLINE_EXCEEDED, END, Caller, Late, Link, call

SEED = 6
CONNECTIONS, IN_FLIGHT = 4, 16
# Calls to a module that is held: fewer than the 256 that wait for a module (more are UNAVAILABLE at once), and sent within a
# fraction of the 5 s after which the hub would end it.
BURST = 200
DEADLINES_MS = range(1, 51)


class Line:
    """A connection on which calls are timed."""

    def __init__(self, caller):
        self.link, self.stream, self.open = Link(caller), 1, {}

    def ask(self, method, request, timeout_ms):
        self.open[self.stream] = (time.monotonic(), timeout_ms)
        self.link.send(call(self.stream, method, request, timeout_ms))
        self.stream += 2

    def ended(self):
        """(status, milliseconds after the deadline) of the calls whose END is here."""
        try:
            self.link.fill(0)
        except Late:
            pass
        now = time.monotonic()
        for each in self.link.arrived():
            if each.type == END:
                began, timeout_ms = self.open.pop(each.stream)
                yield decode("End", each.payload).get("status", 0), (now - began) * 1000 - timeout_ms

    def room(self):
        return IN_FLIGHT - len(self.open) if self.stream + 2 * IN_FLIGHT <= self.link.max_stream else 0


def rush(caller, calls, method, request, pick):
    """Sends the calls, sixteen in flight on each of four connections. Returns what each ended with."""
    lines = [Line(caller) for _ in range(CONNECTIONS)]
    ready = selectors.DefaultSelector()
    for line in lines:
        ready.register(line.link.socket, selectors.EVENT_READ, line)
    made, seen, end = 0, [], time.monotonic() + 30 + calls / 200
    while len(seen) < calls:
        if time.monotonic() > end:
            raise Wrong(f"{calls - len(seen)} of {calls} calls never ended")
        for line in lines:
            for _ in range(min(line.room(), calls - made)):
                line.ask(method, request, pick.choice(DEADLINES_MS))
                made += 1
        for key, _ in ready.select(0.1):
            seen += key.data.ended()
    for line in lines:
        line.link.close()
    return seen


def figures(seen, seconds_to_zero, left):
    late = sorted(after for _, after in seen)
    others = collections.Counter(status for status, _ in seen if status != DEADLINE_EXCEEDED)
    return {"calls": len(seen), "exceeded_share": 1 - others.total() / len(seen), "other_statuses": dict(others),
            "latest_ms": round(late[-1], 2), "p99_ms": round(late[int(len(late) * 0.99)], 2),
            "earliest_ms": round(late[0], 2), "seconds_to_zero": seconds_to_zero, "left": left}


def in_hub(ground, calls):
    """Afterwards a hundred calls at once must all be answered at once: no slot is still taken."""
    caller = Caller.admin(ground.hub)
    seen = rush(caller, calls, "hub.v1.Interop/Unary", encode("InteropRequest", {"wait_ms": 200}), random.Random(SEED))
    began = time.monotonic()
    with Link(caller) as link:
        link.send(b"".join(call(stream, "hub.v1.Interop/Empty", b"", 5_000) for stream in range(1, 200, 2)))
        good = 0
        while good < 100:
            ends = [decode("End", each.payload) for each in link.frames(5) if each.type == END]
            if any(end.get("status", 0) for end in ends):
                raise Wrong(f"a call after the rush failed: {ends}")
            good += len(ends)
    return figures(seen, round(time.monotonic() - began, 3), 0)


def in_module(ground, calls):
    """Bursts at a module whose process is held; after each, its calls in flight must come back to none."""
    caller, pick = Caller.admin(ground.hub), random.Random(SEED)
    module = next(each for each in ground.status()["modules"] if each["id"] == ground.hub.module)
    request = encode("EchoMessage", {"payload": b"x" * 64, "module": module["id"]})
    seen, slowest, left, most = [], 0.0, 0, 0
    for _ in range(max(1, calls // BURST)):
        os.kill(module["pid"], signal.SIGSTOP)
        try:
            seen += rush(caller, min(BURST, calls), "hub.v1.Diagnostics/Echo", request, pick)
            most = max(most, ground.in_flight())
        finally:
            os.kill(module["pid"], signal.SIGCONT)
        began = time.monotonic()
        while (left := ground.in_flight()) and time.monotonic() < began + 5:
            time.sleep(0.01)
        slowest = max(slowest, time.monotonic() - began)
    now = next(each for each in ground.status()["modules"] if each["id"] == module["id"])
    return figures(seen, round(slowest, 3), left) | {
        "most_in_flight": most, "module_restarts": now["starts"] - module["starts"]}


def measure(ground, write, options):
    write.attempt("deadlines-hub", 1, lambda: in_hub(ground, options.deadline_calls))
    if ground.hub.module:
        write.attempt("deadlines-module", 1, lambda: in_module(ground, options.deadline_calls))

"""Part `grease`: mixed calls with things in between that a hub must not mind (PROTOCOL.md, W-8, W-9, W-12, W-15).

One GREASE item for every ten frames: an extension frame, unknown fields in HELLO, CALL or a request, feature bits that
nobody defined, metadata that nobody knows. Every answer is compared; a call that does not end OK, or a connection that
ends, is an error. What is sent follows from the seed.
"""
import collections
import random
import time

from loads import Wrong
from under_load.messages import bytes_field, decode, encode, number_field, parse
from under_load.wire import (
    CALL, DATA, END, FLAG_END, FLAG_NONE, GOAWAY, HEADER, RESET, Caller, Closed, Late, Link, frame, hello)

SEED = 20260731
CONNECTIONS, IN_FLIGHT = 4, 16
CALLS_OF_A_CONNECTION = 2_000  # Then a new one, for the sake of HELLO.
FRAMES_OF_AN_ITEM = 10


class Greaser:
    """Makes calls, and now and then something strange."""

    def __init__(self, seed, module):
        self.random, self.module = random.Random(seed), module
        self.frames, self.items, self.mix = 0, collections.Counter(), collections.Counter()

    def due(self, frames):
        """Counts frames; whether one of them shall be greased."""
        before = self.frames
        self.frames += frames
        return self.frames // FRAMES_OF_AN_ITEM > before // FRAMES_OF_AN_ITEM

    def unknown_fields(self, what):
        """One to three fields that no message of the protocol has."""
        self.items[what] += 1
        pick = self.random
        fields = b""
        for _ in range(pick.randint(1, 3)):
            number = pick.randint(1_000, 500_000)
            if pick.random() < 0.5:
                fields += number_field(number, pick.getrandbits(63))
            else:
                fields += bytes_field(number, pick.randbytes(pick.randint(0, 60)))
        return fields

    def extension(self):
        """A frame of a type that the hub does not know and need not understand."""
        self.items["extension frame"] += 1
        pick = self.random
        return frame(pick.randint(0xE0, 0xFF), pick.randbytes(pick.randint(0, 200)), pick.randint(0, 0x7F),
                     pick.choice([0, pick.getrandbits(32)]))

    def greeting(self):
        self.items["feature bits"] += 1
        greeting = hello(features=self.random.getrandbits(64), version_max=self.random.randint(0, 9))
        payload = greeting[HEADER.size:] + self.unknown_fields("fields of HELLO")
        return frame(greeting[4], payload)

    def call(self, stream):
        """The bytes of one call, and what must be answered: the payload bytes of each message."""
        method, requests, answers = self.subject()
        self.mix[method] += 1
        strange = self.random.choice(["extension", "call", "request", "metadata"]) if self.due(1 + len(requests)) else None
        fields, tail = {"method": method, "timeout_ms": 20_000}, b""
        if strange == "metadata":
            self.items["metadata"] += 1
            key = "x-" + "".join(self.random.choices("abcdefghijklmnopqrstuvwxyz0123456789_.-", k=self.random.randint(1, 40)))
            fields["metadata"] = [{"key": key, "value": self.random.randbytes(self.random.randint(0, 200))}]
        if strange == "call":
            tail = self.unknown_fields("fields of CALL")
        if strange == "request" and requests:
            requests[0] += self.unknown_fields("fields of a request")
        sent = [frame(CALL, encode("Call", fields) + tail, stream=stream)]
        for at, request in enumerate(requests, 1):
            sent.append(frame(DATA, request, FLAG_END if at == len(requests) else 0, stream))
        if not requests:
            sent.append(frame(DATA, b"", FLAG_END | FLAG_NONE, stream))
        if strange == "extension":
            sent.insert(self.random.randint(0, len(sent)), self.extension())
        return b"".join(sent), answers

    def subject(self):
        """A method, its requests, and the payload of every answer."""
        pick = self.random
        payload = pick.randbytes(pick.randint(0, 200))
        kind = pick.randrange(10)
        if kind < 3:
            return "hub.v1.Diagnostics/Echo", [encode("EchoMessage", {"payload": payload})], [payload]
        if kind < 5:
            return "hub.v1.Diagnostics/Echo", [encode("EchoMessage", {"payload": payload, "module": self.module})], [payload]
        if kind < 6:
            return "hub.v1.Interop/Empty", [b""], [b""]
        if kind < 7:
            size = pick.randint(0, 400)
            return "hub.v1.Interop/Unary", [encode("InteropRequest", {"reply_bytes": size, "payload": payload})], [bytes(size)]
        sizes = [pick.randint(0, 100) for _ in range(pick.randint(0, 4))]
        if kind < 8:
            return "hub.v1.Interop/Output", [encode("InteropOutputRequest", {"sizes": sizes})], [bytes(each) for each in sizes]
        requests = [encode("InteropRequest", {"reply_bytes": each, "payload": payload}) for each in sizes]
        if kind < 9:
            return "hub.v1.Interop/Exchange", requests, [bytes(each) for each in sizes]
        return "hub.v1.Interop/Input", requests, [None]  # A total: counted, not compared.


class Conversation:
    """One connection with calls in flight."""

    def __init__(self, caller, greaser):
        self.link, self.greaser = Link(caller, greaser.greeting()), greaser
        self.stream, self.open = 1, {}

    def ask(self, count):
        sent = []
        for _ in range(count):
            data, answers = self.greaser.call(self.stream)
            self.open[self.stream] = (answers, [])
            sent.append(data)
            self.stream += 2
        self.link.send(b"".join(sent))

    def hear(self):
        """Reads until no call is open. Returns how many did not end as they must, and the first such end."""
        errors, first = 0, None
        while self.open:
            for each in self.link.frames(20):
                if each.type in (GOAWAY, RESET):
                    raise Closed(f"frame of type {each.type}: {each.payload!r}")
                if each.type == DATA and not each.flags & FLAG_NONE:
                    self.open[each.stream][1].append(each.payload)
                if each.type == END:
                    expected, messages = self.open.pop(each.stream)
                    wrong = judge(expected, messages, decode("End", each.payload))
                    errors, first = errors + bool(wrong), first or wrong
        return errors, first


def judge(expected, messages, end):
    """What is wrong with a call that ended; nothing when it is as it must be."""
    if end.get("status", 0):
        return f"status {end['status']}: {end.get('message')}"
    if len(messages) != len(expected):
        return f"{len(messages)} messages in place of {len(expected)}"
    for message, payload in zip(messages, expected):
        if payload is not None and parse(message).get(1, [b""])[0] != payload:
            return "another payload"
    return None


def talk(caller, module, calls, seed=SEED):
    """All calls, over four connections with sixteen in flight on each. Figures for one raw line."""
    greaser = Greaser(seed, module)
    began, done, errors, lost, first = time.monotonic(), 0, 0, 0, None
    conversations = []
    while done < calls:
        if not conversations or conversations[0].stream > 2 * CALLS_OF_A_CONNECTION:
            for each in conversations:
                each.link.close()
            conversations = [Conversation(caller, greaser) for _ in range(CONNECTIONS)]
        for each in conversations:
            each.ask(IN_FLIGHT)
        for each in conversations:
            try:
                wrong, reason = each.hear()
            except (Closed, Late, ValueError) as reason_:
                wrong, reason, lost = len(each.open), str(reason_), lost + 1
            errors, first, done = errors + wrong, first or reason, done + IN_FLIGHT
        if lost:
            break
    for each in conversations:
        each.link.close()
    return {"calls": done, "errors": errors, "connections_lost": lost, "first_error": first, "frames": greaser.frames,
            "items": sum(greaser.items.values()), "kinds": dict(greaser.items), "methods": dict(greaser.mix),
            "seed": seed, "seconds": round(time.monotonic() - began, 1)}


def measure(ground, write, options):
    if not ground.hub.module:
        raise Wrong("the hub has no module")
    write.attempt("grease", 1, lambda: talk(Caller.admin(ground.hub), ground.hub.module, options.grease_calls))

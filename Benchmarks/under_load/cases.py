"""The malformed cases of the conformance kit (Sources/HubConformance/Cases), read so that they can be played very often.

`hubctl conformance` proves that each case has its one answer, down to the details of errors. Here a case is played ten
thousand times, and its answer is compared as far as frame, stream, status and code go.
"""
import pathlib
import ssl
import time
from collections import deque
from dataclasses import dataclass, field

from servers import Unavailable
from under_load.messages import NUMBERS, decode, encode, schema
from under_load.wire import (
    ALPN, CALL, DATA, END, FLAG_ACK, FLAG_END, FLAG_MORE, GOAWAY, PING, RESET, Closed, Late, Link, call, frame, hello)

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Sources/HubConformance/Cases"
TYPES = {"HELLO": 0, "LIMITS": 1, "PING": PING, "GOAWAY": GOAWAY, "CREDIT": 4, "RESET": RESET, "CALL": CALL, "DATA": DATA,
         "HEAD": 0x12, "END": END}
FLAGS = {"END": FLAG_END, "MORE": FLAG_MORE, "COMPRESSED": 4, "ACK": FLAG_ACK, "NONE": 0x10, "MUST_UNDERSTAND": 0x80}
MESSAGES = {"hello": "Hello", "call": "Call", "reset": "Reset", "goaway": "Goaway", "end": "End", "credit": "Credit",
            "echo": "EchoMessage", "interop": "InteropRequest", "output": "InteropOutputRequest",
            "count": "InteropCountRequest"}
PATIENCE_SECONDS = 10
SLOW_READER_SECONDS = 35  # W-44, and something more


class Wrong(Exception):
    """The hub's answer was not the one that the case allows."""


@dataclass
class Case:
    id: str
    group: str
    waits: bool  # by its nature: for silence, or for a limit of many seconds
    steps: list = field(default_factory=list)


def malformed():
    """All malformed cases for a hub, in the order of their files."""
    try:
        import yaml
    except ImportError:
        raise Unavailable("PyYAML is missing (Debian: python3-yaml)") from None
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for entry in yaml.load(path.read_text(), Loader=yaml.BaseLoader):
            if entry["kind"] == "malformed" and entry.get("target", "hub") == "hub" and "frames" in entry:
                waits = "slow" in entry or any("pause" in each or "silence" in each for each in entry["frames"])
                found.append(Case(entry["id"], entry["group"], waits, [step(each) for each in entry["frames"]]))
    return found


# Steps, as functions of a player.

def step(entry):
    """One step as a function of the player. Without `connect` in front of it, it connects first as usual."""
    (key, value), = ({entry: None} if isinstance(entry, str) else entry).items()
    if key == "connect":
        return lambda player: player.connect(value or {})
    perform = action(key, value)

    def connected(player):
        if not player.link:
            player.connect({})
        perform(player)
    return connected


def action(key, value):
    if key == "alive":
        return Player.alive
    if key == "send":
        return sending([Template(value)], 1, False)
    if key == "repeat":
        return sending([Template(each) for each in value["frames"]], number(value["times"]), value.get("paced") == "true")
    if key == "raw":
        data = octets(value)
        return lambda player: player.link.send(data)
    if key == "pause":
        return lambda player: time.sleep(number(value) / 1000)
    if key == "silence":
        return lambda player: player.silence(number(value) / 1000)
    if key == "closed":
        return lambda player: player.closed(number(value or "1000") / 1000)
    (kind, about), = value.items()
    expect = {"goaway": Player.goaway, "end": Player.end, "reset": Player.reset, "message": Player.message,
              "pong": Player.pong}[kind]
    return lambda player: expect(player, about)


def sending(templates, times, is_paced):
    pieces = [(template, at, template.bytes(at)) for at in range(times) for template in templates]
    if is_paced:
        return lambda player: [player.send_within_credit(*piece) for piece in pieces]
    data = b"".join(piece for _, _, piece in pieces)
    highest = max((template.stream_at(at) for template, at, _ in pieces if template.type == CALL), default=0)
    sent = sum(len(template.payload) for template, _, _ in pieces if template.type == DATA)
    return lambda player: player.send(data, highest, sent)


class Template:
    """A frame to send; its stream grows by `step` with each repetition."""

    FIELDS = {"type", "flags", "stream", "step", "reserved", "length", "hex", *MESSAGES}

    def __init__(self, entry):
        if unknown := entry.keys() - self.FIELDS:
            raise ValueError(f"a frame of a case has {', '.join(unknown)}, which is not understood here")
        self.type = TYPES[entry["type"]] if entry["type"] in TYPES else number(entry["type"])
        self.flags = sum(FLAGS[each] if each in FLAGS else number(each) for each in entry.get("flags", []))
        self.stream, self.step = number(entry.get("stream", "0")), number(entry.get("step", "0"))
        self.reserved = number(entry.get("reserved", "0"))
        self.length = number(entry["length"]) if "length" in entry else None
        self.payload = b"".join(encode(MESSAGES[key], values(MESSAGES[key], value))
                                for key, value in entry.items() if key in MESSAGES)
        self.payload += octets(entry.get("hex", ""))

    def stream_at(self, repetition):
        return self.stream + self.step * repetition

    def bytes(self, repetition):
        return frame(self.type, self.payload, self.flags, self.stream_at(repetition), self.length, self.reserved)


def number(text):
    return int(text.replace("_", ""), 0)


def octets(text):
    """`01 02 ff`, `fill:COUNT` zero bytes, `copies:COUNT:01 02`, or `text:…`; parts are joined by ` + `."""
    if text.startswith("text:"):
        return text[5:].encode()
    return b"".join(part(each.strip()) for each in text.split(" + "))


def part(text):
    if text.startswith("fill:"):
        return bytes(int(text[5:]))
    if text.startswith("copies:"):
        _, count, repeated = text.split(":")
        return bytes.fromhex(repeated) * int(count)
    return bytes.fromhex(text)


def values(message, entry):
    """The fields of a message as a case writes them, as `messages.encode` takes them."""
    messages, enums = schema()
    fields = {}
    for name, given in entry.items():
        _, kind, label = messages[message][name]
        if label == "repeated":
            if isinstance(given, dict):  # {copies: COUNT, of: VALUE}
                given = [given["of"]] * int(given["copies"])
            fields[name] = [value(kind, each) for each in given]
        else:
            fields[name] = value(kind, given)
    return fields


def value(kind, given):
    if isinstance(given, dict):
        return values(kind, given)
    if kind in NUMBERS:
        return number(given) if given not in ("true", "false") else given == "true"
    if given.startswith("hex:"):
        return octets(given[4:])
    if given.startswith("fill:"):
        return octets(given)
    before, mark, count = given.partition("chars:")
    text = before + "a" * int(count) if mark else given
    return text.encode() if kind == "bytes" else text


class Player:
    """Plays one case once. `papers` are callers by the name a case uses for them: own, none, foreign, expired."""

    def __init__(self, papers, contexts):
        self.papers, self.contexts, self.link, self.inbox = papers, contexts, None, deque()
        self.highest = self.sent = 0

    def play(self, case):
        try:
            for each in case.steps:
                each(self)
        finally:
            if self.link:
                self.link.close()

    def connect(self, how):
        """Opens a connection; `refused` means that TLS fails or that it closes before any frame."""
        if self.link:
            self.link.close()
        is_refused, is_plain = how.get("refused") == "true", how.get("plain") == "true"
        greets = how.get("greets", "false" if is_refused or is_plain else "true") == "true"
        try:
            caller = self.papers[how.get("certificate", "own")]
            self.link = Link(caller, hello() if greets else None, self.context(how), is_plain)
            if is_refused:
                self.expect_nothing_but_close(PATIENCE_SECONDS)
        except Closed:
            if not is_refused:
                raise
        while greets and not self.link.greeted:
            self.link.fill(PATIENCE_SECONDS)
            self.inbox.extend(self.link.arrived())

    def context(self, how):
        """A TLS context is made once for each way to connect."""
        key = (how.get("certificate", "own"), how.get("tls", "1.3"), tuple(how.get("alpn", [ALPN])))
        if key not in self.contexts:
            version = ssl.TLSVersion.TLSv1_2 if key[1] == "1.2" else ssl.TLSVersion.TLSv1_3
            self.contexts[key] = self.papers[key[0]].context(key[2], version)
        return self.contexts[key]

    def send(self, data, highest, sent):
        self.highest, self.sent = max(self.highest, highest), self.sent + sent
        self.link.send(data)

    def send_within_credit(self, template, repetition, data):
        stream = template.stream_at(repetition)
        for _ in range(400):
            if stream <= self.link.max_stream and self.sent + len(template.payload) <= self.link.credit and (
                    template.type != DATA or self.sent + len(template.payload)
                    <= self.link.stream_credit.get(stream, 65_536)):
                break
            try:
                self.link.fill(0.025)
                self.inbox.extend(self.link.arrived())
            except (Late, Closed):
                continue
        self.send(data, stream if template.type == CALL else 0, len(template.payload) if template.type == DATA else 0)

    # What must come

    def next(self, seconds=PATIENCE_SECONDS):
        if not self.inbox:
            self.inbox.extend(self.link.frames(seconds))
        return self.inbox.popleft()

    def goaway(self, about):
        code, skips = (about, False) if isinstance(about, str) else (about["code"], about.get("skips") == "true")
        each = self.next()
        while skips and each.type != GOAWAY:
            each = self.next()
        found = decode("Goaway", each.payload).get("code", 0) if each.type == GOAWAY else None
        self.compare(found, schema()[1]["GOAWAY_CODE_" + code], f"GOAWAY {code}", each)

    def end(self, about):
        each = self.next()
        while about.get("skips") == "true" and each.type == DATA:
            each = self.next(PATIENCE_SECONDS + SLOW_READER_SECONDS)
        end = decode("End", each.payload) if each.type == END else {}
        code = f"E{about['code']} " if "code" in about else ""
        right = end.get("status", 0) == number(about.get("status", "0")) and end.get("message", "").startswith(code)
        self.compare((each.type, each.stream, right), (END, number(about["stream"]), True), f"END {about}", each)

    def reset(self, about):
        each = self.next()
        found = (each.type, each.stream, decode("Reset", each.payload).get("code", 0) if each.type == RESET else None)
        expected = (RESET, number(about["stream"]), schema()[1]["RESET_CODE_" + about["code"]])
        self.compare(found, expected, f"RESET {about}", each)

    def message(self, about):
        each = self.next()
        self.compare((each.type, each.stream), (DATA, number(about["stream"])), "DATA", each)
        while each.flags & FLAG_MORE:
            each = self.next()

    def pong(self, about):
        each = self.next()
        self.compare((each.type, each.flags, each.payload), (PING, FLAG_ACK, octets(about)), "PING with ACK", each)

    def silence(self, seconds):
        try:
            raise Wrong(f"silence, got {self.next(seconds)}")
        except Late:
            pass

    def closed(self, seconds):
        self.inbox.clear()
        self.expect_nothing_but_close(seconds)

    def expect_nothing_but_close(self, seconds):
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self.link.fill(max(0, end - time.monotonic()))
        except Closed:
            return
        except Late:
            pass
        raise Wrong(f"no close within {seconds} s")

    def alive(self):
        """PING is answered, and a call succeeds on a new stream."""
        self.link.send(frame(PING, b"sediakah"))
        self.pong("text:sediakah")
        stream = (self.highest + 1) | 1
        self.highest = stream
        if stream < 1 << 31:
            self.link.send(call(stream, "hub.v1.Interop/Empty", b""))
            self.message({"stream": str(stream)})
            self.end({"stream": str(stream)})

    @staticmethod
    def compare(found, expected, what, each):
        if found != expected:
            raise Wrong(f"expected {what}, got {each}"[:300])

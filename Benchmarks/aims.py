"""What the hub is measured against: which programs run in which shape, and the ratios that are aimed at.

A shape is "connections x calls in flight on each". A row is named PEER-SHAPE-BYTES, such as hub-16x16-64.
"""
from dataclasses import dataclass

SESSIONS = 5000


def row(peer, shape, payload=64):
    return f"{peer}-{shape}-{payload}"


@dataclass(frozen=True)
class Ratio:
    """One comparison: `figure` of `ours` divided by that of `theirs`, at least or at most `bound`. `what` is for people."""

    ours: str
    theirs: str
    figure: str
    bound: float
    at_least: bool
    what: str

    @property
    def aim(self):
        peer = self.theirs.rsplit("-", 2)[0] if self.theirs[-1].isdigit() else self.theirs.removesuffix("-idle")
        return f"{self.what} {'≥' if self.at_least else '≤'} {self.bound:g} × {peer}"

    def met(self, value):
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass(frozen=True)
class Aim:
    number: int
    title: str
    ratios: tuple


def faster(ours, peer, bound, shape, payload=64):
    return Ratio(row(ours, shape, payload), row(peer, shape, payload), "rate", bound, True, shape)


def sooner(ours, peer, bound, figure="p50_us"):
    return Ratio(row(ours, "1x1"), row(peer, "1x1"), figure, bound, False, figure.removesuffix("_us"))


def cheaper(peer, bound):
    return Ratio(row("hub", "16x16"), row(peer, "16x16"), "server_us", bound, False, "time")


AIMS = (
    Aim(1, "in-hub unary, 64 B: calls/s", (
        faster("hub", "grpc-cpp-h2load", 12, "16x16"), faster("hub", "grpc-cpp-h2load", 12, "1x64"),
        faster("hub", "grpc-cpp-h2load", 8, "64x8"), faster("hub", "grpc-swift-h2load", 60, "16x16"))),
    Aim(2, "share of the bare transport, 64 B: calls/s", (
        faster("hub", "limit-nio-raw", 0.45, "16x16"), faster("hub", "limit-nio-raw", 0.45, "64x8"))),
    Aim(3, "one call at a time: p50 and p99", (
        sooner("hub", "limit-c-tls", 1.3), sooner("hub", "limit-c-tls", 1.5, "p99_us"),
        sooner("hub", "grpc-cpp-h2load", 0.55))),
    Aim(4, "through a module in its own process, 64 B: calls/s", (
        faster("hub-module", "nats", 1.1, "16x16"), faster("hub-module", "dbus-broker", 6, "16x16"))),
    Aim(5, "through a module, one at a time: p50", (
        sooner("hub-module", "grpc-cpp-uds", 1.0), sooner("hub-module", "nats", 0.65))),
    Aim(8, f"{SESSIONS:,} idle mutually authenticated sessions: memory of each, and 16x16 calls/s beside them", (
        Ratio("hub-idle", "limit-nio-raw-mtls-idle", "session_kib", 1.5, False, "memory"),
        Ratio("hub-idle", "nats-idle", "session_kib", 0.8, False, "memory"),
        Ratio("hub-beside-idle-16x16-64", "hub-alone-16x16-64", "rate", 0.8, True, "calls/s"))),
    Aim(9, "server's processor time of a call, 16x16, 64 B", (
        cheaper("limit-nio-raw", 2.5), cheaper("grpc-cpp-h2load", 0.07), cheaper("grpc-go-h2load", 0.16))),
    Aim(10, "4 KiB: calls/s", (
        faster("hub", "limit-nio-raw", 0.85, "16x16", 4096), faster("hub", "grpc-cpp-h2load", 3.5, "16x16", 4096),
        faster("hub", "nats", 3, "16x16", 4096))),
)

# One round of the aims: ours first, then the peers it is compared with, one after another.
AIM_ROUND = (
    ("16x16", 64, (
        "hub", "limit-nio-raw", "grpc-cpp-h2load", "grpc-go-h2load", "grpc-swift-h2load", "limit-nio-raw-mtls")),
    ("1x64", 64, ("hub", "grpc-cpp-h2load")),
    ("64x8", 64, ("hub", "limit-nio-raw", "grpc-cpp-h2load")),
    ("1x1", 64, ("hub", "limit-c-tls", "grpc-cpp-h2load")),
    ("16x16", 64, ("hub-module", "nats", "dbus-broker")),
    ("1x1", 64, ("hub-module", "grpc-cpp-uds", "nats")),
    ("16x16", 4096, ("hub", "limit-nio-raw", "grpc-cpp-h2load", "nats")),
)

# The rest of both payloads and all shapes, for the table; no aim hangs on it.
SHAPE_ROUND = (
    ("1x64", 64, ("limit-nio-raw", "hub-module", "nats")),
    ("64x8", 64, ("hub-module", "nats")),
    ("1x1", 64, ("limit-nio-raw",)),
    ("1x1", 4096, ("hub", "limit-nio-raw", "grpc-cpp-h2load", "hub-module", "nats")),
    ("1x64", 4096, ("hub", "limit-nio-raw", "grpc-cpp-h2load", "hub-module", "nats")),
    ("16x16", 4096, ("hub-module",)),
    ("64x8", 4096, ("hub", "limit-nio-raw", "grpc-cpp-h2load", "hub-module", "nats")),
)

PEERS = ("hub", "hub-module", "limit-c-tls", "limit-nio-raw", "limit-nio-raw-mtls", "grpc-cpp-h2load",
         "grpc-swift-h2load", "grpc-go-h2load", "grpc-cpp-uds", "nats", "dbus-broker")
SHAPES = ("1x1", "1x64", "16x16", "64x8")
PAYLOADS = (64, 4096)

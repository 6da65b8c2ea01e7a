"""Runs ours and the peers in turn and writes a raw line for each measurement.

Usage: measure.py RAW PART... --programs DIR --build DIR [--rounds N] [--seconds S]
  PART: aims (the rows that the aims compare), idle (sessions that wait), shapes (the other shapes of the table)
A row that cannot be measured has a raw line that says why.
"""
import argparse
import json
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from aims import AIM_ROUND, SESSIONS, SHAPE_ROUND, row
from loads import Loads, Wrong
from servers import Hub, Peers, Unavailable

RATE_PAIRS = 3  # Of the hub with itself, in a round: one pair says more of the machine's mood than of the hub.


class Measurements:
    def __init__(self, options, work):
        self.options, self.work = options, pathlib.Path(work)
        self.loads = Loads(options.build, work, options.seconds)

    def write(self, name, number, figures):
        with open(self.options.raw, "a") as file:
            file.write(json.dumps({"name": name, "round": number, "figures": figures}) + "\n")
        keys = ("rate", "p50_us", "p99_us", "server_us", "session_kib")
        shown = [f"{key} {figures[key]:,.2f}" for key in keys if key in figures]
        print(f"  {name}: {figures.get('missing') or ', '.join(shown)}", file=sys.stderr, flush=True)

    def attempt(self, name, number, measure):
        try:
            self.write(name, number, measure())
        except (Unavailable, Wrong, OSError, subprocess.TimeoutExpired) as reason:
            self.write(name, number, {"missing": str(reason)})

    def servers(self):
        """A hub on a new state directory, and peers to be started; the caller ends both."""
        place = pathlib.Path(tempfile.mkdtemp(dir=self.work))
        hub = Hub(pathlib.Path(self.options.programs), place)
        return hub, Peers(self.options.build, place, hub)

    def round(self, number, groups):
        """One turn through all groups. Every second round goes backwards, so that no row always follows the same one."""
        hub, peers = self.servers()
        try:
            for shape, payload, names in groups:
                for name in names if number % 2 else reversed(names):
                    self.attempt(row(name, shape, payload), number,
                                 lambda: self.loads.measure(name, peers.server(name), shape, payload))
        finally:
            peers.stop()
            hub.stop()
            shutil.rmtree(hub.work, ignore_errors=True)

    def idle(self, number):
        """Memory of sessions that made one call and wait; then the rate beside those of the hub, and without them."""
        hub, peers = self.servers()
        try:
            for protocol, name in (("hub", "hub"), ("frame", "limit-nio-raw-mtls"), ("nats", "nats")):
                self.attempt(f"{name}-idle", number, lambda: self.session_memory(protocol, peers.server(name), name))
                peers.stop(name)
            for pair in range((number - 1) * RATE_PAIRS + 1, number * RATE_PAIRS + 1):
                measures = [("hub-alone", lambda: self.loads.measure("hub", hub, "16x16", 64)),
                            ("hub-beside-idle", lambda: self.rate_beside_idle(hub))]
                for name, measure in measures if pair % 2 else reversed(measures):
                    self.attempt(row(name, "16x16"), pair, measure)
        finally:
            peers.stop()
            hub.stop()
            shutil.rmtree(hub.work, ignore_errors=True)

    def session_memory(self, protocol, server, name):
        """Of the process that holds the sessions alone, beyond what it takes with one of them."""
        everyone, server.pids = server.pids, server.pids[:1]
        try:
            one = self.loads.idle(protocol, server, name, 1)
            many = self.loads.idle(protocol, server, name, SESSIONS)
        finally:
            server.pids = everyone
        return {**many, "base_kib": one["resident_kib"],
                "session_kib": round((many["resident_kib"] - one["resident_kib"]) / SESSIONS, 2)}

    def rate_beside_idle(self, hub):
        held = self.loads.hold(hub, SESSIONS)
        try:
            figures = self.loads.measure("hub", hub, "16x16", 64)
        except BaseException:
            held.kill()
            held.wait()
            raise
        self.loads.release(held)
        return figures


def raise_file_limit():
    """For thousands of connections, here and in what is started from here."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw")
    parser.add_argument("parts", nargs="+", choices=["aims", "idle", "shapes"])
    parser.add_argument("--programs", required=True, help="folder of hubd and hubctl")
    parser.add_argument("--build", required=True, help="folder of the built peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    raise_file_limit()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # Through the finally blocks, which end what was started.
    with tempfile.TemporaryDirectory(prefix="bench.", dir=options.build) as work:
        measurements = Measurements(options, work)
        for number in range(1, options.rounds + 1):
            for part in options.parts:
                began = time.monotonic()
                print(f"round {number} of {options.rounds}: {part}", file=sys.stderr)
                if part == "idle":
                    measurements.idle(number)
                else:
                    measurements.round(number, AIM_ROUND if part == "aims" else SHAPE_ROUND)
                print(f"  {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()

"""Allocations of the hub for each call, compared with what is allowed.

Usage: allocations.py [--programs DIR] [--build DIR] [--pin]
Drives a number of calls and then a larger one through a hub with a counting allocator; the difference, divided by the
calls, has neither connections nor start-up in it. Fails when a row is above Allocations/allowed.json; --pin writes that
file from what was measured, with 5 %, or a fifth of one, on top. Counts say nothing about speed, but they do not depend on the machine.
"""
import argparse
import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

from loads import Loads
from servers import Hub

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALLOWED = ROOT / "Benchmarks/Allocations/allowed.json"
ROWS = ("hub-1x1-64", "hub-1x64-64", "hub-16x16-64", "hub-1x64-4096", "hub-module-1x1-64", "hub-module-1x64-64")
FEW, MANY = 2_000, 12_000


class Counted(Loads):
    """A load that ends after a number of calls instead of after a time."""

    calls = 0

    def environment(self, server, report):
        return {**super().environment(server, report), "WARM": "0", "DUR": "60", "CALLS": str(self.calls)}


def counts(path):
    """Allocations, and bytes asked for, so far."""
    return struct.unpack("=QQ", path.read_bytes()[:16])


def measure(row, hub, loads, file):
    peer, shape, payload = row.rsplit("-", 2)
    spent = []
    for loads.calls in (FEW, MANY):
        before = counts(file)
        calls = loads.own(peer, hub, shape, int(payload))["calls"]
        spent.append((calls, *(after - earlier for after, earlier in zip(counts(file), before))))
    (few, allocations, size), (many, more_allocations, more_size) = spent
    return (more_allocations - allocations) / (many - few), (more_size - size) / (many - few)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / ".build/peers")
    parser.add_argument("--pin", action="store_true")
    options = parser.parse_args()
    allowed = json.loads(ALLOWED.read_text()) if ALLOWED.exists() else {}
    measured, failed = {}, False
    with tempfile.TemporaryDirectory(prefix="allocations.", dir=options.build) as work:
        shim, file = f"{work}/count.so", f"{work}/allocations"
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-fno-builtin", "-shared",
                        ROOT / "Benchmarks/Allocations/count.c", "-o", shim], check=True)
        hub = Hub(options.programs, work, {**os.environ, "LD_PRELOAD": shim, "ALLOCATIONS_FILE": file})
        loads = Counted(options.build, work, 60)
        try:
            for row in ROWS:
                measured[row], size = measure(row, hub, loads, pathlib.Path(f"{file}.{hub.pids[0]}"))
                above = not options.pin and measured[row] > allowed.get(row, 0)
                failed = failed or above
                print(f"{row:24} {measured[row]:8.2f} allocations a call, {size:8.0f} bytes,"
                      f" allowed {allowed.get(row, '–')}{': ABOVE' if above else ''}", flush=True)
        finally:
            hub.stop()
    if options.pin:
        # How many calls share a batch, and its few allocations, differs a little from run to run.
        pinned = {row: math.ceil(max(value * 1.05, value + 0.2) * 100) / 100 for row, value in measured.items()}
        ALLOWED.write_text(json.dumps(pinned, indent=2) + "\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

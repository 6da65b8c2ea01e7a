"""Measures what the hub stands and writes a raw line for each measurement.

Usage: python3 -m under_load.run RAW PART... --programs DIR --build DIR [--seconds S] [--rounds N] ...
  PART: floods, hostile, grease, deadlines, idle, growth
Each part has a hub of its own on a new state directory. A row that cannot be measured has a raw line that says why.
Speaks on loopback only, and ends what it started.
"""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from loads import Wrong
from measure import raise_file_limit
from servers import CLIENT_CORE, Unavailable
from under_load import deadlines, grease, growth, idle, pressure
from under_load.bars import PARTS, REPEATS
from under_load.ground import Ground
from under_load.wire import Closed, Late

# Of the hub, for a part. Who repeats floods must not be held up for them.
SETTINGS = {"growth": "principal_cuts_free: 1000000\nprincipal_calls_max: 1000000\n"}


class Lines:
    """The raw lines of a run."""

    def __init__(self, path):
        self.path = path

    def write(self, name, number, figures):
        with open(self.path, "a") as file:
            file.write(json.dumps({"name": name, "round": number, "figures": figures}) + "\n")
        shown = figures.get("missing") or ", ".join(f"{key} {value}" for key, value in figures.items()
                                                    if isinstance(value, (int, float)))
        print(f"  {name}: {shown}", file=sys.stderr, flush=True)

    def attempt(self, name, number, measure):
        try:
            self.write(name, number, measure())
        except (Unavailable, Wrong, Closed, Late, OSError, ValueError, subprocess.SubprocessError) as reason:
            self.write(name, number, {"missing": f"{type(reason).__name__}: {reason}"})


def measure(part, ground, lines, options):
    if part == "floods":
        pressure.measure(ground, lines, pressure.FLOODS, options, floods=True)
    elif part == "hostile":
        pressure.measure(ground, lines, pressure.HOSTILE, options, floods=False)
    else:
        {"grease": grease, "deadlines": deadlines, "idle": idle, "growth": growth}[part].measure(ground, lines, options)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw")
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--programs", required=True, help="folder of hubd and hubctl")
    parser.add_argument("--build", required=True, help="folder of the built clients")
    parser.add_argument("--seconds", type=float, default=60, help="of a flood; a pair takes a sixth of it twice")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved pairs")
    parser.add_argument("--grease-calls", type=int, default=100_000)
    parser.add_argument("--deadline-calls", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="of each malformed case")
    parser.add_argument("--case-seconds", type=float, default=60, help="that the repetitions of a case may take")
    parser.add_argument("--cases", nargs="*", help="only these malformed cases")
    return parser.parse_args()


def main():
    options = arguments()
    raise_file_limit()
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {int(CLIENT_CORE)})  # What measures must not work on the hub's core.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # Through the finally blocks, which end what was started.
    with tempfile.TemporaryDirectory(prefix="load.", dir=options.build) as work:
        for part in options.parts:
            began = time.monotonic()
            print(part, file=sys.stderr, flush=True)
            place = pathlib.Path(tempfile.mkdtemp(dir=work))
            with Ground(options.programs, options.build, place, SETTINGS.get(part, "")) as ground:
                measure(part, ground, Lines(options.raw), options)
            print(f"  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

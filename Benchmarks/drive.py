"""Measures single rows, for whoever changes something and wants to see it, or wants a profiler beside it.

Usage: drive.py ROW... [--programs DIR] [--build DIR] [--rounds N] [--seconds S]
  ROW: PEER-CONNECTIONSxINFLIGHT-BYTES, such as hub-16x16-64, hub-module-1x1-64, limit-nio-raw-16x16-4096
Prints the hub's process number first, then a line for each measurement and the medians.
"""
import argparse
import pathlib
import statistics
import sys
import tempfile

from loads import Loads, Wrong
from measure import raise_file_limit
from servers import Hub, Peers, Unavailable

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHOWN = ("rate", "p50_us", "p99_us", "server_us", "server_load", "client_load", "others_load")


def line(name, figures):
    return f"{name:32}" + "".join(f" {key} {figures[key]:,.2f}" for key in SHOWN if key in figures)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="+")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / ".build/peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    raise_file_limit()
    with tempfile.TemporaryDirectory(prefix="drive.", dir=options.build) as work:
        hub = Hub(options.programs, work)
        peers, loads = Peers(options.build, work, hub), Loads(options.build, work, options.seconds)
        print(f"hubd is process {hub.pids[0]}, its hosts {hub.pids[1:]}", flush=True)
        seen = {name: [] for name in options.rows}
        try:
            for _ in range(options.rounds):
                for name in options.rows:
                    peer, shape, payload = name.rsplit("-", 2)
                    figures = loads.measure(peer, peers.server(peer), shape, int(payload))
                    seen[name].append(figures)
                    print(line(name, figures), flush=True)
        except (Unavailable, Wrong) as reason:
            sys.exit(f"{reason}")
        finally:
            peers.stop()
            hub.stop()
    print("medians")
    for name, rounds in seen.items():
        print(line(name, {key: statistics.median(each[key] for each in rounds) for key in SHOWN if key in rounds[0]}))


if __name__ == "__main__":
    main()

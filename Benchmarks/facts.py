"""Writes the first raw line of a run: what is measured, where, with what.

Usage: facts.py RAW --pinning TEXT --rounds N PART...
"""
import argparse
import datetime
import json
import os
import platform
import shutil
import sqlite3
import subprocess


def output(*command):
    if not shutil.which(command[0]):
        return ""
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def first(pattern, text):
    return next((line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith(pattern)), None)


def peers():
    """Versions of the peers that are Debian packages."""
    names = ("libgrpc++-dev", "golang-google-grpc-dev", "golang-go", "nats-server", "dbus-broker", "nghttp2-client")
    versions = ((name, output("dpkg-query", "-W", "-f", "${Version}", name)) for name in names)
    return ", ".join(f"{name} {version}" for name, version in versions if version)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw")
    parser.add_argument("parts", nargs="+")
    parser.add_argument("--pinning", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    options = parser.parse_args()
    commit = output("git", "rev-parse", "--short=12", "HEAD") or "none"
    now = datetime.datetime.now(datetime.timezone.utc)
    written = (":!Benchmarks/results", ":!Benchmarks/RESULTS.md", ":!Benchmarks/LOAD.md", ":!README.md")  # by a run before this one
    changed = output("git", "status", "--porcelain", "--", ".", *written)
    facts = {
        "commit": commit, "dirty": bool(changed), "date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "file": f"{now:%Y%m%dT%H%M%SZ}-{commit}.jsonl", "parts": options.parts, "rounds": options.rounds,
        "pinning": options.pinning, "cpu": first("model name", open("/proc/cpuinfo").read()) or platform.machine(),
        "cores": os.cpu_count(), "kernel": platform.release(),
        "filesystem": output("stat", "-f", "-c", "%T", os.path.dirname(options.raw) or "."),
        "swift": (output("swift", "--version").splitlines() or ["no Swift"])[0], "sqlite": sqlite3.sqlite_version,
        "peers": peers()}
    with open(options.raw, "a") as file:
        file.write(json.dumps({"name": "run", "round": 0, "figures": facts}) + "\n")


if __name__ == "__main__":
    main()

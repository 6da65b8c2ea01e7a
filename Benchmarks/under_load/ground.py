"""What every part stands on: a hub of its own, callers with papers, sessions that call, and what it all costs the hub."""
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

from loads import Wrong, processor_seconds
from servers import CLIENT_CORE, Hub, Unavailable, pinned
from under_load.messages import decode
from under_load.wire import Caller, Link

BENCHMARKS = pathlib.Path(__file__).resolve().parents[1]


class Ground:
    """A hub on a new state directory below `work`. As a context, it ends the hub and whatever else was started."""

    def __init__(self, programs, build, work, settings=""):
        self.programs, self.build, self.work = pathlib.Path(programs), pathlib.Path(build), pathlib.Path(work)
        self.started = []
        # One principal may have half of them, and has all of the idle sessions.
        self.hub = Hub(self.programs, self.work, settings="connections_max: 32768\n" + settings)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.hub.stop()

    @property
    def pid(self):
        """The hub's own process, without the module hosts."""
        return self.hub.pids[0]

    def caller(self, name):
        """A principal of its own with role admin, which may call hub.v1.Interop."""
        papers = self.work / name
        if not papers.exists():
            subprocess.run([self.programs / "hubctl", "client", "add", "--department", "load", "--name", name, "--role",
                            "admin", "--out", papers, "--state", self.hub.state], check=True, stdout=subprocess.DEVNULL)
        return Caller(int(self.hub.target), papers / "ca.pem", papers / f"{name}.pem", papers / f"{name}.key")

    def start(self, command, **more):
        """A client on the client core that is ended with this ground."""
        process = subprocess.Popen(pinned(CLIENT_CORE, command), stdout=subprocess.PIPE, text=True, **more)
        self.started.append(process)
        return process

    def sessions(self, caller, count, at_once):
        """`count` sessions of one caller (Peers/common/sessions.c), not yet open."""
        program = self.build / "sessions"
        if not program.exists():
            raise Unavailable("sessions is not built")
        papers = {"PEER_CERT": str(caller.cert), "PEER_KEY": str(caller.key), "PEER_CA": str(caller.ca)}
        return Sessions(self.start([program, caller.port, count, at_once], stdin=subprocess.PIPE,
                                   env={**os.environ, **papers}))

    def attack(self, kind, caller, seconds):
        """Starts a hostile client; `finish` gives its report."""
        process = self.start(
            [sys.executable, "-m", "under_load.attacks", kind, caller.port, caller.ca, caller.cert, caller.key, seconds,
             self.hub.module or ""], cwd=BENCHMARKS)
        if process.stdout.readline() != "ready\n":
            raise Wrong(f"{kind}: the hostile client did not start")
        return process

    @staticmethod
    def finish(attack, seconds=60):
        output, _ = attack.communicate(timeout=seconds)
        if attack.returncode != 0:
            raise Wrong(f"the hostile client ended with {attack.returncode}")
        return json.loads(output)

    def status(self):
        """hub.v1.Admin/Status on a new connection, as a dictionary."""
        with Link(Caller.admin(self.hub)) as link:
            return decode("StatusReply", link.unary(1, "hub.v1.Admin/Status", b""))

    def in_flight(self):
        """Calls that the modules are working on now."""
        return sum(module.get("in_flight", 0) for module in self.status().get("modules", []))


class Sessions:
    """A running `sessions`; each command is answered with a dictionary."""

    def __init__(self, process):
        self.process = process

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Wrong(f"sessions ended with {self.process.wait(10)} at {command!r}")
        return json.loads(answer)

    def open(self):
        return self.ask("open")

    def calls(self, rate, seconds):
        """Times of calls at this pace; Wrong unless every one was answered rightly."""
        seen = self.ask(f"calls {rate} {seconds}")
        if seen["answered"] < seen["calls"] or seen["wrong"]:
            raise Wrong(f"an honest client's calls failed: {seen}")
        return seen

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


class Cost:
    """What a process uses while this context lasts: share of a core, and resident KiB before, at the peak and after."""

    def __init__(self, pid, every=0.05):
        self.pid, self.every, self.over = pid, every, threading.Event()

    def __enter__(self):
        self.before_kib = self.peak_kib = resident_kib(self.pid)
        self.began, self.seconds = time.monotonic(), processor_seconds([self.pid])
        self.thread = threading.Thread(target=self.sample)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.after_kib = resident_kib(self.pid)
        self.load = (processor_seconds([self.pid]) - self.seconds) / (time.monotonic() - self.began)

    def sample(self):
        while not self.over.wait(self.every):
            self.peak_kib = max(self.peak_kib, resident_kib(self.pid))

    def figures(self):
        return {"load": round(self.load, 4), "before_kib": self.before_kib, "peak_kib": self.peak_kib,
                "after_kib": self.after_kib}


def resident_kib(pid):
    fields = pathlib.Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def proportional_kib(pid):
    """PSS: what the process shares with others counts in parts."""
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1])

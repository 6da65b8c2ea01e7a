"""Part `growth`: every malformed case of the conformance kit again and again; the hub must not keep anything of it.

A case is played for some seconds first, so that the heap has what it needs for it, and then as often as the bar says.
A few at a time, so that hub and client work side by side; cases that wait by their nature many at a time, and as often as
their time allows: the row says how often that was.
"""
import itertools
import subprocess
import threading
import time

from servers import Unavailable
from under_load.cases import Player, Wrong, malformed
from under_load.ground import Cost, resident_kib
from under_load.wire import Caller, Closed, Late

TOGETHER, TOGETHER_WAITING = 4, 50
# A connection that the hub has ended stays with its TLS for two seconds (HubServer, shutdownTimeout). At seven hundred ends a
# second the heap comes to its height only after half a minute; it is brought there before anything is measured.
ENDS_CONNECTION, ENDS, ENDS_SECONDS = "stream_beyond_credit", 30_000, 90
WARM_UP_SHARE, WARM_UP_SECONDS = 0.2, 8  # What is left of a connection may linger for some seconds: that is no growth.
URN = "urn:elayanan:hub:admin"


def papers(ground):
    """Callers by the name that the cases use. `foreign` and `expired` are made here with openssl."""
    own = Caller.admin(ground.hub)
    foreign, expired = ground.work / "foreign", ground.work / "expired"
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-addext",
           f"subjectAltName=URI:{URN}"]
    try:
        openssl("req", "-x509", *key, "-keyout", f"{foreign}.key", "-out", f"{foreign}.pem", "-days", "1")
        openssl("req", "-new", *key, "-keyout", f"{expired}.key", "-out", f"{expired}.csr")
        openssl("x509", "-req", "-in", f"{expired}.csr", "-CA", ground.hub.state / "ca.pem", "-CAkey",
                ground.hub.state / "ca.key", "-days", "-1", "-out", f"{expired}.pem")
    except (OSError, subprocess.CalledProcessError) as reason:
        raise Unavailable(f"openssl: {reason}") from None
    return {"own": own, "none": Caller(own.port, own.ca, None, None),
            **{path.name: Caller(own.port, own.ca, path.with_suffix(".pem"), path.with_suffix(".key"))
               for path in (foreign, expired)}}


def openssl(*command):
    subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True)


class Repetition:
    """One case, played by several threads until it was played often enough or its time is up."""

    def __init__(self, case, papers, contexts):
        self.case, self.papers, self.contexts = case, papers, contexts
        self.lock, self.together = threading.Lock(), TOGETHER_WAITING if case.waits else TOGETHER

    def run(self, times, seconds):
        """Returns how often it was played. Raises the first wrong answer."""
        tickets, self.played, self.failure = itertools.count(1), 0, None
        end = time.monotonic() + seconds

        def work():
            while next(tickets) <= times and time.monotonic() < end and not self.failure:
                try:
                    Player(self.papers, self.contexts).play(self.case)
                except (Wrong, Closed, Late, OSError, ValueError) as reason:
                    self.failure = Wrong(f"{self.case.id}: {type(reason).__name__} {reason}")
                with self.lock:
                    self.played += 1

        threads = [threading.Thread(target=work) for _ in range(self.together)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.failure:
            raise self.failure
        return self.played


def repeat(ground, case, papers, contexts, times, seconds):
    """Figures of one case."""
    repetition = Repetition(case, papers, contexts)
    repetition.run(max(5 * repetition.together, int(times * WARM_UP_SHARE)), min(seconds, WARM_UP_SECONDS))
    settled(ground.pid)
    with Cost(ground.pid) as cost:
        began = time.monotonic()
        played = repetition.run(times, seconds)
        took = time.monotonic() - began
        settled(ground.pid)
    return cost.figures() | {"times": played, "waits": case.waits, "seconds": round(took, 1),
                             "grown_kib": cost.after_kib - cost.before_kib}


def settled(pid, seconds=2):
    """Waits until the hub has closed what was open: its memory no longer moves, or some time has passed."""
    end, last = time.monotonic() + seconds, None
    while time.monotonic() < end and last != (last := resident_kib(pid)):
        time.sleep(0.2)


def measure(ground, write, options):
    known, contexts = papers(ground), {}
    cases = malformed()
    for case in cases:
        if case.id == ENDS_CONNECTION:
            Repetition(case, known, contexts).run(ENDS, ENDS_SECONDS)
    for case in cases:
        if not options.cases or case.id in options.cases:
            write.attempt(f"growth-{case.id}", 1, lambda: repeat(
                ground, case, known, contexts, options.repeats, options.case_seconds))

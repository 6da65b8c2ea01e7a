"""Part `idle`: thousands of mutually authenticated sessions that wait, new calls among them, and all of them coming back.

Every session has made one call, so that its buffers have been used. The hub is started anew twice: once its clients come
back in turn, 64 handshakes at a time, and once they all knock at the same moment, as clients do that wait for nothing.
"""
import resource
import time

from loads import Wrong
from under_load.ground import Cost, proportional_kib, resident_kib

AT_ONCE, RATE = 64, 200


def sit(ground, count, idle_seconds):
    """Figures of one hub with `count` sessions: memory and load while they wait, calls among them, the reconnect."""
    enough_descriptors(count)
    caller = ground.caller("waiting")
    base_kib = resident_kib(ground.pid)
    sessions = ground.sessions(caller, count, AT_ONCE)
    opened = sessions.open()
    if opened["open"] < count:
        raise Wrong(f"{opened['open']} of {count} sessions could be opened, {opened['failed']} handshakes failed")
    time.sleep(2)
    with Cost(ground.pid) as cost:
        time.sleep(idle_seconds)
    resident, proportional = resident_kib(ground.pid), proportional_kib(ground.pid)
    among = sessions.calls(RATE, max(5, idle_seconds / 3))  # Each on a session that has waited since.
    seen = sessions.ask("state")
    figures = {
        "sessions": count, "base_kib": base_kib, "resident_kib": resident, "proportional_kib": proportional,
        "session_kib": round((resident - base_kib) / count, 2), "idle_load": round(cost.load, 4), "lost_idle": seen["lost"],
        "opened_seconds": opened["seconds"], "open_failed": opened["failed"], "p50_us": among["p50_us"],
        "p99_us": among["p99_us"]}
    for way, at_once in (("turn", AT_ONCE), ("rush", count)):
        sessions, back = come_back(ground, caller, sessions, count, at_once)
        figures |= {f"{way}_{name}": value for name, value in back.items()}
    sessions.close()
    return figures


def come_back(ground, caller, lost, count, at_once):
    """Ends the hub with SIGTERM, starts it on the same port, and opens as many sessions again, until all are back.

    Returns them, and figures. A session whose handshake fails tries again when all others have tried; at most for two minutes.
    """
    port, began = caller.port, time.monotonic()
    ground.hub.stop()
    stopped = time.monotonic() - began
    lost.close()
    ground.hub.start(port)
    sessions = ground.sessions(caller, count, at_once)
    failed, began = 0, time.monotonic()
    while True:
        seen = sessions.open()
        failed += seen["failed"]
        took = time.monotonic() - began
        if seen["open"] == count or took > 120:
            break
    return sessions, {"open": seen["open"], "failed": failed, "seconds": round(took, 2), "stop_seconds": round(stopped, 2)}


def enough_descriptors(count):
    """The hub and the client each hold one descriptor for a session; the limit is inherited from here."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit < count + 200:
        raise Wrong(f"{count} sessions need {count + 200} descriptors in a process, the limit is {limit}")


def measure(ground, write, options):
    write.attempt("idle", 1, lambda: sit(ground, options.sessions, options.seconds / 2))

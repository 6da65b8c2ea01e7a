"""Parts `floods` and `hostile`: what an abusive client costs the hub, and what of it an honest client feels.

The honest client is another principal: four sessions that make 500 calls a second together, whatever the answers do. Its
p99 is taken alone and beside the abuse, five times in turn. The hub has core 0 for itself; the abusive client shares core
1 with the honest one, but under the scheduler's idle policy, so that it gets only what the honest one leaves. What the
honest client loses is then lost in the hub, and not to a neighbour on its own core.
"""
import time

from under_load.ground import Cost

FLOODS = ("reset", "reset-module", "empty-data", "ping", "credit")
HOSTILE = ("slow-reader", "half-open", "handshakes", "big", "one-byte", "patient-ping")
SESSIONS, RATE = 4, 500
LEAD_SECONDS = 0.5  # of abuse, before the honest client's calls count


class Pressure:
    def __init__(self, ground):
        self.ground = ground
        self.honest = ground.sessions(ground.caller("honest"), SESSIONS, SESSIONS)
        self.honest.open()
        self.honest.calls(RATE, 2)  # Warms both up.

    def attack(self, kind, number, seconds):
        """By a principal that the hub has nothing against yet."""
        return self.ground.attack(kind, self.ground.caller(f"hostile-{kind}-{number}"), seconds)

    def alone(self, seconds):
        with Cost(self.ground.pid) as cost:
            seen = self.honest.calls(RATE, seconds)
        return {"alone_p50_us": seen["p50_us"], "alone_p99_us": seen["p99_us"], "alone_load": round(cost.load, 4)}

    def beside(self, kind, number, seconds):
        attack = self.attack(kind, number, seconds + 2 * LEAD_SECONDS)
        time.sleep(LEAD_SECONDS)
        with Cost(self.ground.pid) as cost:
            seen = self.honest.calls(RATE, seconds)
        report = self.ground.finish(attack)
        time.sleep(0.5)  # What is left of the abuse is no longer there when the next one begins.
        return {"p50_us": seen["p50_us"], "p99_us": seen["p99_us"], "load": round(cost.load, 4),
                "peak_growth_kib": cost.peak_kib - cost.before_kib, "abuse": report}

    def pair(self, kind, number, seconds):
        """Alone and beside; every second round the other way round."""
        if number % 2:
            figures = self.alone(seconds)
            return figures | self.beside(kind, number, seconds)
        figures = self.beside(kind, number, seconds)
        return figures | self.alone(seconds)

    def flood(self, kind, seconds):
        """One long flood: time to the first cut, what it costs the hub, and calls in the modules meanwhile."""
        baseline = self.alone(max(1, seconds / 6))
        most = 0
        attack = self.attack(kind, 0, seconds)
        with Cost(self.ground.pid) as cost:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                most = max(most, self.ground.in_flight())
                time.sleep(min(0.1, max(0, end - time.monotonic())))
        report = self.ground.finish(attack)
        time.sleep(1)
        left = self.ground.in_flight()
        return baseline | cost.figures() | {
            "extra_load": round(cost.load - baseline["alone_load"], 4), "first_cut_s": report["first_cut_s"],
            "longest_s": report["longest_s"], "cuts": report["cuts"], "connections": report["connections"],
            "refused": report["refused"], "frames": report["frames"], "codes": report["codes"], "most_in_flight": most,
            "left_in_flight": left, "grown_kib": cost.after_kib - cost.before_kib}

    def close(self):
        self.honest.close()


def measure(ground, write, kinds, options, floods):
    """Writes one line for each pair and, for floods, one for the long flood."""
    pressure = Pressure(ground)
    try:
        for kind in kinds:
            if floods:
                write.attempt(f"flood-{kind}", 1, lambda: pressure.flood(kind, options.seconds))
        for number in range(1, options.rounds + 1):
            for kind in kinds if number % 2 else reversed(kinds):
                write.attempt(f"beside-{kind}", number, lambda: pressure.pair(kind, number, options.seconds / 6))
    finally:
        pressure.close()

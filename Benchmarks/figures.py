"""The raw lines of one or more runs, and how figures are written."""
import json
import statistics
from collections import defaultdict

PARTS = ("aims", "ledger")


class Run:
    """The raw lines of one part, by name and in the order of their rounds. Facts say what was measured where."""

    def __init__(self, path):
        self.lines = defaultdict(dict)
        with open(path) as file:
            for line in file:
                entry = json.loads(line)
                self.lines[entry["name"]][entry["round"]] = entry["figures"]
        self.facts = self.lines.pop("run")[0]
        self.facts |= self.lines.pop("ledger", {}).get(0, {})

    def has(self, part):
        """Idle and shapes are shown beside the aims of their own run: without those they take no run's place."""
        return part in self.facts.get("parts", ["ledger"])

    def rounds(self, name, key):
        """Round → figure, for the rounds that could be measured."""
        return {number: figures[key] for number, figures in self.lines.get(name, {}).items() if key in figures}

    def values(self, name, key):
        return list(self.rounds(name, key).values())

    def median(self, name, key):
        values = self.values(name, key)
        return statistics.median(values) if values else None

    def missing(self, name):
        """Why a row has no figures."""
        reasons = [figures["missing"] for figures in self.lines.get(name, {}).values() if "missing" in figures]
        return reasons[0] if reasons else "not run"


def number(value):
    if value is None:
        return "–"
    if value >= 1_000_000:
        return f"{value / 1e6:.2f}M"
    if value >= 10_000:
        return f"{value / 1e3:.1f}k"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def micros(value):
    if value is None:
        return "–"
    return f"{value / 1e3:.1f} ms" if value >= 10_000 else f"{value:,.0f} µs"


def spread(values):
    return f"{number(min(values))}–{number(max(values))}" if values else "–"


def ratio(over, under):
    return over / under if over is not None and under else None


def digits(value):
    """A ratio with three significant digits, and no fewer than are needed before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def judged(value, aim, text, at_least):
    """The ratio that decides, its aim, and `reached` or `missed`."""
    if value is None:
        return "–", text, "not measured"
    reached = value >= aim if at_least else value <= aim
    return f"{value:.2f}", text, "reached" if reached else "missed"


def table(header, rows):
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""

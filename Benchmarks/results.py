"""Writes RESULTS.md from the raw lines of one run.

Usage: results.py results/RUN.jsonl > RESULTS.md
A raw line is {"name": …, "round": …, "figures": {…}}; the first one, "run", says what was measured where.
"""
import json
import statistics
import sys
from collections import defaultdict


class Run:
    """The raw lines, by name and in the order of their rounds."""

    def __init__(self, path):
        self.figures = defaultdict(list)
        with open(path) as file:
            for line in file:
                entry = json.loads(line)
                self.figures[entry["name"]].append(entry["figures"])
        self.facts = self.figures.pop("run")[0]

    def values(self, name, key):
        return [figures[key] for figures in self.figures.get(name, [])]

    def median(self, name, key):
        values = self.values(name, key)
        return statistics.median(values) if values else None


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


def judged(value, aim, text, at_least):
    """`reached` or `missed`, with the ratio that decides."""
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


def rate_rows(run, names):
    for name, title in names:
        yield [
            title, number(run.median(name, "rate")), spread(run.values(name, "rate")),
            micros(run.median(name, "p50_us")), micros(run.median(name, "p99_us"))]


def ratio(over, under):
    return over / under if over is not None and under else None


def memory_rows(run):
    for name, title in [("memory-idle", "idle, just started"), ("memory-full", f"with {run.facts['cases']:,} cases")]:
        total, hub = run.median(name, "total_bytes"), run.median(name, "hub_bytes")
        if total is None:
            continue
        mebi = total / 2**20
        yield [
            title, f"{hub / 2**20:.1f} MiB", f"{(total - hub) / 2**20:.1f} MiB", f"{mebi:.1f} MiB", "≤ 150 MB",
            "reached" if total <= 150e6 else "missed"]


def flat_rows(run):
    for few, many, key, title in [
        ("submit-few-1", "submit-many-1", "p50_us", "submit, 1 in flight, p50"),
        ("submit-few-64", "submit-many-64", "p50_us", "submit, 64 in flight, p50"),
        ("list-few", "list-many", "p50_us", "list page of 50, p50"),
    ]:
        low, high = run.median(few, key), run.median(many, key)
        yield [title, micros(low), micros(high), *judged(ratio(high, low), 1.5, "≤ 1.5", False)]


def report(run):
    facts = run.facts
    yield "# Results"
    yield ""
    yield "Written by `make bench` from the raw lines in [`results/`](results); never by hand."
    yield ""
    yield from table(["what", "value"], [
        ["commit", f"`{facts['commit']}`" + (" with changes that were not committed" if facts["dirty"] else "")],
        ["date", facts["date"]],
        ["processor", f"{facts['cpu']}, {facts['cores']} cores; {facts['pinning']}"],
        ["kernel", facts["kernel"]],
        ["file system", facts["filesystem"]],
        ["build", f"release, {facts['swift']}; SQLite {facts['sqlite']}"],
        ["rounds", f"{facts['rounds']}, interleaved; medians, and the lowest and highest round"],
        ["raw lines", f"[`results/{facts['file']}`](results/{facts['file']})"],
    ])
    yield "Only ratios within one run mean anything: the same machine can be a third faster an hour later."
    yield ""
    yield "## Echo over TLS 1.3 with client certificates"
    yield ""
    yield "`hub.v1.Diagnostics/Echo`, 64 bytes: answered by the hub, and by a module in its own process."
    yield ""
    yield from table(["what", "calls/s", "rounds", "p50", "p99"], rate_rows(run, [
        ("echo-hub-1", "hub, 1 in flight"), ("echo-hub-64", "hub, 64 in flight"),
        ("echo-module-1", "module, 1 in flight"), ("echo-module-64", "module, 64 in flight")]))
    yield "## Durable submits"
    yield ""
    yield ("A whole submit: TLS, rights, form, module, ledger, acknowledged after the fsync. `limit-submit` writes the same"
           " rows into the same schema with SQLite alone, as many in one transaction as are in flight; `limit-fsync` appends"
           " 4 KiB and waits for the disk.")
    yield ""
    yield from table(["what", "per s", "rounds", "p50", "p99"], rate_rows(run, [
        ("submit-1", "submit, 1 in flight"), ("submit-16", "submit, 16 in flight"), ("submit-64", "submit, 64 in flight"),
        ("limit-submit-1", "limit-submit, 1 in a transaction"), ("limit-submit-64", "limit-submit, 64 in a transaction"),
        ("limit-fsync", "limit-fsync")]))
    many, limit = run.median("submit-64", "rate"), run.median("limit-submit-64", "rate")
    one, limit_one = run.median("submit-1", "p50_us"), run.median("limit-submit-1", "p50_us")
    flushes = run.median("limit-fsync", "rate")
    yield from table(["ratio", "value", "aim", "verdict"], [
        ["submits/s with 64 in flight ÷ limit-submit", *judged(ratio(many, limit), 0.3, "≥ 0.3", True)],
        ["p50 of one submit ÷ p50 of limit-submit alone", f"{ratio(one, limit_one) or 0:.2f}", "–", "–"],
        ["submits with 64 in flight per flush of the disk", f"{ratio(many, flushes) or 0:.2f}", "–", "–"],
    ])
    yield "## Many cases"
    yield ""
    yield from table(
        ["what", f"at {facts['few']:,} cases", f"at {facts['cases']:,} cases", "ratio", "aim", "verdict"], flat_rows(run))
    yield "## Memory"
    yield ""
    yield "Proportional set size of the hub and its three module hosts."
    yield ""
    yield from table(["when", "hub", "hosts", "together", "aim", "verdict"], memory_rows(run))
    yield "## From start to serving"
    yield ""
    yield from table(["state directory", "median", "fastest–slowest"], [
        [title, f"{run.median(name, 'millis'):,.0f} ms", spread(run.values(name, "millis")) + " ms"]
        for name, title in [("start-empty", "new"), ("start-full", f"{facts['cases']:,} cases")]
        if run.figures.get(name)])


def main():
    print("\n".join(report(Run(sys.argv[1]))).rstrip())


if __name__ == "__main__":
    main()

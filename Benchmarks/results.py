"""Writes RESULTS.md, and the table of figures in README.md, from the raw lines of runs.

Usage: results.py results/RUN.jsonl... > RESULTS.md
       results.py --readme README.md results/RUN.jsonl...
A raw line is {"name": …, "round": …, "figures": {…}}; the first one, "run", says what was measured where. Each part of the
report is made of the newest run that measured it, so that a part can be measured alone.
"""
import argparse
import pathlib
import re

import aims_report
from figures import PARTS, Run, judged, micros, number, ratio, spread, table


def rate_rows(run, names):
    for name, title in names:
        yield [
            title, number(run.median(name, "rate")), spread(run.values(name, "rate")),
            micros(run.median(name, "p50_us")), micros(run.median(name, "p99_us"))]


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


def ledger(run):
    facts = run.facts
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
        if run.values(name, "millis")])


def facts_rows(runs):
    for part, run in runs.items():
        facts = run.facts
        yield [
            part, f"`{facts['commit']}`" + (" with changes that were not committed" if facts["dirty"] else ""), facts["date"],
            f"{facts['rounds']}", f"[`{facts['file']}`](results/{facts['file']})"]


def report(runs):
    facts = list(runs.values())[0].facts
    yield "# Results"
    yield ""
    yield "Written by `make bench` from the raw lines in [`results/`](results); never by hand."
    yield ""
    yield from table(["part", "commit", "date", "rounds", "raw lines"], facts_rows(runs))
    yield from table(["machine", ""], [
        ["processor", f"{facts['cpu']}, {facts['cores']} cores; {facts['pinning']}"],
        ["kernel", facts["kernel"]],
        ["file system", facts["filesystem"]],
        ["build", f"release, {facts['swift']}; SQLite {facts['sqlite']}"],
        *[["peers", facts["peers"]] for _ in [0] if facts.get("peers")],
    ])
    yield "Only ratios within one run mean anything: the same machine can be a third faster an hour later."
    yield ""
    if "aims" in runs:
        yield from aims_report.report(runs["aims"])
    if "ledger" in runs:
        yield from ledger(runs["ledger"])


def readme_rows(runs):
    """What README.md shows of the figures."""
    if run := runs.get("aims"):
        for name, title in [("hub-1x64-64", "echo in the hub, TLS 1.3 with client certificates, 64 in flight"),
                            ("hub-16x16-64", "the same on 16 connections, 16 in flight on each"),
                            ("hub-module-16x16-64", "through a module in its own process, 16x16")]:
            yield [title, f"{number(run.median(name, 'rate'))} calls/s", f"p99 {micros(run.median(name, 'p99_us'))}"]
        for name, title in [("hub-1x1-64", "echo in the hub, one at a time"),
                            ("hub-module-1x1-64", "through a module, one at a time")]:
            yield [title, f"p50 {micros(run.median(name, 'p50_us'))}", f"{number(run.median(name, 'rate'))} calls/s"]
        judged_rows = list(aims_report.aim_rows(run))
        verdicts = {verdict: [row[0] for row in judged_rows if row[-1] == verdict] for verdict in ("reached", "missed")}
        yield ["aims against gRPC, NATS, D-Bus and the bare transport, by number",
               f"reached: {', '.join(verdicts['reached']) or 'none'}", f"missed: {', '.join(verdicts['missed']) or 'none'}"]
    if run := runs.get("ledger"):
        many = ratio(run.median("submit-64", "rate"), run.median("limit-submit-64", "rate"))
        one = ratio(run.median("submit-1", "p50_us"), run.median("limit-submit-1", "p50_us"))
        yield ["durable submits, 64 in flight", f"{number(run.median('submit-64', 'rate'))} per s",
               f"{many or 0:.2f} × the same rows by SQLite alone (aim ≥ 0.3)"]
        yield ["durable submits, 16 in flight", f"{number(run.median('submit-16', 'rate'))} per s",
               f"p50 {micros(run.median('submit-16', 'p50_us'))}, p99 {micros(run.median('submit-16', 'p99_us'))}"]
        yield ["one durable submit at a time", f"p50 {micros(run.median('submit-1', 'p50_us'))}",
               f"{one or 0:.2f} × SQLite alone"]
        flat = [row[3] for row in flat_rows(run)]
        yield [f"cost at {run.facts['cases']:,} cases ÷ at 1,000: submit alone, submit among 64, list page",
               ", ".join(flat), "aim ≤ 1.5"]
        for row in memory_rows(run):
            yield [f"memory of hub and three hosts (PSS), {row[0]}", row[3], f"aim {row[4]}"]
        starts = [f"{run.median(name, 'millis') or 0:,.0f}" for name in ("start-empty", "start-full")]
        yield [f"start to serving, new and with {run.facts['cases']:,} cases", " and ".join(starts) + " ms", ""]


def fill_readme(path, runs):
    """Replaces what stands between the markers."""
    facts = list(runs.values())[0].facts
    sources = "; ".join(f"{part}: commit `{run.facts['commit']}`, {run.facts['date'][:10]}, {run.facts['rounds']} rounds"
                        for part, run in runs.items())
    header = f"figure (release build, {facts['cores']}-core {facts['cpu']}, hub and hosts on one core)"
    lines = ["<!-- figures: copied from Benchmarks/RESULTS.md -->", *table([header, "value", "beside it"], readme_rows(runs)),
             f"Medians of interleaved rounds; {sources}. Only ratios mean anything on another machine.", "<!-- /figures -->"]
    text = path.read_text()
    filled, count = re.subn(r"<!-- figures: .*?<!-- /figures -->", lambda _: "\n".join(lines), text, flags=re.S)
    if count != 1:
        raise SystemExit(f"{path}: one pair of figures markers is needed, {count} found")
    path.write_text(filled)


def newest(paths):
    """Part → the newest run that measured it."""
    runs = {}
    for run in sorted(map(Run, paths), key=lambda run: run.facts["date"]):
        runs |= {part: run for part in PARTS if run.has(part)}
    return {part: runs[part] for part in PARTS if part in runs}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+")
    parser.add_argument("--readme", type=pathlib.Path)
    options = parser.parse_args()
    runs = newest(options.runs)
    if options.readme:
        fill_readme(options.readme, runs)
    else:
        print("\n".join(report(runs)).rstrip())


if __name__ == "__main__":
    main()

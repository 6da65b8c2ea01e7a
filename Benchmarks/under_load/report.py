"""Writes LOAD.md from the raw lines of runs: every bar with what was measured, then the details of each part.

Usage: python3 -m under_load.report results/RUN.jsonl... > LOAD.md
Each part comes from the newest run that measured it.
"""
import statistics
import sys

from figures import Run, micros, number, ratio, table
from under_load.attacks import KINDS
from under_load.bars import BARS, GROWTH_KIB_MAX, PARTS, REPEATS, verdict, written
from under_load.pressure import FLOODS, HOSTILE, RATE, SESSIONS


def newest(paths):
    """Part → the newest run that measured it."""
    runs = {}
    for run in sorted(map(Run, paths), key=lambda run: run.facts["date"]):
        runs |= {part: run for part in PARTS if f"load-{part}" in run.facts.get("parts", [])}
    return {part: runs[part] for part in PARTS if part in runs}


def bar_rows(runs):
    for bar in sorted(BARS, key=lambda bar: (bar.number, PARTS.index(bar.part))):
        run = runs.get(bar.part)
        yield [str(bar.number), bar.what, "–" if run is None else bar.seen(run), bar.asked(), verdict(run, bar)]


def flood_rows(run):
    for kind in FLOODS:
        for figures in run.lines.get(f"flood-{kind}", {}).values():
            if "cuts" not in figures:
                continue
            codes = ", ".join(f"{code} {count:,}" for code, count in figures["codes"].items())
            yield [f"`{kind}`", written(figures["first_cut_s"] or 0, "s"), f"{figures['connections']:,}", codes,
                   number(figures["frames"]), written(figures["load"], "%"), written(figures["before_kib"], "KiB"),
                   written(figures["peak_kib"], "KiB"), written(figures["after_kib"], "KiB"),
                   f"{figures['most_in_flight']}, then {figures['left_in_flight']}"]


def neighbour_rows(run):
    for kind in (*FLOODS, *HOSTILE):
        name = f"beside-{kind}"
        alone, beside = run.rounds(name, "alone_p99_us"), run.rounds(name, "p99_us")
        both = sorted(alone.keys() & beside.keys())
        if not both:
            continue
        pairs = " ".join(f"{ratio(beside[at], alone[at]):.2f}" for at in both)
        loads = [statistics.median(run.values(name, key)) for key in ("alone_load", "load")]
        yield [f"`{kind}`", micros(run.median(name, "alone_p50_us")), micros(run.median(name, "p50_us")),
               micros(run.median(name, "alone_p99_us")), micros(run.median(name, "p99_us")),
               f"**{run.median(name, 'p99_us') / run.median(name, 'alone_p99_us'):.2f}**", pairs,
               f"{written(loads[0], '%')} → {written(loads[1], '%')}", written(max(run.values(name, "peak_growth_kib")), "KiB")]


def growth_rows(run):
    for name, rounds in run.lines.items():
        if not name.startswith("growth-"):
            continue
        for figures in rounds.values():
            if "grown_kib" in figures:
                kept = figures["grown_kib"] <= GROWTH_KIB_MAX
                yield [f"`{name.removeprefix('growth-')}`", f"{figures['times']:,}", f"{figures['seconds']:,.0f} s",
                       f"{figures['grown_kib']:,} KiB", f"{figures['peak_kib'] - figures['before_kib']:,} KiB",
                       "kept" if kept else "missed"]


def void_rows(run, part):
    for name, rounds in run.lines.items():
        for at, figures in rounds.items():
            if "missing" in figures and part_of(name) == part:
                yield [f"`{name}`", str(at), figures["missing"].replace("|", "/").replace("\n", " ")]


def part_of(name):
    kind = name.partition("-")[2]
    if name.startswith("beside-"):
        return "floods" if kind in FLOODS else "hostile"
    return {"flood": "floods"}.get(name.partition("-")[0], name.partition("-")[0])


def facts_rows(runs):
    for part, run in runs.items():
        facts = run.facts
        dirty = " with changes that were not committed" if facts["dirty"] else ""
        yield [part, f"`{facts['commit']}`{dirty}", facts["date"], str(facts["rounds"]),
               f"[`{facts['file']}`](results/{facts['file']})"]


def details(runs):
    if run := runs.get("floods"):
        yield "## Floods"
        yield ""
        yield ("One hostile principal on one connection, which connects again as soon as it is cut. Memory is the hub's"
               " resident set. The last column is what the modules had in flight at most, asked once a second, and what was left"
               " a second after the flood.")
        yield ""
        yield from table(["flood", "first cut after", "connections", "cut with", "frames", "hub's processor", "before",
                          "peak", "after", "in modules"], flood_rows(run))
    neighbours = [row for part in ("floods", "hostile") if part in runs for row in neighbour_rows(runs[part])]
    if neighbours:
        yield "## What an honest client feels"
        yield ""
        yield (f"Another principal with {SESSIONS} sessions makes {RATE} calls a second, alone and beside the abuse, in turn."
               " The hub has a core for itself; the abusive client shares the other one with the honest client under the"
               " scheduler's idle policy, which lets the honest one go first: what it loses is lost in the hub.")
        yield ""
        yield from table(["abuse", "what it does"], [
            [f"`{kind}`", abuse.__doc__.strip()] for kind, abuse in KINDS.items() if any(f"`{kind}`" == row[0] for row in neighbours)])
        yield from table(["beside", "p50 alone", "p50", "p99 alone", "p99", "ratio of medians", "pair by pair",
                          "hub's processor", "its memory grew by"], list(dict.fromkeys(map(tuple, neighbours))))
    if run := runs.get("grease"):
        for figures in run.lines.get("grease", {}).values():
            if "kinds" in figures:
                yield "## GREASE"
                yield ""
                kinds = ", ".join(f"{kind} {count:,}" for kind, count in figures["kinds"].items())
                yield (f"{figures['calls']:,} calls in {figures['frames']:,} frames and {figures['seconds']:.0f} s, with"
                       f" {figures['items']:,} items: {kinds}. Seed {figures['seed']}.")
                yield ""
    if run := runs.get("idle"):
        yield from idle_details(run)
    if run := runs.get("growth"):
        yield "## Malformed cases, again and again"
        yield ""
        times = [figures["times"] for name, rounds in run.lines.items() if name.startswith("growth-")
                 for figures in rounds.values() if "times" in figures]
        yield (f"Growth of the hub's resident set over the repetitions, after a warm-up. {sum(each >= REPEATS for each in times)}"
               f" of {len(times)} cases were played {REPEATS:,} times; those that wait by their nature, or send megabytes, as"
               " often as their time allowed.")
        yield ""
        yield from table(["case", "times", "took", "grown", "at the peak", ""], growth_rows(run))


def idle_details(run):
    for figures in run.lines.get("idle", {}).values():
        if "session_kib" in figures:
            yield "## Sessions that wait"
            yield ""
            yield (f"{figures['sessions']:,} sessions, opened in {figures['opened_seconds']:.0f} s:"
                   f" {figures['session_kib']:.1f} KiB each; the hub has {written(figures['resident_kib'], 'KiB')} resident and"
                   f" {written(figures['proportional_kib'], 'KiB')} proportional, {written(figures['base_kib'], 'KiB')} without"
                   f" them; {figures['lost_idle']} were lost while they waited. With all of them open a SIGTERM took"
                   f" {figures['turn_stop_seconds']:.1f} s. A handshake that failed was tried again when all others had been.")
            yield ""


def report(runs):
    facts = list(runs.values())[0].facts
    yield "# Under load"
    yield ""
    yield ("Written by `make load` from the raw lines in [`results/`](results); never by hand. Numbers are those of the"
           " requirements.")
    yield ""
    yield from table(["#", "what", "measured", "bar", "verdict"], bar_rows(runs))
    yield from table(["part", "commit", "date", "rounds", "raw lines"], facts_rows(runs))
    yield from table(["machine", ""], [
        ["processor", f"{facts['cpu']}, {facts['cores']} cores; {facts['pinning']}"], ["kernel", facts["kernel"]],
        ["file system", facts["filesystem"]], ["build", f"release, {facts['swift']}"]])
    yield from details(runs)
    void = [row for part, run in runs.items() for row in void_rows(run, part)]
    if void:
        yield "## Void or missing"
        yield ""
        yield from table(["row", "round", "why"], void)


def main():
    print("\n".join(report(newest(sys.argv[1:]))).rstrip())


if __name__ == "__main__":
    main()

"""The tables of the aims: one row for each aim, what each ratio was made of, and every row that was measured."""
import pathlib

from aims import AIMS, PAYLOADS, PEERS, SHAPES, row
from figures import digits, micros, number, ratio, spread, table


def judge(run, comparison):
    """A comparison's ratio of medians, in how many pairs of a round it was met, and whether that reaches the aim.

    Reached means that the ratio of medians meets the aim and so do more than half of the pairs.
    """
    key = comparison.figure
    ours, theirs = run.rounds(comparison.ours, key), run.rounds(comparison.theirs, key)
    value = ratio(run.median(comparison.ours, key), run.median(comparison.theirs, key))
    pairs = [ratio(ours[each], theirs[each]) for each in sorted(ours.keys() & theirs.keys())]
    met = sum(comparison.met(pair) for pair in pairs if pair is not None)
    reached = value is not None and comparison.met(value) and 2 * met > len(pairs)
    return value, met, len(pairs), reached


def why_missing(run, comparison):
    for name in (comparison.ours, comparison.theirs):
        if not run.values(name, comparison.figure):
            return f"{name}: {run.missing(name)}"
    return "no round has both"


def aim_rows(run):
    for aim in AIMS:
        cells, reached = [], True
        for comparison in aim.ratios:
            value, met, pairs, is_reached = judge(run, comparison)
            reached = reached and is_reached
            missing = f"– ({why_missing(run, comparison)})" if value is None else None
            cells.append(missing or f"**{digits(value)}** ({met}/{pairs})")
        yield [str(aim.number), aim.title, "<br>".join(each.aim for each in aim.ratios), "<br>".join(cells),
               "reached" if reached else "missed"]


def profiles(run):
    """Where a missed aim has been looked into, what was found."""
    place = pathlib.Path(__file__).parent / "profiles"
    for number, *_, verdict in aim_rows(run):
        if verdict == "missed" and (place / f"aim-{number}.md").exists():
            yield f"- What stands in the way of aim {number}: [`profiles/aim-{number}.md`](profiles/aim-{number}.md)"


def shown(run, name, key):
    value = run.median(name, key)
    if value is None:
        return "–"
    units = {"rate": f"{number(value)}/s", "server_us": f"{value:.2f} µs", "session_kib": f"{value:.1f} KiB"}
    return units.get(key, micros(value))


def pair_rows(run):
    for aim in AIMS:
        for comparison in aim.ratios:
            key = comparison.figure
            value, met, pairs, reached = judge(run, comparison)
            if value is None:
                continue
            ours, theirs = run.rounds(comparison.ours, key), run.rounds(comparison.theirs, key)
            each = [ratio(ours[at], theirs[at]) for at in sorted(ours.keys() & theirs.keys())]
            yield [str(aim.number), f"`{comparison.ours}` ÷ `{comparison.theirs}`, {key}", shown(run, comparison.ours, key),
                   shown(run, comparison.theirs, key), " ".join(digits(pair) for pair in each if pair is not None),
                   "met" if reached else "not met"]


def measured_rows(run, payload):
    for peer in PEERS:
        cells = []
        for shape in SHAPES:
            name = row(peer, shape, payload)
            rates = run.values(name, "rate")
            cells.append(f"**{number(run.median(name, 'rate'))}** ({spread(rates)}) {micros(run.median(name, 'p50_us'))} / "
                         f"{micros(run.median(name, 'p99_us'))}" if rates else "")
        cost = run.median(row(peer, "16x16", payload), "server_us")
        if any(cells):
            yield [f"`{peer}`", *cells, f"{cost:.2f} µs" if cost is not None else ""]


def idle_rows(run):
    for peer in ("hub", "limit-nio-raw-mtls", "nats"):
        name = f"{peer}-idle"
        if run.values(name, "session_kib"):
            yield [f"`{peer}`", f"{run.median(name, 'base_kib') / 1024:.1f} MiB",
                   f"{run.median(name, 'resident_kib') / 1024:.1f} MiB", f"{run.median(name, 'session_kib'):.1f} KiB",
                   f"{number(run.median(name, 'opened_rate'))}/s"]


def void_rows(run):
    for name, rounds in run.lines.items():
        for at, figures in rounds.items():
            if "missing" in figures:
                yield [f"`{name}`", str(at), figures["missing"].replace("|", "/").replace("\n", " ")]


def load_note(run):
    """How busy the two sides were where the hub is compared at full load: the client must not be what is measured."""
    name = row("hub", "16x16")
    server, client = run.median(name, "server_load"), run.median(name, "client_load")
    if server is None or client is None:
        return
    yield (f"At 16x16 and 64 B the hub's core was {100 * server:.0f} % busy with the hub,"
           f" the client's {100 * client:.0f} % with the client.")
    yield ""


def report(run):
    yield "## The aims"
    yield ""
    yield ("`hub.v1.Diagnostics/Echo` through the shipped daemon: TLS 1.3 with client certificates, authorisation, deadlines,"
           " metrics. Ratios of medians; in brackets in how many of the interleaved pairs the aim was met. Reached: the ratio of"
           " medians and more than half of the pairs meet every ratio of the row. What the peers are stands in"
           " [`Peers/README.md`](Peers/README.md).")
    yield ""
    yield from table(["#", "aim", "ratio", "measured (pairs)", "verdict"], aim_rows(run))
    if found := list(profiles(run)):
        yield from [*found, ""]
    yield from load_note(run)
    yield from table(["#", "ours ÷ theirs", "ours", "theirs", "pair by pair", ""], pair_rows(run))
    yield "## Every shape"
    yield ""
    yield "Calls/s, median (lowest–highest round), p50 / p99. Connections x calls in flight on each."
    yield ""
    for payload in PAYLOADS:
        yield from table([f"{payload:,} bytes", *SHAPES, "server's time of a call, 16x16"], measured_rows(run, payload))
    yield "## Sessions that wait"
    yield ""
    yield from table(["server", "with one", "with 5,000", "each", "opened, one call on each"], idle_rows(run))
    void = list(void_rows(run))
    if void:
        yield "Void or missing measurements:"
        yield ""
        yield from table(["row", "round", "why"], void)

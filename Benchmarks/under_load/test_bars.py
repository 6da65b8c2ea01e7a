"""How a run under load is judged and told. Run by `make check`: python3 -m unittest discover Benchmarks"""
import json
import tempfile
import unittest

from figures import Run
from under_load.bars import BARS, Bar, Either, PARTS, cases_grown, cut_seconds, ratio_of_medians, verdict, worst, written
from under_load.pressure import FLOODS
from under_load.report import bar_rows, newest, report, void_rows

FACTS = {"parts": ["load-floods"], "date": "2026-07-31T00:00:00Z", "commit": "c", "dirty": False, "rounds": 5, "file": "f",
         "cpu": "p", "cores": 2, "pinning": "", "kernel": "", "filesystem": "", "swift": ""}


def written_run(file, lines, **facts):
    entries = [{"name": "run", "round": 0, "figures": {**FACTS, **facts}}]
    for name, rounds in lines.items():
        entries += [{"name": name, "round": at, "figures": figures} for at, figures in enumerate(rounds, 1)]
    file.write("\n".join(map(json.dumps, entries)))
    file.flush()


def run_of(lines, **facts):
    """A run with these figures: name → one dictionary for each round."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        written_run(file, lines, **facts)
        return Run(file.name)


class Judging(unittest.TestCase):
    def test_the_ratio_is_of_medians_of_rounds_that_have_both(self):
        pairs = [{"p99_us": p99, "alone_p99_us": alone} for p99, alone in ((100, 100), (900, 100), (150, 100), (120, 80))]
        run = run_of({"beside-ping": [*pairs, {"missing": "the hostile client did not start"}]})
        self.assertEqual(ratio_of_medians("beside-ping", "p99_us", "alone_p99_us")(run), 135 / 100)

    def test_a_bar_is_kept_at_its_bound_and_missed_beyond_it(self):
        bar = Bar(6, "deadlines", "latest", worst("deadlines-hub", "latest_ms"), 50, "ms")
        self.assertEqual(verdict(run_of({"deadlines-hub": [{"latest_ms": 50}]}), bar), "kept")
        self.assertEqual(verdict(run_of({"deadlines-hub": [{"latest_ms": 50.1}]}), bar), "missed")

    def test_what_could_not_be_measured_is_missed_and_what_was_not_run_says_so(self):
        bar = Bar(6, "deadlines", "latest", worst("deadlines-hub", "latest_ms"), 50, "ms")
        self.assertEqual(verdict(run_of({"deadlines-hub": [{"missing": "Closed: end of stream"}]}), bar), "missed")
        self.assertEqual(verdict(None, bar), "not run")

    def test_a_flood_that_is_never_cut_may_still_cost_little(self):
        bar = Either(5, "floods", "ping flood", (
            Bar(5, "floods", "cut after", cut_seconds("flood-ping"), 5, "s"),
            Bar(5, "floods", "processor", worst("flood-ping", "extra_load"), 0.25, "%")))
        endless = {"cuts": 0, "longest_s": 60, "extra_load": 0.1}
        self.assertEqual(verdict(run_of({"flood-ping": [endless]}), bar), "kept")
        self.assertEqual(verdict(run_of({"flood-ping": [endless | {"extra_load": 0.3}]}), bar), "missed")
        self.assertEqual(verdict(run_of({"flood-ping": [endless | {"extra_load": 0.3, "cuts": 9, "longest_s": 2}]}), bar), "kept")

    def test_a_case_that_grew_or_was_answered_wrongly_counts(self):
        run = run_of({"growth-a": [{"grown_kib": 1024}], "growth-b": [{"grown_kib": 1025}], "growth-c": [{"missing": "Wrong"}]})
        self.assertEqual(cases_grown(run), 2)
        self.assertIsNone(cases_grown(run_of({})))

    def test_every_bar_belongs_to_a_part_and_no_two_say_the_same(self):
        self.assertLessEqual({bar.part for bar in BARS}, set(PARTS))
        self.assertEqual(len({(bar.part, bar.what) for bar in BARS}), len(BARS))
        for kind in FLOODS:
            self.assertEqual(sum(bar.what.startswith(f"{kind} flood") for bar in BARS), 3, kind)


class Telling(unittest.TestCase):
    def test_a_part_comes_from_its_newest_run(self):
        with tempfile.NamedTemporaryFile("w") as old, tempfile.NamedTemporaryFile("w") as new:
            written_run(old, {}, parts=["load-idle", "load-grease"])
            written_run(new, {}, parts=["load-idle", "aims"], date="2026-08-01T00:00:00Z")
            runs = newest([new.name, old.name])
        self.assertEqual([(part, run.facts["date"][:10]) for part, run in runs.items()],
                         [("grease", "2026-07-31"), ("idle", "2026-08-01")])

    def test_the_report_has_every_bar_and_every_reason(self):
        runs = {"floods": run_of({"flood-ping": [{"missing": "Late: nothing | came"}]})}
        text = "\n".join(report(runs))
        self.assertEqual(len(list(bar_rows(runs))), len(BARS))
        self.assertIn("| `flood-ping` | 1 | Late: nothing / came |", text)
        self.assertEqual(list(void_rows(runs["floods"], "hostile")), [])

    def test_figures_are_written_with_their_units(self):
        self.assertEqual([written(0.034, "%"), written(1, "%"), written(1.2, "×"), written(655_360, "KiB"), written(900, "KiB"),
                          written(50_000, "µs"), written(0.0123, "s"), written(100_000, "")],
                         ["3.4 %", "100 %", "1.20 ×", "640.0 MiB", "900 KiB", "50.0 ms", "0.0123 s", "100,000"])


if __name__ == "__main__":
    unittest.main()

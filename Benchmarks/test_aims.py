"""How aims are judged. Run by `make check`: python3 -m unittest discover Benchmarks"""
import json
import tempfile
import unittest

from aims import AIM_ROUND, AIMS, Ratio, row
from aims_report import aim_rows, judge
from figures import Run, digits


def run_of(lines):
    """A run with these figures of one kind: name → one value for each round."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        entries = [{"name": "run", "round": 0, "figures": {"parts": ["aims"]}}]
        for name, rounds in lines.items():
            entries += [{"name": name, "round": at, "figures": figures} for at, figures in enumerate(rounds, 1)]
        file.write("\n".join(map(json.dumps, entries)))
        file.flush()
        return Run(file.name)


def rates(*values):
    return [{"rate": value} for value in values]


TWICE = Ratio("hub-16x16-64", "peer-16x16-64", "rate", 2, True, "16x16")


class Judging(unittest.TestCase):
    def test_medians_and_most_pairs_meet_it(self):
        run = run_of({"hub-16x16-64": rates(20, 25, 15, 30, 22), "peer-16x16-64": rates(10, 10, 10, 10, 10)})
        self.assertEqual(judge(run, TWICE), (2.2, 4, 5, True))

    def test_medians_alone_are_not_enough(self):
        run = run_of({"hub-16x16-64": rates(30, 19, 21, 19, 40), "peer-16x16-64": rates(20, 10, 10.5, 10, 5)})
        value, met, pairs, reached = judge(run, TWICE)
        self.assertEqual((value, met, pairs, reached), (2.1, 2, 5, False))

    def test_at_most(self):
        ratio = Ratio("hub-1x1-64", "peer-1x1-64", "rate", 0.5, False, "rate")
        self.assertTrue(judge(run_of({"hub-1x1-64": rates(5), "peer-1x1-64": rates(10)}), ratio)[3])
        self.assertFalse(judge(run_of({"hub-1x1-64": rates(6), "peer-1x1-64": rates(10)}), ratio)[3])

    def test_a_void_round_has_no_pair(self):
        void = {"missing": "an answer was wrong"}
        run = run_of({"hub-16x16-64": rates(30, 30, 30), "peer-16x16-64": [{"rate": 10}, void, {"rate": 10}]})
        self.assertEqual(judge(run, TWICE), (3, 2, 2, True))

    def test_a_peer_that_is_missing_is_named_and_its_aim_missed(self):
        names = {each for aim in AIMS for ratio in aim.ratios for each in (ratio.ours, ratio.theirs)}
        lines = {name: [{key: 1.0 for key in ("rate", "p50_us", "p99_us", "server_us", "session_kib")}] for name in names}
        lines[row("dbus-broker", "16x16")] = [{"missing": "dbus-broker is missing"}]
        rows = {number: (cells, verdict) for number, _, _, cells, verdict in aim_rows(run_of(lines))}
        self.assertIn("dbus-broker-16x16-64: dbus-broker is missing", rows["4"][0])
        self.assertEqual(rows["4"][1], "missed")

    def test_every_row_an_aim_compares_is_measured_in_one_group_with_its_peer(self):
        groups = [{row(peer, shape, payload) for peer in peers} for shape, payload, peers in AIM_ROUND]
        for aim in AIMS:
            for ratio in aim.ratios:
                if "idle" not in ratio.ours:
                    self.assertTrue(any({ratio.ours, ratio.theirs} <= group for group in groups), ratio)

    def test_ratios_are_written_with_three_digits(self):
        self.assertEqual([digits(value) for value in (0.04567, 1.234, 12.34, 156.7)], ["0.0457", "1.23", "12.3", "157"])

    def test_idle_sessions_alone_do_not_take_the_place_of_the_aims(self):
        run = run_of({})
        run.facts["parts"] = ["idle"]
        self.assertFalse(run.has("aims"))
        run.facts["parts"] = ["aims", "idle"]
        self.assertTrue(run.has("aims"))


if __name__ == "__main__":
    unittest.main()

"""What is sent under load is what it says it is. Run by `make check`: python3 -m unittest discover Benchmarks"""
import importlib.util
import itertools
import unittest
from types import SimpleNamespace

from under_load.attacks import FLAG_MORE, given_up
from under_load.cases import Template, malformed
from under_load.grease import FRAMES_OF_AN_ITEM, Greaser, judge
from under_load.messages import decode, encode, parse
from under_load.wire import CALL, DATA, FLAG_END, HEADER, Link, call, frame


def frames_of(data):
    """(type, flags, stream, payload) of each frame."""
    found = []
    while data:
        length, type_, flags, _, stream = HEADER.unpack_from(data)
        found.append((type_, flags, stream, data[12:12 + length]))
        data = data[12 + length:]
    return found


class Messages(unittest.TestCase):
    def test_the_worked_example_of_the_protocol_comes_out_byte_for_byte(self):
        sent = call(1, "hub.v1.Diagnostics/Echo", encode("EchoMessage", {"payload": b"halo"}), 5_000)
        self.assertEqual(sent.hex(" "), (
            "00 00 00 1c 10 00 00 00 00 00 00 01 0a 17 68 75 62 2e 76 31 2e 44 69 61 67 6e 6f 73 74 69 63 73 2f 45 63 68 6f"
            " 10 88 27 00 00 00 06 11 01 00 00 00 00 00 01 0a 04 68 61 6c 6f"))

    def test_what_is_zero_is_left_out_unless_the_proto_says_optional(self):
        self.assertEqual(encode("InteropRequest", {"reply_bytes": 0, "payload": b""}), b"")
        self.assertEqual(encode("Call", {"timeout_ms": 0}), b"\x10\x00")

    def test_messages_in_messages_and_packed_numbers_come_back(self):
        fields = {"method": "a/b", "metadata": [{"key": "k", "value": b"v"}, {"key": "l", "value": b"w"}]}
        self.assertEqual(decode("Call", encode("Call", fields)), fields)
        self.assertEqual(encode("InteropOutputRequest", {"sizes": [3, 300]}), b"\x0a\x03\x03\xac\x02")

    def test_bytes_that_are_no_message_are_refused(self):
        for data in (b"\x0a\x05ab", b"\x08", b"\x0b"):
            self.assertRaises(ValueError, parse, data)


class Grease(unittest.TestCase):
    def test_a_seed_gives_the_same_bytes_and_one_item_for_ten_frames(self):
        one, other = Greaser(7, "permits"), Greaser(7, "permits")
        for stream in range(1, 4_000, 2):
            self.assertEqual(one.call(stream), other.call(stream))
        self.assertAlmostEqual(sum(one.items.values()) / (one.frames / FRAMES_OF_AN_ITEM), 1, delta=0.06)

    def test_what_is_strange_is_still_a_message_or_an_extension(self):
        greaser = Greaser(7, "permits")
        for stream in range(1, 4_000, 2):
            for type_, flags, _, payload in frames_of(greaser.call(stream)[0]):
                if type_ >= 0xE0:
                    self.assertFalse(flags & 0x80)
                else:
                    self.assertIn(type_, (CALL, DATA))
                    parse(payload)

    def test_a_call_is_right_only_with_its_answers(self):
        answer = encode("EchoMessage", {"payload": b"x"})
        self.assertIsNone(judge([b"x"], [answer], {}))
        self.assertEqual(judge([b"y"], [answer], {}), "another payload")
        self.assertEqual(judge([b"x"], [], {}), "0 messages in place of 1")
        self.assertEqual(judge([], [], {"status": 13, "message": "E1"}), "status 13: E1")


class Floods(unittest.TestCase):
    def test_calls_that_are_given_up_keep_to_the_stream_credit(self):
        link = SimpleNamespace(max_stream=199)
        data, count = next(given_up(link, "hub.v1.Interop/Unary", b""))
        streams = [stream for type_, _, stream, _ in frames_of(data) if type_ == CALL]
        self.assertEqual((streams, count), (list(range(1, 200, 2)), 300))

    def test_frames_are_cut_from_what_came_and_credit_is_noted(self):
        link = Link.__new__(Link)
        link.received, link.greeted, link.taken = bytearray(), False, 0
        link.max_stream, link.credit, link.stream_credit = 199, 1 << 20, {}
        whole = frame(0xE5, b"?") + frame(4, encode("Credit", {"max_stream": 301})) + frame(DATA, b"abc", FLAG_END, 1)
        link.received += whole[:-1]
        self.assertEqual((link.arrived(), link.max_stream), ([], 301))
        link.received += whole[-1:]
        self.assertEqual([(each.stream, each.payload) for each in link.arrived()], [(1, b"abc")])
        self.assertEqual((link.taken, len(link.received)), (3, 0))


@unittest.skipUnless(importlib.util.find_spec("yaml"), "PyYAML is missing")
class Cases(unittest.TestCase):
    def test_every_malformed_case_of_the_kit_can_be_read(self):
        cases = malformed()
        self.assertGreaterEqual(len(cases), 64)
        self.assertEqual(len({case.id for case in cases}), len(cases))
        self.assertTrue(next(case for case in cases if case.id == "header_truncated").waits)

    def test_frames_are_written_as_the_kit_writes_them(self):
        entry = {"type": "DATA", "flags": ["MORE"], "stream": "1", "step": "2", "hex": "fill:3", "length": "0x10"}
        self.assertEqual(Template(entry).bytes(2), HEADER.pack(16, DATA, FLAG_MORE, 0, 5) + bytes(3))
        metadata = {"copies": "2", "of": {"key": "chars:3", "value": "hex:ff"}}
        entry = {"type": "CALL", "stream": "1", "call": {"method": "a/b", "metadata": metadata}}
        self.assertEqual(list(itertools.chain.from_iterable(decode("Call", Template(entry).payload)["metadata"])),
                         ["key", "value"] * 2)


if __name__ == "__main__":
    unittest.main()

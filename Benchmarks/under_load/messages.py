"""Protobuf messages as dictionaries, encoded and decoded by what stands in Protos/: no generated code, no package."""
import functools
import pathlib
import re

PROTOS = pathlib.Path(__file__).resolve().parents[2] / "Protos"
FILES = ("hub/v1/frame.proto", "hub/v1/diagnostics.proto", "hub/v1/interop.proto", "hub/v1/admin.proto",
         "hub/v1/status.proto", "hub/v1/error.proto", "hub/v1/text.proto")
NUMBERS = {"uint32", "uint64", "int32", "int64", "bool"}
FIELD = re.compile(r"^ *(repeated |optional )?([\w.]+) (\w+) = (\d+);", re.M)
ENUM_VALUE = re.compile(r"^ *([A-Z]\w*) = (\d+);", re.M)


@functools.cache
def schema():
    """Message → field → (number, type, "repeated", "optional" or nothing), and enum value → number."""
    messages, values = {}, {}
    for name in FILES:
        text = re.sub(r"//.*", "", (PROTOS / name).read_text())
        for kind, title, body in re.findall(r"\b(message|enum) (\w+) \{([^}]*)\}", text):
            if kind == "enum":
                values |= {value: int(number) for value, number in ENUM_VALUE.findall(body)}
            else:
                messages[title] = {field: (int(number), kind, label.strip())
                                   for label, kind, field, number in FIELD.findall(body)}
    return messages, values


def varint(value):
    encoded = bytearray()
    value &= (1 << 64) - 1
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes(encoded) + bytes([value])


def number_field(number, value):
    return varint(number << 3) + varint(value)


def bytes_field(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def encode(message, fields):
    """The bytes of a message of Protos/. Enum values are written by their names; what is zero or empty is left out, as
    proto3 does, but for `optional` fields."""
    known, values = schema()
    encoded = b""
    for field, given in fields.items():
        number, kind, label = known[message][field]
        if not label and not given and kind not in known:
            continue
        items = given if label == "repeated" else [given]
        if label == "repeated" and kind in NUMBERS:
            encoded += bytes_field(number, b"".join(map(varint, items)))
            continue
        for item in items:
            if kind in known:
                encoded += bytes_field(number, encode(kind, item))
            elif kind == "string" or isinstance(item, bytes):
                encoded += bytes_field(number, item.encode() if isinstance(item, str) else item)
            else:
                encoded += number_field(number, int(values.get(item, item)))
    return encoded


def parse(data):
    """Field number → its values in order: an int, or bytes. Raises ValueError when the bytes are no message."""
    fields, at = {}, 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            if at >= len(data) or shift > 63:
                raise ValueError("a number that does not end")
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = number()
        if tag & 7 == 0:
            value = number()
        elif tag & 7 == 2:
            length = number()
            value, at = data[at:at + length], at + length
            if at > len(data):
                raise ValueError("a field that is cut off")
        else:
            raise ValueError(f"wire type {tag & 7}")
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def decode(message, data):
    """The fields that are there, by name; unknown ones are left out. Enums stay numbers, bytes stay bytes."""
    known = schema()[0]
    found, named = parse(data), {}
    for field, (number, kind, label) in known[message].items():
        if number in found:
            values = found[number]
            if kind in known:
                values = [decode(kind, value) for value in values]
            elif kind == "string":
                values = [value.decode() for value in values]
            named[field] = values if label == "repeated" else values[-1]
    return named

#!/usr/bin/env python3
"""Verifies a paper by the text of its QR code: needs the published key and nothing else of the hub.

    verify-paper.py --key papers.pub.pem "ELM1:…"
    zbarimg --quiet --raw paper.png | verify-paper.py --key papers.pub.pem -

Prints what was sealed. Ends with 0 when the seal holds, with 1 and the reason when it does not.

It shares no code with the hub and is short on purpose: whoever writes a verifier of their own can read here what there is
to do. The messages are described in Protos/hub/v1/paper.proto. Needs Debian's python3-cryptography.
"""
import argparse
import hashlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
ED25519, ECDSA_P256 = 1, 2


class Refused(Exception):
    """Why a text is no seal that holds."""


def base45(text):
    """RFC 9285: three letters are two bytes, two at the end are one."""
    if len(text) % 3 == 1 or any(letter not in ALPHABET for letter in text):
        raise Refused("not base45")
    out = bytearray()
    for start in range(0, len(text), 3):
        group = text[start:start + 3]
        value = sum(ALPHABET.index(letter) * 45 ** place for place, letter in enumerate(group))
        if value >= 256 ** (len(group) - 1):
            raise Refused("not base45")
        out += value.to_bytes(len(group) - 1, "big")
    return bytes(out)


def varint(data, at):
    value = 0
    for shift in range(0, 64, 7):
        if at >= len(data):
            raise Refused("malformed")
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value, at
    raise Refused("malformed")


def fields(data):
    """Number and value of each field of a protobuf message; these messages have numbers and bytes only."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        elif tag & 7 == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
            if at > len(data):
                raise Refused("malformed")
        else:
            raise Refused("malformed")
        yield tag >> 3, value


def message(data, names):
    """A message as a dictionary; fields with numbers that are not among the names are newer than this script."""
    found = {}
    for number, value in fields(data):
        found.setdefault(names.get(number, number), []).append(value)
    return found


def one(found, name, otherwise):
    values = found.get(name, [otherwise])
    if len(values) != 1 or not isinstance(values[0], type(otherwise)):
        raise Refused("malformed")
    return values[0]


def text_of(found, name):
    try:
        return one(found, name, b"").decode()
    except UnicodeDecodeError:
        raise Refused("malformed") from None


def holds(key, algorithm, signature, statement):
    try:
        if algorithm == ED25519 and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, statement)
        elif algorithm == ECDSA_P256 and isinstance(key, ec.EllipticCurvePublicKey) and len(signature) == 64:
            r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
            key.verify(encode_dss_signature(r, s), statement, ec.ECDSA(hashes.SHA256()))
        else:
            raise Refused("sealed in a way that this key does not fit")
    except InvalidSignature:
        raise Refused("the signature does not hold: something was changed") from None


def verify(text, key):
    """The statement of a seal that holds, as a dictionary."""
    if not text.startswith("ELM1:"):
        raise Refused("the code of something else")
    raw = base45(text[5:])
    if [number for number, _ in fields(raw)] != [1, 2, 3, 4]:
        raise Refused("malformed")
    seal = message(raw, {1: "statement", 2: "key_id", 3: "algorithm", 4: "signature"})
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if one(seal, "key_id", b"") != hashlib.sha256(der).digest()[:8]:
        raise Refused("sealed with another key")
    statement = one(seal, "statement", b"")
    holds(key, one(seal, "algorithm", 0), one(seal, "signature", b""), statement)
    return message(statement, {1: "issuer", 2: "number", 3: "template", 4: "version", 5: "title", 6: "issued_on",
                               7: "valid_until", 8: "facts", 9: "content_sha256"})


def main():
    arguments = argparse.ArgumentParser(description="Verifies a paper by the text of its QR code.")
    arguments.add_argument("--key", required=True, help="the published key, papers.pub.pem")
    arguments.add_argument("text", help="what the QR code says; - reads it from standard input")
    given = arguments.parse_args()
    with open(given.key, "rb") as file:
        key = serialization.load_pem_public_key(file.read())
    text = sys.stdin.readline().rstrip("\r\n") if given.text == "-" else given.text
    try:
        statement = verify(text, key)
        lines = [(name, text_of(statement, name)) for name in
                 ("issuer", "number", "title", "template", "version", "issued_on", "valid_until")]
        for fact in statement.get("facts", []):
            parts = message(fact, {1: "name", 2: "label", 3: "value"})
            lines.append((text_of(parts, "label"), text_of(parts, "value")))
        lines.append(("content_sha256", one(statement, "content_sha256", b"").hex()))
    except Refused as reason:
        print(f"does not hold: {reason}", file=sys.stderr)
        return 1
    for name, value in lines:
        # What is signed is still somebody's text: nothing of it may steer a terminal.
        print(f"{name}: {''.join(letter for letter in value if letter.isprintable())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A clamd of the tests: INSTREAM over a Unix socket, well or badly.

Usage: clamd.py SOCKET MODE

Modes: ok (FOUND when the stream holds X5O!P%@AP), limit (the answer to a stream that is too long), nonsense, cut (half an
answer), close (says nothing and hangs up), flood (answers without end), partial (an answer without its zero byte, then the end),
hang (reads everything and never answers), deaf (reads nothing), full (accepts nobody, and more wait than it has room for).
"""
import os
import socket
import struct
import sys
import threading
import time

path, mode = sys.argv[1:]


def exactly(line, count):
    data = b""
    while len(data) < count:
        more = line.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def serve(line):
    try:
        if mode == "deaf":
            time.sleep(60)
            return
        if mode == "close":
            return
        assert exactly(line, 10) == b"zINSTREAM\0"
        stream = b""
        while length := struct.unpack(">I", exactly(line, 4))[0]:
            stream += exactly(line, length)
        if mode == "hang":
            time.sleep(60)
        found = b"stream: Test.Signature FOUND\0" if b"X5O!P%@AP" in stream else b"stream: OK\0"
        answers = {
            "ok": found,
            "limit": b"INSTREAM size limit exceeded. ERROR\0",
            "nonsense": b"\xff\xfe\0",
            "cut": b"stream: ",
            "partial": b"stream: OK",
        }
        if mode == "flood":
            while True:
                line.sendall(b"stream: OK " * 1000)
        line.sendall(answers[mode])
    except (OSError, AssertionError):
        pass
    finally:
        line.close()


listener = socket.socket(socket.AF_UNIX)
if mode == "full":
    listener.bind(path + ".new")
    listener.listen(1)
    waiting = []
    try:
        for _ in range(16):
            waiting.append(socket.socket(socket.AF_UNIX))
            waiting[-1].setblocking(False)
            waiting[-1].connect(path + ".new")
    except BlockingIOError:
        pass
    # Under its name it is full from the beginning.
    os.rename(path + ".new", path)
    time.sleep(600)
    sys.exit()
listener.bind(path)
listener.listen(64)
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()

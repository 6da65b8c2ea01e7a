"""A national e-signature service as badly as a test wants.

Usage: esign.py FOLDER [--cert FILE --key FILE] [--port N]

Prints its port. `POST /api/sign/pdf` (Basic hub:secret) signs for the NIK 3402010101700001 with the passphrase `rahasia`: what
it gives back is what it got with an update behind it. Before each answer it reads FOLDER/mode: a list of words, of which the
first is taken away and the last stays: `ok`, `slow` (3 s), `drop`, `other` (a PDF, but another one), `empty`, `flood` (more than
anybody wants) or a number (answers with that code). What it took is appended to FOLDER/received, without the passphrase.
"""
import argparse
import base64
import email.parser
import email.policy
import http.server
import json
import pathlib
import ssl
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--port", type=int, default=0)
arguments = parser.parse_args()
lock = threading.Lock()
SIGNATURE = b"\n9 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 1 2 3]/Contents<00>>>\nendobj\n%%EOF\n"


def mode():
    with lock:
        file = arguments.folder / "mode"
        words = file.read_text().split() if file.exists() else ["ok"]
        if len(words) > 1:
            file.write_text(" ".join(words[1:]))
    return words[0]


class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = {}
        for part in email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body).iter_parts():
            parts[part.get_param("name", header="content-disposition")] = part.get_payload(decode=True)
        wanted = mode()
        with lock, open(arguments.folder / "received", "a") as file:
            names = sorted(parts)
            file.write(json.dumps({"path": self.path, "parts": names, "nik": parts["nik"].decode()}) + "\n")
        if wanted == "slow":
            time.sleep(3)
        if wanted == "drop":
            self.close_connection = True
            return self.connection.close()
        login = "Basic " + base64.b64encode(b"hub:secret").decode()
        if wanted.isdigit():
            return self.answer(int(wanted), b'{"error":"asked for"}')
        if self.headers["Authorization"] != login:
            return self.answer(401, b'{"error":"who are you"}')
        if parts["nik"] != b"3402010101700001" or parts["passphrase"] != b"rahasia":
            return self.answer(400, b'{"error":"wrong passphrase"}')
        signed = {
            "other": b"%PDF-1.7 another" + SIGNATURE,
            "empty": b"",
            "flood": parts["file"] + b" " * 40_000_000,
        }.get(wanted, parts["file"] + SIGNATURE)
        self.answer(200, signed, "application/pdf")

    def answer(self, code, body, kind="application/json"):
        try:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Service)
server.daemon_threads = True
if arguments.cert:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(arguments.cert, arguments.key)
    server.socket = made.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()

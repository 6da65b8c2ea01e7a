"""A mail server and a gateway that receive notices as badly as a test wants.

Usage: receive.py FOLDER [--cert FILE --key FILE] [--port N] smtp|http

Prints its port. Before each answer it reads FOLDER/mode: a list of words, of which the first is taken away and the last stays:
`ok`, `slow` (answers after 3 s), `drop` (takes the notice, then cuts the line), or a number (answers with that code). What it
took is appended to FOLDER/received, one JSON object a line.
"""
import argparse
import asyncio
import http.server
import json
import pathlib
import ssl
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("kind", choices=["smtp", "http"])
arguments = parser.parse_args()
lock = threading.Lock()


def mode():
    with lock:
        file = arguments.folder / "mode"
        words = file.read_text().split() if file.exists() else ["ok"]
        if len(words) > 1:
            file.write_text(" ".join(words[1:]))
    if words[0] == "slow":
        time.sleep(3)
    return words[0]


def take(**notice):
    with lock, open(arguments.folder / "received", "a") as file:
        file.write(json.dumps(notice) + "\n")


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(arguments.cert, arguments.key)
    return made


class Gateway(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        wanted = mode()
        if wanted in ("ok", "slow", "drop", "flood"):
            take(headers={k.lower(): v for k, v in self.headers.items()}, body=body)
        if wanted == "drop":
            self.close_connection = True
            return self.connection.close()
        code = 200 if wanted in ("ok", "slow", "flood") else int(wanted)
        self.send_response(code)
        if code in (301, 302, 307, 308):
            self.send_header("Location", "/elsewhere")
        answer = b"x" * 10_000_000 if wanted == "flood" else b"{}"
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        try:
            self.wfile.write(answer)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def serve_http():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Gateway)
    if arguments.cert:
        server.socket = context().wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    server.serve_forever()


async def serve_smtp():
    from aiosmtpd.smtp import SMTP, AuthResult

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            wanted = await asyncio.to_thread(mode)
            if wanted in ("ok", "slow", "drop"):
                take(sender=envelope.mail_from, to=envelope.rcpt_tos, content=envelope.content.decode(),
                     user=session.auth_data.login.decode() if session.auth_data else "", tls=session.ssl is not None)
            if wanted == "drop":
                server.transport.abort()
                return "250 gone"
            return "250 taken" if wanted in ("ok", "slow") else f"{wanted} as asked"

        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.startswith("unknown"):
                return "550 no such mailbox"
            envelope.rcpt_tos.append(address)
            return "250 OK"

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=data.login == b"hub" and data.password == b"rahasia-surat", handled=False, auth_data=data)

    def factory():
        if not arguments.cert:
            return SMTP(Handler(), hostname="localhost")
        return SMTP(Handler(), hostname="localhost", tls_context=context(), require_starttls=True,
                    authenticator=authenticate, auth_required=True)

    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", arguments.port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if arguments.kind == "http":
    serve_http()
else:
    asyncio.run(serve_smtp())

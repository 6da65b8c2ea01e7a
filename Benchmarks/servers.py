"""Starts and ends the hub and the peers' servers, pinned to the server core."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

SERVER_CORE, CLIENT_CORE = "0", "1"


class Unavailable(Exception):
    """A program is not there or does not come up: its rows say so, the others are measured."""


def pinned(core, command):
    if (os.cpu_count() or 1) < 2 or not shutil.which("taskset"):
        return [str(part) for part in command]
    return ["taskset", "-c", core, *map(str, command)]


def wait_for(what, seconds, is_ready, process=None):
    end = time.monotonic() + seconds
    while not is_ready():
        if process is not None and process.poll() is not None:
            raise Unavailable(f"{what} ended with {process.returncode}")
        if time.monotonic() > end:
            raise Unavailable(f"{what} did not come up within {seconds} s")
        time.sleep(0.01)


def answers(target):
    """Whether something listens on a port or socket path."""
    unix = isinstance(target, str)
    with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as probe:
        return probe.connect_ex(target if unix else ("127.0.0.1", target)) == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Processes that answer at `target` (a port, or "unix:PATH"). `client` is what its clients' environment gets."""

    def __init__(self, name, work):
        self.name, self.work = name, pathlib.Path(work)
        self.processes, self.pids, self.client = [], [], {}
        self.target, self.tls = None, "tls"

    def run(self, *command, environment=None, core=SERVER_CORE, output=None):
        """Starts one process and counts it as part of the server."""
        if not shutil.which(str(command[0])):
            raise Unavailable(f"{self.name}: {command[0]} is missing")
        log = open(self.work / f"{self.name}.log", "ab")
        process = subprocess.Popen(pinned(core, command), stdin=subprocess.DEVNULL, stdout=output or log, stderr=log,
                                   env=environment)
        self.processes.append(process)
        self.pids.append(process.pid)
        return process

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes, self.pids = [], []


def listener(name, work, *command, unix=False):
    """A server of one process. PORT in its command is replaced by a free one, or by unix:PATH."""
    server = Server(name, work)
    path = str(server.work / f"{name}.sock")
    target = path if unix else free_port()
    server.target = f"unix:{path}" if unix else str(target)
    process = server.run(*[server.target if part == "PORT" else part for part in command])
    wait_for(name, 10, lambda: answers(target), process)
    return server


class Hub(Server):
    """The shipped daemon with all its modules, on a new state directory; its certificates serve every mutual TLS here."""

    def __init__(self, programs, work, environment=None, settings=None):
        super().__init__("hub", work)
        self.programs, self.environment, self.state = programs, environment, self.work / "state"
        subprocess.run([programs / "hubctl", "init", "--state", self.state], check=True, stdout=subprocess.DEVNULL)
        if settings:
            (self.state / "hub.yaml").write_text(settings)
        self.start()
        self.client = {"PEER_CERT": str(self.state / "admin.pem"), "PEER_KEY": str(self.state / "admin.key"),
                       "PEER_CA": str(self.state / "ca.pem")}
        modules = sorted(path.name for path in (programs / "modules").iterdir() if path.is_dir())
        self.module = modules[0] if modules else None

    def start(self, port=0):
        """Runs the daemon on its state directory; anew after stop(), for whoever needs the same port again."""
        log = self.work / "hub.out"
        with open(log, "wb") as output:
            process = self.run(self.programs / "hubd", "--state", self.state, "--listen", f"127.0.0.1:{port}",
                               output=output, environment=self.environment)
        wait_for("hubd", 60, lambda: b"serves on" in log.read_bytes(), process)
        self.target = (self.state / "address").read_text().strip().rpartition(":")[2]
        self.pids += [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent(pid) == process.pid]


def parent(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


class Peers:
    """Starts the peers' servers as they are asked for, and keeps them until stop()."""

    def __init__(self, build, work, hub):
        self.build, self.work, self.hub = pathlib.Path(build), pathlib.Path(work), hub
        self.running = {}

    def server(self, name):
        """The server behind a row's name; raises Unavailable, and again each time it is asked for."""
        kind = name.removesuffix("-h2load")
        if kind in ("hub", "hub-module"):
            return self.hub
        if kind not in self.running:
            try:
                self.running[kind] = self.start(kind)
            except Unavailable as reason:
                self.running[kind] = reason
        if isinstance(self.running[kind], Unavailable):
            raise self.running[kind]
        return self.running[kind]

    def start(self, kind):
        certificate = [self.build / "cert.pem", self.build / "key.pem"]
        mutual = [self.hub.state / name for name in ("hub.pem", "hub.key", "ca.pem")]
        nio, swift = self.build / "swift/release/nio-echo", self.build / "swift/release/grpc-echo"
        plain = {
            "limit-c-hub": [self.build / "c-hub-echo", "PORT", *mutual],
            "limit-c-tls": [self.build / "c-echo", "PORT", *certificate],
            "limit-nio-raw": [nio, "raw", "PORT", *certificate],
            "limit-nio-raw-mtls": [nio, "raw", "PORT", *certificate, self.hub.state / "ca.pem"],
            "grpc-cpp": [self.build / "grpc-cpp-server", "PORT", *certificate],
            "grpc-swift": [swift, "PORT", *certificate],
            "grpc-go": [self.build / "grpc-go", "PORT", *certificate],
        }
        if kind == "grpc-cpp-uds":
            server = listener(kind, self.work, self.build / "grpc-cpp-server", "PORT", "plain", unix=True)
            server.tls = "plain"
            return server
        if kind == "nats":
            return self.nats(certificate)
        if kind == "dbus-broker":
            return self.dbus()
        if kind not in plain:
            raise Unavailable(f"no peer is called {kind}")
        server = listener(kind, self.work, *plain[kind])
        if kind == "limit-c-hub":
            server.client = self.hub.client
        if kind.endswith("-mtls"):
            server.client = {key: self.hub.client[key] for key in ("PEER_CERT", "PEER_KEY")}
        return server

    def nats(self, certificate):
        """Broker and responder, both on the server core."""
        broker = shutil.which("nats-server", path=os.environ.get("PATH", "") + ":/usr/sbin") or "nats-server"
        server = listener("nats", self.work, broker, "-a", "127.0.0.1", "-p", "PORT", "--tls", "--tlscert", certificate[0],
                          "--tlskey", certificate[1])
        server.run(self.build / "nats-responder", server.target, "tls")
        time.sleep(0.3)  # A responder says nothing when it has subscribed.
        return server

    def dbus(self):
        """Broker and service, both on the server core; the program that hands the broker its socket does no work."""
        server = Server("dbus-broker", self.work)
        server.tls = "none"
        path, printed = str(self.work / "bus.sock"), self.work / "broker.pid"
        if not shutil.which("dbus-broker"):
            raise Unavailable("dbus-broker is missing")
        with open(printed, "wb") as output:
            starter = server.run(self.build / "bus", "broker", path, output=output)
        wait_for("dbus-broker", 10, lambda: printed.read_bytes().endswith(b"\n") and answers(path), starter)
        service = server.run(self.build / "bus", "service", path)
        time.sleep(0.3)  # The service says nothing when it owns its name.
        server.pids = [int(printed.read_text()), service.pid]
        server.target = path
        return server

    def stop(self, name=None):
        for kind in [name] if name else list(self.running):
            server = self.running.pop(kind, None)
            if isinstance(server, Server):
                server.stop()

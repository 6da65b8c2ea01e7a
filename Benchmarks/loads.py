"""One measurement: a load client on the client core against a running server."""
import json
import os
import pathlib
import statistics
import subprocess
import time

from servers import CLIENT_CORE, Unavailable, pinned

WARM_UP_SECONDS = 1
DISTURBED = 0.15  # of a core, taken by others or by the machine's host: measured once more


class Wrong(Exception):
    """An answer was wrong: the measurement is void."""


class Loads:
    def __init__(self, build, work, seconds):
        self.build, self.work, self.seconds = pathlib.Path(build), pathlib.Path(work), seconds

    def measure(self, name, server, shape, payload):
        """Figures of one measurement; taken a second time when others disturbed the first."""
        measure = self.h2load if name.endswith("-h2load") else self.own
        figures = measure(name, server, shape, payload)
        if figures.get("others_load", 0) + figures.get("stolen", 0) > DISTURBED:
            figures = measure(name, server, shape, payload)
        return figures

    def own(self, name, server, shape, payload):
        """With one of our clients, which all report in the same way."""
        connections, in_flight = shape.split("x")
        shared = [connections, in_flight, str(payload), name]
        if name == "dbus-broker":
            command = [self.build / "bus", "client", server.target, *shared]
        elif name == "grpc-cpp-uds":
            command = [self.build / "grpc-cpp-client", "unary", server.target, "plain", *shared]
        else:
            protocol = {"hub": "hub", "hub-module": "hub", "limit-c-hub": "hub", "nats": "nats"}.get(name, "frame")
            command = [self.build / "cload", protocol, server.target, server.tls, *shared]
            command += [server.module] if name == "hub-module" else []
        return self.report(command, server)

    def idle(self, protocol, server, name, sessions):
        """Opens sessions, each with one call, and closes them; the server's memory while they are open."""
        return self.report([self.build / "idle", protocol, server.target, server.tls, sessions, name], server)

    def hold(self, server, sessions):
        """Opens sessions at the hub and keeps them until release()."""
        report = self.fresh_report()
        process = subprocess.Popen(
            pinned(CLIENT_CORE, [self.build / "idle", "hub", server.target, "tls", sessions, "hub", "hold"]),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=self.environment(server, report))
        end = time.monotonic() + 120
        while not (report.exists() and report.stat().st_size):
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                process.wait()
                raise Wrong(f"{sessions} sessions could not be opened")
            time.sleep(0.05)
        return process

    @staticmethod
    def release(process):
        process.stdin.close()
        if process.wait(30) != 0:
            raise Wrong("sessions were closed by the hub while others were served")

    def environment(self, server, report):
        return {**os.environ, **server.client, "WARM": str(WARM_UP_SECONDS), "DUR": str(self.seconds), "NOISE_LAST": "1",
                "SRV_PIDS": " ".join(map(str, server.pids)), "BENCH_JSON": str(report)}

    def fresh_report(self):
        report = self.work / "report.json"
        report.unlink(missing_ok=True)
        return report

    def report(self, command, server):
        if not pathlib.Path(command[0]).exists():
            raise Unavailable(f"{command[0].name} is not built")
        report = self.fresh_report()
        done = subprocess.run(pinned(CLIENT_CORE, command), env=self.environment(server, report), capture_output=True,
                              text=True, timeout=120 + 3 * self.seconds)
        if done.returncode != 0:
            raise Wrong(f"{command[0].name} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        return json.loads(report.read_text())

    def h2load(self, name, server, shape, payload):
        """gRPC's unary call by h2load, which costs the client core a fraction of what a gRPC client does."""
        connections, in_flight = shape.split("x")
        body, log = self.work / "body", self.work / "h2load.log"
        message = b"\x0a" + varint(payload) + b"x" * payload
        body.write_bytes(b"\0" + len(message).to_bytes(4, "big") + message)
        log.unlink(missing_ok=True)
        client = subprocess.Popen(
            pinned(CLIENT_CORE, [
                "h2load", "-t1", f"-c{connections}", f"-m{in_flight}", f"--warm-up-time={WARM_UP_SECONDS}",
                f"--duration={round(self.seconds)}", "-w30", "-W30", "-d", body, "-H", "content-type: application/grpc",
                "-H", "te: trailers", f"--log-file={log}", f"https://127.0.0.1:{server.target}/peers.Echo/Call"]),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            time.sleep(WARM_UP_SECONDS + 0.3)  # The processor time is taken within the measured seconds.
            loads = shares(server.pids, [client.pid], self.seconds - 0.6)
            output = client.communicate(timeout=60)[0]
        finally:
            client.kill()
            client.wait()
        return h2load_figures(name, shape, payload, output, log, len(message) + 5) | loads | {
            "server_us": 1e6 * loads["server_load"] / h2load_rate(output)}


def h2load_rate(output):
    return float(next(line for line in output.splitlines() if line.startswith("finished in")).split(",")[1].split()[0])


def h2load_figures(name, shape, payload, output, log, answer_bytes):
    """Reads h2load's report and its log of single requests (start, status, microseconds)."""
    lines = {line.split(":")[0].split()[0]: line for line in output.splitlines() if line.strip()}
    if " 0 failed, 0 errored" not in lines.get("requests", ""):
        raise Wrong(f"{name}: {lines.get('requests', output[-200:])}")
    done = int(lines["requests"].split(" done,")[0].rsplit(None, 1)[1])
    data_bytes = int(lines["traffic"].rpartition("(")[2].split(")")[0])
    if done == 0 or data_bytes < 0.99 * done * answer_bytes:
        raise Wrong(f"{name}: {done} answers brought {data_bytes} bytes")
    micros = sorted(int(line.split("\t")[2]) for line in log.read_text().splitlines() if line.count("\t") == 2)
    connections, in_flight = map(int, shape.split("x"))
    return {"peer": name, "tls": "tls", "connections": connections, "in_flight": in_flight, "payload": payload,
            "rate": h2load_rate(output), "p50_us": statistics.median_low(micros), "p99_us": micros[int(len(micros) * 0.99)],
            "calls": done, "errors": 0}


def processor_seconds(pids):
    """User and system time of processes so far."""
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def machine_seconds():
    """The machine's busy seconds so far, and those its host took away."""
    fields = list(map(int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]))
    return sum(fields[:3]) / os.sysconf("SC_CLK_TCK"), fields[7] / os.sysconf("SC_CLK_TCK")


def shares(servers, clients, seconds):
    """Watches for some seconds which share of a core went to whom."""
    def now():
        return (time.monotonic(), processor_seconds(servers), processor_seconds(clients), *machine_seconds())

    before = now()
    time.sleep(seconds)
    passed, server, client, busy, stolen = (after - earlier for after, earlier in zip(now(), before))
    return {"server_load": round(server / passed, 3), "client_load": round(client / passed, 3),
            "others_load": round(max(0, busy - server - client) / passed, 3), "stolen": round(stolen / passed, 3)}


def varint(value):
    encoded = b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])

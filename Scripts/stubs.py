"""Writes Sources/HubClient/Services: one file a service, one function a method, from Protos/ and the table of methods.

Usage: Scripts/stubs.py generate | check
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "Sources/HubClient/Services"
METHODS = ROOT / "Sources/HubProto/Methods.swift"
UPDATES = ROOT / "Sources/HubClient/ResumableUpdate.swift"
KEYWORDS = {"import", "init", "default", "switch", "repeat", "return", "in", "is", "as", "public"}


class Proto:
    """One file of Protos/: its package, its Swift prefix, its services, and which messages have no field."""

    def __init__(self, path):
        self.path = path.relative_to(ROOT)
        text = path.read_text()
        self.package = re.search(r"^package ([\w.]+);", text, re.M)[1]
        prefix = re.search(r'^option swift_prefix = "(\w*)";', text, re.M)
        # Without the option the package is the prefix: grpc.health.v1 becomes Grpc_Health_V1_.
        self.prefix = prefix[1] if prefix else "".join(p[:1].upper() + p[1:] + "_" for p in self.package.split("."))
        self.comment = re.match(r"(?://.*\n)*", text)[0]
        self.empty = set(re.findall(r"^message (\w+) \{\}", text, re.M))
        self.services = [Service(self, *found) for found in
                         re.findall(r"((?:^//[^\n]*\n)*)^service (\w+) \{\n(.*?)^\}", text, re.M | re.S)]


class Service:
    """A service of Protos/ with its methods: name, comment, request, reply, and which of them are streams."""

    def __init__(self, proto, comment, name, body):
        self.proto, self.comment, self.name = proto, sentence(comment or proto.comment, "//"), name
        self.rpcs = re.findall(
            r"((?:^ *//.*\n)*)^ *rpc (\w+)\((stream )?([\w.]+)\) returns \((stream )?([\w.]+)\)", body, re.M)


def sentence(comment, mark):
    return " ".join(line.strip().removeprefix(mark).strip() for line in comment.strip().splitlines())


def lower_first(name):
    return name[:1].lower() + name[1:]


def swift_type(name, service, prefixes):
    package, _, message = name.rpartition(".")
    return prefixes[package or service.proto.package] + message


def wrapped(text, indent):
    lines, line = [], ""
    for word in text.split():
        if line and len(indent) + 4 + len(line) + 1 + len(word) > 118:
            lines, line = lines + [line], ""
        line = f"{line} {word}".strip()
    return "".join(f"{indent}/// {line}\n" for line in lines + [line])


def function(service, rpc, constant, prefixes):
    comment, name, streams_in, request, streams_out, reply = rpc
    path = f"{service.proto.package}.{service.name}/{name}"
    swift = lower_first(name)
    swift = f"`{swift}`" if swift in KEYWORDS else swift
    default = " = " + swift_type(request, service, prefixes) + "()" if request in service.proto.empty else ""
    request, reply = (swift_type(each, service, prefixes) for each in (request, reply))
    text = sentence(comment, "//") or f"`{path}`."
    documentation = wrapped(text, "    ")
    if comment:
        documentation += f"    ///\n    /// `{path}`\n"
    if streams_in:
        return documentation + (
            f"    public func {swift}(options: CallOptions = CallOptions()) -> HubExchange<{request}, {reply}> {{\n"
            f"        client.exchange(.{constant}, options: options)\n    }}\n")
    if streams_out:
        return documentation + (
            f"    public func {swift}(\n"
            f"        _ request: {request}{default}, options: CallOptions = .watching\n    ) -> HubStream<{reply}> {{\n"
            f"        client.stream(.{constant}, request, options: options)\n    }}\n")
    return documentation + (
        f"    public func {swift}(\n"
        f"        _ request: {request}{default}, options: CallOptions = CallOptions()\n"
        f"    ) async throws(HubError) -> Answer<{reply}> {{\n"
        f"        try await client.call(.{constant}, request, options: options)\n    }}\n")


def swift_file(service, constants, prefixes, resumable):
    package = service.proto.package
    functions = [function(service, rpc, constants[f"{package}.{service.name}/{rpc[1]}"], prefixes)
                 for rpc in service.rpcs if f"{package}.{service.name}/{rpc[1]}" in constants]
    streams = sorted({swift_type(rpc[5], service, prefixes) for rpc in service.rpcs if rpc[4] and not rpc[2]})
    plain = "".join(f"\nextension {name}: RestartingUpdate {{}}\n" for name in streams if name not in resumable)
    throws = any(not rpc[2] and not rpc[4] for rpc in service.rpcs)
    property_name = lower_first(service.name)
    return (
        f"// Calls of {package}.{service.name}. Written by Scripts/stubs.py from {service.proto.path}.\n\n"
        + ("public import HubDomain\n" if throws else "") + "public import HubProto\n\n"
        + f"extension HubClient {{\n    /// `{package}.{service.name}`\n"
        f"    public var {property_name}: {service.name} {{ {service.name}(client: self) }}\n\n"
        + wrapped(service.comment, "    ")
        + f"    public struct {service.name}: Sendable {{\n        let client: HubClient\n\n"
        + "\n".join(re.sub(r"^(?=.)", "    ", each, flags=re.M) for each in functions)
        + "    }\n}\n" + plain)


def formatted(text):
    return subprocess.run(["swift-format", "format", "--configuration", str(ROOT / ".swift-format")],
                          input=text, capture_output=True, text=True, check=True).stdout


def stubs():
    """File name -> text of every service that a client may call."""
    protos = [Proto(path) for path in sorted(ROOT.glob("Protos/**/*.proto"))]
    prefixes = {proto.package: proto.prefix for proto in protos}
    constants = {path: name for name, path in
                 re.findall(r"public static let (\w+) = Self\(\s*\"([\w.]+/\w+)\"", METHODS.read_text())}
    resumable = set(re.findall(r"^extension (\w+): (?:Resumable|Restarting)Update", UPDATES.read_text(), re.M))
    services = [service for proto in protos for service in proto.services]
    callable_ones = [service for service in services if any(
        f"{service.proto.package}.{service.name}/{rpc[1]}" in constants for rpc in service.rpcs)]
    return {f"{service.name}.swift": formatted(swift_file(service, constants, prefixes, resumable))
            for service in callable_ones}


def main():
    wanted = stubs()
    if sys.argv[1:] == ["generate"]:
        OUT.mkdir(exist_ok=True)
        for path in OUT.glob("*.swift"):
            path.unlink()
        for name, text in wanted.items():
            (OUT / name).write_text(text)
        return 0
    if sys.argv[1:] == ["check"]:
        present = {path.name: path.read_text() for path in OUT.glob("*.swift")}
        if present == wanted:
            return 0
        print("Sources/HubClient/Services does not belong to Protos/ and Methods.swift: run Scripts/stubs.py generate")
        return 1
    print("usage: Scripts/stubs.py generate|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

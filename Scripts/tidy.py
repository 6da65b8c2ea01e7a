"""House rules that a compiler does not know. Each ban names what to use instead."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BANS = [
    (r"\btry!", "handle the error: nothing from outside may trap the hub"),
    (r"\bfatalError\(", "throw a HubError, or assertionFailure for our own bug"),
    (r"\bpreconditionFailure\(", "throw a HubError, or assertionFailure for our own bug"),
    (r"(?<![\w.])print\(", "log with a constant sentence, or write through the command's output"),
    (r"\b(FIXME|TODO|XXX)\b", "do it or leave it"),
    (r"\bDate\(\)", "time is passed in"),
    (r"\.random\((?!.*using)", "randomness is passed in"),
    (r"\bTask\.detached\b", "a child task, or a service with a run()"),
]
# A ban that has a reason at one place; the reason stands beside the line there.
ALLOWED = {
    "Sources/hubd": {r"\.random\((?!.*using)"},
    "Sources/hubctl": {r"(?<![\w.])print\(", r"\.random\((?!.*using)"},
    "Sources/hub-demo": {r"(?<![\w.])print\(", r"\.random\((?!.*using)"},
}
NEEDS_REASON = [r"@unchecked Sendable", r"nonisolated\(unsafe\)"]
# Words of every case's life, and of the three interfaces: they are the hub's own.
LIFE_VERBS = {"submit", "withdraw", "repair", "reopen", "reference", "complaints"}
LINES_MAX = 500
DIRTY_NAMES = re.compile(r"(Utils?|Helpers?|Manager|Common|Misc)\.(swift|c|h|py)$")


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
                         cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in out.splitlines() if "/Generated/" not in line and (ROOT / line).exists()]


def department_words():
    """Service codes, stages, actions and departments of the bundles: none of them may stand in Sources/."""
    words = set()
    for path in ROOT.glob("Plugins/*/bundle/**/*.yaml"):
        text = path.read_text()
        words |= set(re.findall(r"^(?:service|department|id): *\"?([a-z][a-z0-9_-]{3,})\"?", text, re.M))
        words |= {w for w in re.findall(r"^ *- *\{? *name: *\"?([a-z][a-z0-9]*_[a-z0-9_]+)\"?", text, re.M)}
    return words - LIFE_VERBS


def fuzzed_configuration():
    """The fuzzed package lists the files that read hub.yaml by name: one that is missing breaks `make fuzz` alone."""
    listed = (ROOT / "Package.swift").read_text()
    return [f"Package.swift: {path.name} is missing among hubdFiles: `make fuzz` would not build"
            for path in sorted(ROOT.glob("Sources/hubd/*Configuration.swift")) if f'"{path.name}"' not in listed]


def main():
    findings = fuzzed_configuration()
    words = department_words()
    word_pattern = re.compile(r"\b(" + "|".join(sorted(map(re.escape, words))) + r")\b") if words else None
    for path in tracked("*.swift", "*.c", "*.h", "*.py", "*.sh"):
        name = str(path.relative_to(ROOT))
        text = path.read_text()
        lines = text.splitlines()
        if DIRTY_NAMES.search(name):
            findings.append(f"{name}: name it after what it does")
        if len(lines) > LINES_MAX:
            findings.append(f"{name}: {len(lines)} lines, split it by subject (at most {LINES_MAX})")
        if not name.endswith(".swift"):
            continue
        if not lines or not lines[0].startswith("//"):
            findings.append(f"{name}:1: the first line says what the file is for")
        in_sources = name.startswith(("Sources/", "Plugins/"))
        for number, line in enumerate(lines, 1):
            code = line.split("//")[0]
            if in_sources:
                for ban, instead in BANS:
                    allowed = any(name.startswith(at) and ban in bans for at, bans in ALLOWED.items())
                    if re.search(ban, code) and not allowed:
                        findings.append(f"{name}:{number}: {ban}: {instead}")
            for ban in NEEDS_REASON:
                if re.search(ban, code) and "//" not in line and not lines[max(0, number - 2)].strip().startswith("//"):
                    findings.append(f"{name}:{number}: {ban} needs its reason beside it")
            if name.startswith("Sources/") and not name.startswith("Sources/hub-demo") and word_pattern:
                found = word_pattern.search(code)
                if found:
                    findings.append(f"{name}:{number}: '{found[1]}' belongs to a department: it lives in its bundle")
    print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes section 16 of PROTOCOL.md: rule by rule the cases that prove it. Sentences of tests in “…” are kept."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXT = ROOT / "Protos/PROTOCOL.md"


def cases():
    """Rule -> ids of the cases that name it."""
    found = {}
    for path in sorted((ROOT / "Sources/HubConformance/Cases").glob("*.yaml")):
        case = ""
        for line in path.read_text().splitlines():
            if match := re.match(r"- id: (\w+)", line):
                case = match[1]
            if match := re.match(r"  rules: \[(.*)\]", line):
                for rule in match[1].split(", "):
                    found.setdefault(rule, []).append(case)
    return found


def main():
    text = TEXT.read_text()
    proofs = cases()
    rules = sorted(re.findall(r"\n- \*\*(W-\d+)\*\*", text), key=lambda rule: int(rule[2:]))
    kept = {row[0]: re.findall(r"“[^”]+”", row[1]) for row in re.findall(r"\n\| (W-\d+) \| ([^\n]*) \|", text)}
    rows = [f"| {rule} | {', '.join(sorted(proofs.get(rule, [])) + kept.get(rule, []))} |" for rule in rules]
    table = "\n".join(["| rule | proved by |", "|---|---|", *rows]) + "\n"
    TEXT.write_text(re.sub(r"\| rule \| proved by \|\n(\|[^\n]*\n)*", lambda _: table, text))


if __name__ == "__main__":
    main()

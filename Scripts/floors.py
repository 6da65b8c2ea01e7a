"""Imports go down only: compares every import in Sources/ and Plugins/ with the floors in ARCHITECTURE.md."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| (\d) [^|]*\| `([^`]+)` \|[^|]*\| ([^|]*) \|$")
IMPORT = re.compile(r"^(?:@\w+(?:\([^)]*\))? )?(?:package |public |internal |private |fileprivate )?import (?:struct |enum |func |class )?(\w+)")
ALWAYS = {"Swift", "Synchronization", "Glibc", "Foundation", "FoundationEssentials", "Dispatch"}
# Targets that every module carries: Foundation would cost each of them about 10 MB.
NO_FOUNDATION = {"HubDomain", "HubWire", "HubModuleKit", "Permits", "CivilRegistry", "Complaints",
                 "PermitsRules", "CivilRegistryRules", "ComplaintsRules"}


def floors():
    """Target -> (floor, outside modules it may import), read from the table in ARCHITECTURE.md."""
    table = {}
    for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines():
        row = ROW.match(line)
        if row:
            outside = {name.strip(" `") for name in row[3].split(",")} - {"", "–"}
            table[row[2]] = (int(row[1]), outside)
    return table


def target_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "Plugins":
        return parts[1] if parts[2] == "Sources" else f"{parts[1]}Rules"
    return parts[1]


def main():
    table, findings = floors(), []
    if len(table) < 15:
        findings.append("ARCHITECTURE.md: the table of floors was not understood")
    sources = [*ROOT.glob("Sources/**/*.swift"), *ROOT.glob("Plugins/**/*.swift")]
    for path in sorted(sources):
        if "Generated" in path.parts:
            continue
        target = target_of(path)
        if target not in table:
            findings.append(f"{path.relative_to(ROOT)}: target {target} has no floor in ARCHITECTURE.md")
            continue
        floor, outside = table[target]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = IMPORT.match(line.strip())
            if not found:
                continue
            name = found[1]
            if name in table:
                if table[name][0] >= floor:
                    findings.append(f"{path.relative_to(ROOT)}:{number}: {target} (floor {floor}) imports {name}"
                                    f" (floor {table[name][0]}): imports go down only")
            elif name.startswith("Foundation") and target in NO_FOUNDATION:
                findings.append(f"{path.relative_to(ROOT)}:{number}: {target} does without Foundation")
            elif name not in ALWAYS and name not in outside:
                findings.append(f"{path.relative_to(ROOT)}:{number}: {target} may not import {name}")
    print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

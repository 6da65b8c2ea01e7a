"""What one submit writes, measured in a ledger: the hub's own schema and the rows of an average submit.

Usage: ledger_shape.py LEDGER SCHEMA.sql ROWS.tsv     (the hub must be stopped)
"""
import sqlite3
import sys

# Tables that a submit writes to. `record`, `number_series` and `document` belong to other calls.
TABLES = ["case_row", "event", "deadline", "index_entry", "idempotency"]


def kind(values, declared):
    """How limit-submit makes a value like these: its kind and its size in bytes."""
    present = [value for value in values if value is not None]
    if not present:
        return "null", 0
    if isinstance(present[0], int):
        return ("growing-integer", 8) if len(set(present)) > 8 else ("fixed-integer", present[0] if present[0] < 65_536 else 0)
    sizes = [len(value.encode() if isinstance(value, str) else value) for value in present]
    size = round(sum(sizes) / len(sizes))
    family = "text" if isinstance(present[0], str) else "blob"
    distinct = len(set(present))
    if family == "text" and distinct <= 8:
        return "fixed-text", size
    rises = sum(a < b for a, b in zip(present, present[1:])) / max(1, len(present) - 1)
    return ("growing-" if rises > 0.9 and size >= 8 else "random-") + family, size


def main():
    ledger, schema_path, rows_path = sys.argv[1:]
    db = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
    schema = [sql for (sql,) in db.execute(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'index', rowid")]
    with open(schema_path, "w") as file:
        file.write(";\n".join(schema) + ";\n")
        file.write("INSERT INTO log_head VALUES (1, 0, zeroblob(32));\n")
    submits = db.execute("SELECT count(*) FROM case_row").fetchone()[0]
    if submits < 100:
        sys.exit("ledger_shape: fewer than 100 cases, nothing to measure")
    with open(rows_path, "w") as file:
        for table in TABLES:
            rows = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] / submits
            if rows == 0:
                continue
            info = db.execute(f"PRAGMA table_info({table})").fetchall()
            columns = [column[1] for column in info]
            without_rowid = any(f"TABLE {table} " in sql and "WITHOUT ROWID" in sql for sql in schema)
            order = "" if without_rowid else "ORDER BY rowid DESC"
            sample = db.execute(f"SELECT {', '.join(columns)} FROM {table} {order} LIMIT 1000").fetchall()
            if not without_rowid:
                sample.reverse()
            parts = []
            for index, column in enumerate(info):
                name, size = kind([row[index] for row in sample], column[2])
                # In a table that lies in the order of its key, the sample cannot say in which order rows came.
                if without_rowid and name.startswith("growing-") and name != "growing-integer":
                    name = name.replace("growing-", "random-")
                parts.append(f"{column[1]}={name}:{size}")
            file.write(f"{table}\t{rows:.4f}\t{' '.join(parts)}\n")


if __name__ == "__main__":
    main()

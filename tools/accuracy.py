"""Measures every net and mode and writes docs/accuracy.md: `python -m tools.accuracy DATA`.

DATA is the folder of the labelled sets. Each row of tools/accuracy.toml is one command; its result
is kept in docs/accuracy.json with the date, so that rows can be measured again one by one.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

from tools.problem import Problem, guarded
from tools.venv import ROOT

ROWS = ROOT / "tools" / "accuracy.toml"
RESULTS = ROOT / "docs" / "accuracy.json"
PAGE = ROOT / "docs" / "accuracy.md"


def percent(value: float) -> str:
    return f"{value:.1%}"


def decimals(count: int):
    return lambda value: f"{value:.{count}f}"


def point(name: str, key: str):
    """The column of a number inside a result's table, such as true_accept_rate."""
    return lambda result: result[name][key]


# By measure: the heading of each column, where its number is in the result, how it is written.
COLUMNS = {
    "verification": (
        ("Accuracy, 10 folds", "accuracy", percent),
        ("at the net's threshold", "accuracy_at_threshold", percent),
        ("True accepts at 1e-2", point("true_accept_rate", "0.01"), percent),
        ("at 1e-3", point("true_accept_rate", "0.001"), percent),
        ("Undetected", "undetected", str),
    ),
    "detection": (
        ("Average precision", "average_precision", decimals(3)),
        ("Score", "min_score", str),
        ("Recall", "recall", percent),
        ("False positives a picture", "false_positives_per_picture", decimals(2)),
    ),
    "landmarks": (
        ("Mean error", "mean_error", decimals(4)),
        ("Failures", "failure_rate", percent),
        ("Undetected", "undetected", str),
    ),
    "expressions": (
        ("Accuracy", "accuracy", percent),
        ("Balanced", "balanced_accuracy", percent),
        ("Undetected", "undetected", str),
    ),
    "age-gender": (
        ("Age error, years", "age_error", decimals(2)),
        ("Gender right", "gender_accuracy", percent),
        ("Undetected", "undetected", str),
    ),
}


def read_rows(only: str) -> list[dict]:
    """The rows whose measure or name contains a word, each with its measure."""
    tables = tomllib.loads(ROWS.read_text())
    rows = [
        {"measure": measure, "command": command_of(table, row)} | row
        for measure, table in tables.items()
        for row in table["rows"]
    ]
    return [row for row in rows if only in f"{row['measure']} {row['name']} {row['options']}"]


def command_of(table: dict, row: dict) -> str:
    """The command of a row; {index} in it is the folder of the set, of the row or of the table."""
    command = table["command"].replace("{index}", row.get("index", table.get("index", "")))
    return f"{command} {row['options']}".strip()


def measure(row: dict, data: Path) -> dict:
    """Runs the command of a row and returns its result."""
    print(row["command"], flush=True)
    arguments = shlex.split(row["command"].replace("$DATA", shlex.quote(str(data))))
    command = [sys.executable, *arguments[1:], "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    if done.returncode:
        raise Problem("measure-failed", "The measure did not work; the lines above say why.")
    return json.loads(done.stdout)


def table(rows: list[dict], results: dict, columns: tuple) -> str:
    """The rows of one measure as a Markdown table; those never measured are left out."""
    lines = [["Nets", *(column[0] for column in columns), "Date", "Command"]]
    lines.append(["---"] * len(lines[0]))
    for row in rows:
        kept = results.get(row["command"])
        if kept:
            cells = [written(kept["result"], where, form) for _, where, form in columns]
            lines.append([row["name"], *cells, kept["date"], f"`{row['command']}`"])
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def written(result: dict, where, form) -> str:
    value = where(result) if callable(where) else result[where]
    return "–" if value is None else form(value)


def write_page(results: dict) -> None:
    """Puts the tables between their marks in docs/accuracy.md."""
    text = PAGE.read_text()
    rows = read_rows("")
    for name, columns in COLUMNS.items():
        own = table([row for row in rows if row["measure"] == name], results, columns)
        text = put_between_marks(text, name, own)
    PAGE.write_text(text)


def put_between_marks(page: str, name: str, text: str) -> str:
    """The page with a text between its marks <!-- name --> and <!-- end -->."""
    marks = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
    page, count = re.subn(marks, lambda m: f"{m[1]}{text}\n{m[2]}", page, flags=re.S)
    if count != 1:
        raise Problem("mark-missing", f"{PAGE.name} needs <!-- {name} --> and <!-- end -->.")
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="folder of the labelled sets")
    parser.add_argument("--only", default="", help="measure the rows that contain this word")
    asked = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for row in read_rows(asked.only) if asked.data else []:
        result = measure(row, asked.data.resolve())
        results[row["command"]] = {"date": date.today().isoformat(), "result": result}
        RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    write_page(results)


if __name__ == "__main__":
    guarded(main)

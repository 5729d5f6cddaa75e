"""Tables for spreadsheets: rows of plain data as CSV that no program takes for formulas.

text = to_csv([{"file": "=1+1.jpg", "face": 1}], ["file", "face"])
"""

import csv
import io

# What spreadsheets take for the beginning of a formula: OWASP, "CSV Injection".
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(rows: list[dict], columns: list[str]) -> str:
    """The text of a CSV file (RFC 4180, lines ended by CRLF) with a line of headings.

    Args:
        rows: values by column: text, numbers (at most 6 decimals are written), booleans, None or no
            entry for an empty field. Text that a spreadsheet could take for a formula gets an
            apostrophe in front.
        columns: the headings, in order; what rows have besides is left out.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_field(row.get(column)) for column in columns] for row in rows)
    return file.getvalue()


def unquoted(text: str) -> str:
    """A text of such a table without the apostrophe that was put in front of it."""
    return text[1:] if text[:1] == "'" and _is_risky(text[1:]) else text


def _field(value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    text = str(value)
    return "'" + text if isinstance(value, str) and _is_risky(text) else text


def _is_risky(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA)

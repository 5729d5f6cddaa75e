"""The lists of labelled pictures, as CSV or JSON; bad ones are refused with a sentence."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from ..errors import FacesideError

# What a careless list makes readers raise.
WRONG = (KeyError, ValueError, TypeError, AttributeError, OSError, csv.Error)


def read_csv(path: str | Path, columns: str, parse: Callable[[int, dict], object]) -> list:
    """Read a CSV file with a header, one object a row.

    Args:
        path: the file.
        columns: what belongs in the header, for the error's sentence.
        parse: from the row's number, counted from 0, and its cells by column to the object.

    Raises:
        FacesideError: ``index-missing``, ``index-unreadable``.
    """

    def rows(file) -> list:
        return [parse(number, row) for number, row in enumerate(csv.DictReader(file))]

    return _read(path, f"a CSV file with the columns {columns}", rows)


def read_json(path: str | Path, shape: str, parse: Callable[[object], list]) -> list:
    """Read a JSON file.

    Args:
        path: the file.
        shape: what belongs in it, for the error's sentence.
        parse: from its content to a list of objects.

    Raises:
        FacesideError: ``index-missing``, ``index-unreadable``.
    """
    return _read(path, shape, lambda file: parse(json.load(file)))


def unreadable(path: str | Path, problem: str) -> FacesideError:
    """The error for a list that cannot be used; the problem goes on after the file's name."""
    return FacesideError("index-unreadable", f"{path} {problem}.")


def _read(path: str | Path, shape: str, parse: Callable) -> list:
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            found = parse(file)
    except FileNotFoundError:
        raise FacesideError(
            "index-missing", f"There is no file {path}; check the path of the list of pictures."
        ) from None
    except WRONG as error:
        raise unreadable(path, f"cannot be read as {shape} ({error!r})") from None
    if not found:
        raise unreadable(path, f"lists nothing; it must be {shape}")
    return found

"""Fuzzes a parser, led by what its code does: `python tests/fuzz.py gallery -max_total_time=60`.

The arguments after the parser are those of libFuzzer. Where something is neither taken nor answered
by its code, the input is told and the program fails.
"""

import sys

import atheris

with atheris.instrument_imports(include=["faceside"]):
    from hostile import check_compact, check_gallery, check_label_of

TARGETS = {
    "gallery": check_gallery,
    "compact": check_compact,
    "label": lambda data: check_label_of(data.decode("utf-8", "replace")),
}


def main() -> None:
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Runs another program, shows what it prints, and turns its failure into a sentence.

Standard library only: the first step runs before anything is installed.
"""

import subprocess
import sys
from collections import deque

from tools.problem import explain

KEPT_LINES = 200  # of stderr, enough for the last message of pip, npm and apt-get


def run(command: list[str], step: str, **options) -> None:
    """Runs `command`; raises a Problem that begins with `step` when it fails.

    Its output goes straight through (so progress bars work), its errors are shown and read.
    """
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options
    ) as process:
        tail = deque(maxlen=KEPT_LINES)
        for line in process.stderr:
            sys.stderr.write(line)
            tail.append(line)
    if process.returncode:
        raise explain("".join(tail), step)

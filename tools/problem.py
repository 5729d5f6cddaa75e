"""What can go wrong in a set-up step: one sentence that says what to do, and a stable code.

Standard library only: the first step runs before anything is installed.
"""

import errno
import re
import sys

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

# Read in this order: a full disk or a wrong hash is often followed by a network or index message.
SIGNS = (
    (
        "disk-full",
        r"No space left on device|ENOSPC|Errno 28|EDQUOT|[Dd]isk quota exceeded",
        "The disk is full: free some space, then run the same command again.",
    ),
    (
        "hash-differs",
        r"DO NOT MATCH THE HASHES|EINTEGRITY|Hash Sum mismatch",
        "A downloaded file is not the one that is pinned here (its hash differs): try again, and "
        "if it stays so, check the proxy or mirror it came through.",
    ),
    (
        "no-network",
        r"name resolution|Name or service not known|NewConnectionError|ConnectTimeout|ReadTimeout"
        r"|NameResolutionError|ProxyError|Network is unreachable|Connection (refused|reset)"
        r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET"
        r"|Could not (resolve|connect)|Temporary failure|Failed to fetch",
        "The network, or the package index, cannot be reached: connect the machine (or set its "
        "proxy), then run the same command again.",
    ),
    (
        "no-package",
        r"No matching distribution|ENOVERSIONS|E404|ETARGET|Unable to locate package",
        "The package index in use does not have a pinned package for this system and this Python: "
        "use an index that mirrors all of it, and Python 3.11, 3.12 or 3.13.",
    ),
)


class Problem(Exception):
    """A set-up step cannot go on; `code` is stable, the text says what to do."""

    def __init__(self, code: str, sentence: str):
        super().__init__(sentence)
        self.code = code


def explain(output: str, step: str) -> Problem:
    """Turns the last output of pip, npm or apt-get into a Problem; `step` names what was done."""
    for code, signs, sentence in SIGNS:
        if re.search(signs, output):
            return Problem(code, f"{step} did not work. {sentence}")
    return Problem("step-failed", f"{step} did not work; the lines above say why.")


def guarded(main) -> None:
    """Runs `main()`; a Problem, a full disk or Ctrl-C ends it with one line and status 1."""
    try:
        main()
    except Problem as problem:
        stop(problem)
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        stop(explain(str(error), "Writing a file"))
    except KeyboardInterrupt:
        stop(Problem("stopped", "Stopped; run the same command again to go on."))


def stop(problem: Problem) -> None:
    """Prints the problem on stderr and exits with status 1."""
    sys.exit(f"\nError ({problem.code}): {problem}")

"""What the site changes in files of other projects, which have no option for it.

Each change replaces some bytes that are there once; a new version that has them no more is refused,
for somebody to look at.
"""

from dataclasses import dataclass
from pathlib import Path

from tools.problem import Problem


@dataclass(frozen=True)
class Change:
    """One change: `before` becomes `after` in a file of the site; `why` says what it is for."""

    file: str
    before: bytes
    after: bytes
    why: str


# WebAssembly: i < pool->spin_count, by a field (load offset=48) or by a constant of as many bytes.
COUNTED = "22 0e {} 48 0d 00"
CHANGES = (
    Change(
        "vendor/micropython/micropython.mjs",
        b"Date.now()-MP_JS_EPOCH",
        b"performance.now()",
        "MicroPython sleeps by the clock of the day: set back by an hour, it would sleep that much "
        "longer.",
    ),
    Change(
        "vendor/onnxruntime/ort-wasm-simd-threaded.wasm",
        bytes.fromhex(COUNTED.format("20 01 28 02 30")),
        bytes.fromhex(COUNTED.format("41 80 80 84 00")),  # i32.const 65536
        "onnxruntime's threads look 2^20 times for more work before they sleep (WorkerLoop in "
        "EigenNonBlockingThreadPool.h), which keeps a core busy for 20 to 45 ms after each run: "
        "all the time in the live view. 2^16 times still bridge the gaps within a run.",
    ),
)


def alter(site: Path) -> None:
    """Makes the changes; raises Problem("input-changed") where there is nothing to change."""
    for change in CHANGES:
        file = site / change.file
        data = file.read_bytes()
        if data.count(change.before) != 1:
            raise Problem(
                "input-changed",
                f"{change.file} has changed: see what becomes of this in it. {change.why}",
            )
        file.write_bytes(data.replace(change.before, change.after))

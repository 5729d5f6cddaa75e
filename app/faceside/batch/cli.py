"""``python -m faceside batch``: its options and its last word."""

import argparse
import json
import sys
import time
from contextlib import redirect_stdout

from ..errors import FacesideError
from ..net_options import add_net_options, detector_options
from ..options import require_integer

ENGINES = ("local", "ray")


def add_batch(commands) -> None:
    """Add the command ``batch`` to the parser's commands."""
    batch = commands.add_parser("batch", help="describe the faces of very many pictures")
    batch.add_argument(
        "source",
        nargs="*",
        help="folder, pattern, zip or tar file, picture, or an address of fsspec (s3://…)",
    )
    batch.add_argument("--files-from", metavar="FILE", help="a text file with a source a line")
    batch.add_argument("--out", required=True, metavar="DIR", help="folder of the Parquet files")
    batch.add_argument("--landmarks", action="store_true", help="also keep 68 points a face")
    batch.add_argument("--expressions", action="store_true", help="how likely each of seven is")
    batch.add_argument("--age-gender", action="store_true", help="age in years, and gender")
    batch.add_argument(
        "--shard-size", type=int, default=250, metavar="N", help="pictures a Parquet file"
    )
    batch.add_argument("--engine", default="local", choices=ENGINES)
    batch.add_argument("--address", help="of a Ray cluster; without it one on this machine")
    batch.add_argument("--workers", type=int, metavar="N", help="without it one a core")
    batch.add_argument(
        "--gpus", type=int, default=0, metavar="N", help="use so many NVIDIA GPUs, a worker each"
    )
    add_net_options(batch)
    batch.set_defaults(command=_batch)


def _batch(asked: argparse.Namespace) -> int:
    for name, low in (("shard_size", 1), ("workers", 1), ("gpus", 0)):
        if getattr(asked, name) is not None:
            require_integer(name, getattr(asked, name), low, 1_000_000)
    try:
        from .folder import Folder
        from .progress import shown
        from .recipe import Recipe
        from .run import run_batch
        from .sources import Sources
    except ImportError as error:
        raise FacesideError(
            "parts-missing",
            f"{error.name} is not installed; install what `batch` needs with "
            "`pip install 'faceside[batch]'`.",
        ) from None
    recipe = Recipe(
        detector_options(asked),
        asked.landmark_net,
        asked.recognizer,
        asked.landmarks,
        asked.expressions,
        asked.age_gender,
    )
    folder, sources = Folder(asked.out), Sources(tuple(asked.source), asked.files_from)
    stages = shown(run_batch(sources, recipe, folder, _engine(asked), asked.shard_size))
    try:
        with redirect_stdout(sys.stderr):  # where Ray may say what it likes
            first = last = next(stages)
            began = time.monotonic()
            for stage in stages:
                last = stage
    except KeyboardInterrupt:
        print(f"Stopped; the same command goes on in {asked.out}.", file=sys.stderr)
        return 130
    _tell(asked, folder.totals(), last.done - first.done, time.monotonic() - began)
    return 0


def _engine(asked: argparse.Namespace):
    if asked.engine == "ray":
        from .ray_engine import RayEngine

        return RayEngine(asked.address, asked.workers, asked.gpus)
    from .local import LocalEngine

    if asked.address:
        raise FacesideError(
            "option-invalid", "--address is of a Ray cluster; ask for it with --engine ray."
        )
    return LocalEngine(asked.workers, asked.gpus)


def _tell(asked: argparse.Namespace, totals, described: int, seconds: float) -> None:
    rate = described / seconds if described else 0.0
    if asked.json:
        said = {"out": asked.out, **vars(totals), "described": described}
        print(json.dumps(said | {"seconds": seconds, "pictures_per_second": rate}))
        return
    print(f"{totals.faces:,} faces of {totals.pictures:,} pictures are in {asked.out}", end="")
    print(f", described at {rate:.1f} pictures a second." if described else ".")
    if totals.failed:
        print(f"{totals.failed:,} pictures failed; {asked.out}/_failed.jsonl says why.")

"""The faces in the Parquet files of ``faceside batch``, some thousand rows at a time.

for faces in read_faces(["out"]):
    print(faces.files[0], faces.scores[0])
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import FacesideError

ROWS = 4096  # read at once; some 4 MB
BOX = ["x", "y", "width", "height"]
NEEDED = {"file", "face", *BOX, "score", "descriptor", "recognizer"}


@dataclass(frozen=True, eq=False)
class FaceRows:
    """Some faces, as columns of equal length.

    Attributes:
        files: the path or address of each face's picture.
        faces: (n,) int32, which face of the picture it is, from 0 up.
        scores: (n,) float32, 0..1.
        boxes: (n, 4) float32, x, y, width, height in pixels of the upright picture; these and what
            follows are None where they were not asked for.
        descriptors: (n, d) float32.
        recognizers: the name of the recognizer of each.
        landmarks: (n, 68, 2) float32 pixels, None where the file has none.
    """

    files: list[str]
    faces: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray | None = None
    descriptors: np.ndarray | None = None
    recognizers: list[str] | None = None
    landmarks: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.files)

    def taken(self, rows: list[int]) -> "FaceRows":
        """Some of them, in this order."""
        columns = {}
        for name, column in vars(self).items():
            if isinstance(column, list):
                columns[name] = [column[row] for row in rows]
            else:
                columns[name] = None if column is None else column[rows]
        return FaceRows(**columns)


def read_faces(sources: list[str], names_only: bool = False) -> Iterator[FaceRows]:
    """Yield the faces of Parquet files and of folders of such, file by file in order.

    Args:
        names_only: leave out everything but files, faces and scores, which is many times faster.

    Raises:
        FacesideError: table-missing, table-unreadable, parts-missing.
    """
    parquet = _parquet()
    for path in [path for source in sources for path in _files(Path(source))]:
        try:
            with parquet.ParquetFile(path) as file:
                columns = set(file.schema_arrow.names)
                if not columns >= NEEDED:
                    raise _unreadable(path, f"lacks {', '.join(sorted(NEEDED - columns))}")
                wanted = {"file", "face", "score"} if names_only else NEEDED | {"landmarks"}
                for batch in file.iter_batches(ROWS, columns=sorted(columns & wanted)):
                    if batch.num_rows:
                        yield _rows(batch, names_only)
        except (OSError, ValueError) as error:  # pyarrow's own errors are among them
            raise _unreadable(path, f"cannot be read ({error})") from None


def _rows(batch, names_only: bool) -> FaceRows:
    plain = (
        _texts(batch, "file"),
        _numbers(batch, "face", np.int32),
        _numbers(batch, "score", np.float32),
    )
    if names_only:
        return FaceRows(*plain)
    landmarks = None
    if "landmarks" in batch.schema.names:
        landmarks = _lists(batch, "landmarks").reshape(-1, 68, 2)
    boxes = np.column_stack([_numbers(batch, name, np.float32) for name in BOX])
    descriptors, recognizers = _lists(batch, "descriptor"), _texts(batch, "recognizer")
    return FaceRows(*plain, boxes, descriptors, recognizers, landmarks)


def _texts(batch, name: str) -> list[str]:
    texts = batch.column(name).to_pylist()
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{name} has something other than text")
    return texts


def _numbers(batch, name: str, kind) -> np.ndarray:
    column = batch.column(name)
    if column.null_count:
        raise ValueError(f"{name} has empty fields")
    return column.to_numpy(zero_copy_only=False).astype(kind, copy=False)


def _lists(batch, name: str) -> np.ndarray:
    """A column of lists, all of one length, as rows (n, length) float32."""
    column = batch.column(name)
    values = column.flatten()
    if column.null_count or values.null_count or len(values) % len(column):
        raise ValueError(f"{name} has empty fields, or lists of different lengths")
    rows = values.to_numpy(zero_copy_only=False).astype(np.float32, copy=False)
    return rows.reshape(len(column), -1)


def _files(source: Path) -> list[Path]:
    """The Parquet files of a folder, in order, past those that are hidden or no faces."""
    if not source.is_dir():
        if not source.exists():
            raise FacesideError(
                "table-missing", f"There is no file or folder {source}: check its name."
            )
        return [source]
    found = sorted(
        path for path in source.rglob("*.parquet") if not path.name.startswith(("_", "."))
    )
    if not found:
        raise FacesideError(
            "table-missing",
            f"There is no Parquet file in {source}: choose the folder that `batch` wrote.",
        )
    return found


def _parquet():
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise FacesideError(
            "parts-missing",
            f"{error.name} is not installed; install what reads Parquet files with "
            "`pip install 'faceside[batch]'`.",
        ) from None
    return pyarrow.parquet


def _unreadable(path: Path, problem: str) -> FacesideError:
    return FacesideError(
        "table-unreadable",
        f"{path} {problem}: choose Parquet files that `faceside batch` wrote.",
    )

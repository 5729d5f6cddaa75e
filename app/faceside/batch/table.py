"""The faces of a shard as one Parquet file: one row a face."""

import json
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..faces import COLUMNS, EXPRESSIONS, Faces
from .recipe import Recipe

BOX = ("x", "y", "width", "height")
DESCRIPTOR = COLUMNS["descriptors"][0]
NOTE = b"faceside"  # the file's own metadata: see Note
MODELS = b"models"


@dataclass(frozen=True)
class Found:
    """The faces of one picture: its path or address, and what was found."""

    file: str
    faces: Faces


@dataclass(frozen=True)
class Note:
    """What a shard's file says of itself, as JSON in its metadata under ``faceside``.

    Attributes:
        shard: its number, from 0.
        pictures: how many pictures were looked at, with and without faces, failed ones left out.
        faces: how many faces they have.
        failed: ``{file, code, message}`` of each picture that could not be described.
        recipe: what was looked for.
        version: of Faceside.
    """

    shard: int
    pictures: int
    faces: int
    failed: list[dict] = field(default_factory=list)
    recipe: dict = field(default_factory=dict)
    version: str = ""


def table_of(found: list[Found], recipe: Recipe) -> pa.Table:
    """A table of one row a face.

    Args:
        found: pictures with one face at least.
        recipe: what was looked for in all of them; it alone decides which columns there are.

    Returns:
        Columns ``file`` (string), ``face`` (int32, its place in the picture, best score first),
        ``x, y, width, height`` (float32, pixels of the upright picture), ``score`` (float32, 0..1),
        ``descriptor`` (128 float32), ``recognizer`` (string); where asked for ``landmarks`` (136
        float32: x, y of 68 points), ``expressions`` (a struct of seven float32, 0..1), ``age``
        (float32, years), ``gender`` (``female`` or ``male``), ``gender_probability`` (0.5..1).
    """
    sizes = [len(each.faces) for each in found]
    boxes = _joined(found, "boxes").T
    columns = {
        "file": _names(np.repeat([_utf8(each.file) for each in found], sizes)),
        "face": pa.array(np.concatenate([np.arange(0), *map(np.arange, sizes)]), pa.int32()),
        **{
            name: pa.array(np.ascontiguousarray(side))
            for name, side in zip(BOX, boxes, strict=True)
        },
        "score": pa.array(_joined(found, "scores")),
    }
    if recipe.landmarks:
        columns["landmarks"] = _lists(_joined(found, "landmarks"))
    columns["descriptor"] = _lists(_joined(found, "descriptors"))
    columns["recognizer"] = _names([recipe.recognizer] * sum(sizes))
    return pa.table(columns | _attributes(found, recipe))


def _attributes(found: list[Found], recipe: Recipe) -> dict[str, pa.Array]:
    columns = {}
    if recipe.expressions:
        likely = _joined(found, "expressions").T
        arrays = [pa.array(np.ascontiguousarray(each)) for each in likely]
        columns["expressions"] = pa.StructArray.from_arrays(arrays, names=list(EXPRESSIONS))
    if recipe.age_gender:
        male = _joined(found, "male_probabilities")
        columns["age"] = pa.array(_joined(found, "ages"))
        columns["gender"] = _names(np.where(male > 0.5, "male", "female"))
        columns["gender_probability"] = pa.array(np.maximum(male, 1 - male))
    return columns


def _joined(found: list[Found], column: str) -> np.ndarray:
    empty = np.zeros((0, *COLUMNS[column]), np.float32)
    return np.concatenate([empty, *(getattr(each.faces, column) for each in found)])


def _lists(rows: np.ndarray) -> pa.Array:
    width = int(np.prod(rows.shape[1:]))
    return pa.FixedSizeListArray.from_arrays(pa.array(rows.reshape(-1)), width)


def _names(names) -> pa.Array:
    return pa.array(list(names), pa.string())


def _utf8(name: str) -> str:
    """A file's name as text; bytes that are none stand as ``\\udcff``."""
    return name.encode("utf-8", "backslashreplace").decode()


def to_parquet(table: pa.Table, note: Note, models: dict[str, str]) -> bytes:
    """The bytes of a Parquet file with its note, and the models' sha256 under ``models``."""
    said = {NOTE: json.dumps(vars(note)), MODELS: json.dumps(models)}
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(said), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def read_note(path) -> Note:
    """The note of a shard's file."""
    return Note(**json.loads(pq.read_schema(path).metadata[NOTE]))

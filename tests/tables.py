"""Parquet files as `faceside batch` writes them, for the tests."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def unit_rows(number: int, seed: int = 0) -> np.ndarray:
    """Descriptors (number, 128) of length 1, all of strangers."""
    rows = np.random.default_rng(seed).standard_normal((number, 128)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def write_faces(path: Path, files, descriptors, faces=None, recognizer="sface", **columns) -> Path:
    """One Parquet file of faces; by default one a file, 100 pixels wide, with the score 0.9."""
    number = len(files)
    boxes = columns.get("boxes", np.tile([10, 20, 100, 120], (number, 1))).astype(np.float32)
    table = {
        "file": pa.array(list(files), pa.string()),
        "face": pa.array([0] * number if faces is None else faces, pa.int32()),
        **{name: pa.array(boxes[:, i]) for i, name in enumerate(("x", "y", "width", "height"))},
        "score": pa.array(columns.get("scores", np.full(number, 0.9)), pa.float32()),
        "descriptor": _lists(descriptors),
        "recognizer": pa.array([recognizer] * number, pa.string()),
    }
    if "landmarks" in columns:
        table["landmarks"] = _lists(columns["landmarks"])
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(table), path)
    return path


def _lists(rows) -> pa.Array:
    rows = np.ascontiguousarray(rows, np.float32).reshape(len(rows), -1)
    return pa.FixedSizeListArray.from_arrays(pa.array(rows.reshape(-1)), rows.shape[1])

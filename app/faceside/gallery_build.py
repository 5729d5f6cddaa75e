"""A gallery of the faces that ``faceside batch`` has described: named by a table, or grouped.

    report = build_named(read_names("names.csv"), ["out"], "people.fsg", BuildOptions())
    report = build_grouped(["out"], "people.fsg", "groups.csv", BuildOptions())

The faces are read shard by shard. By names, what is read is written at once; to be grouped, the
faces that are good enough are held, which are those of the gallery.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np

from .enrolment import portrait, require_quality
from .errors import FacesideError
from .face_tables import FaceRows, read_faces
from .faces import Faces
from .gallery_binary import BinaryWriter
from .gallery_files import is_compact
from .gallery_json import write_gallery
from .grouping import grouping_threshold
from .image import Picture, read_image
from .islands import group_many
from .naming import Names
from .options import require_between, require_integer
from .quality import GOOD_ENOUGH, QualityOptions, head_poses
from .replacing import replacing
from .samples import Sample
from .tables import to_csv

GROUP = "Person {}"  # what somebody is called until named
COLUMNS = ["file", "face", "label"]  # of the table of groups, and of names


@dataclass(frozen=True)
class BuildOptions:
    """What goes into a gallery.

    Attributes:
        min_score: fainter faces count as none, 0 to 1.
        quality: what a face must have to be enrolled, None for any. The table tells its size, and
            with landmarks where it looks; sharpness is measured with ``photos``.
        photos: open the pictures again and keep a small photo of each face, where they still are.
        numbers: how a compact file keeps descriptors, float32 or float16.
        min_faces: groups of fewer faces are left out, 1 up.
        distance_threshold: groups nearer than this on average are one; None for the recognizer's.

    Raises:
        FacesideError: ``option-invalid``.
    """

    min_score: float = 0.0
    quality: QualityOptions | None = GOOD_ENOUGH
    photos: bool = False
    numbers: str = "float32"
    min_faces: int = 1
    distance_threshold: float | None = None

    def __post_init__(self):
        require_between("min_score", self.min_score, 0, 1)
        require_integer("min_faces", self.min_faces, 1, 1_000_000_000)
        if self.distance_threshold is not None:
            require_between("distance_threshold", self.distance_threshold, 0, 1000)


@dataclass
class Report:
    """What became of the faces.

    Attributes:
        samples, photos: how many were written.
        labels: of the people written.
        left_out: how many faces were, by the reason: a code of :mod:`~faceside.quality`,
            ``low-score``, ``unnamed``, ``few-faces``.
        several: files of the table of names that do not say which of several faces is meant.
        missing: files of it without the face that is named.
    """

    samples: int = 0
    photos: int = 0
    labels: set[str] = field(default_factory=set)
    left_out: Counter = field(default_factory=Counter)
    several: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def to_record(self) -> dict:
        """Plain data, for JSON."""
        left_out = {reason: count for reason, count in self.left_out.items() if count}
        return {
            "people": len(self.labels),
            "samples": self.samples,
            "photos": self.photos,
            "left_out": left_out,
            "several_faces": self.several,
            "not_found": self.missing,
        }


def build_named(names: Names, sources: list[str], path: str, options: BuildOptions) -> Report:
    """Write the faces of Parquet files that a table names as a gallery.

    Raises:
        FacesideError: table-…, names-ambiguous, gallery-empty (nobody is named; the file stays as
            it was), storage-…, and those of :class:`~faceside.samples.Sample`.
    """
    report = Report()
    for faces in read_faces(sources, names_only=True):
        names.meet(faces, options.min_score)
    report.several, report.missing = names.several(), names.missing()

    def named() -> Iterator[tuple[FaceRows, list[str]]]:
        for faces in read_faces(sources):
            labels = [
                names.label_of(file, face)
                for file, face in zip(faces.files, faces.faces.tolist(), strict=True)
            ]
            report.left_out["unnamed"] += labels.count(None)
            rows = _good_rows(faces, options, report, labels)
            yield faces.taken(rows), [labels[row] for row in rows]

    _write(named(), path, options, report)
    return report


def build_grouped(
    sources: list[str], path: str, table: str | None, options: BuildOptions
) -> Report:
    """Write the faces of Parquet files as a gallery, each group a person to be named.

    Args:
        table: where to write a CSV with file, face and label of every face, to be given names and
            read as a table of names; None for nowhere.

    Raises:
        FacesideError: table-…, gallery-empty, recognizers-mixed, too-many-faces, storage-….
    """
    report = Report()
    kept = [faces.taken(_good_rows(faces, options, report)) for faces in read_faces(sources)]
    labels = iter(_grouped(kept, options))
    named, listed = [], []
    for faces in kept:
        ours = [next(labels) for _ in range(len(faces))]
        report.left_out["few-faces"] += ours.count(None)
        rows = [row for row, label in enumerate(ours) if label]
        faces, ours = faces.taken(rows), [ours[row] for row in rows]
        named.append((faces, ours))
        columns = zip(faces.files, faces.faces.tolist(), ours, strict=True)
        listed += [dict(zip(COLUMNS, row, strict=True)) for row in columns]
    _write(named, path, options, report)
    if table:
        listed.sort(key=lambda row: int(row["label"].split()[-1]))
        with replacing(table) as write:
            write(to_csv(listed, COLUMNS).encode())
    return report


def _grouped(kept: list[FaceRows], options: BuildOptions) -> list[str | None]:
    """The label of each face, None in a group that is too small."""
    recognizers = {name for faces in kept for name in faces.recognizers}
    if not recognizers:
        return []
    if len(recognizers) > 1:
        raise FacesideError(
            "recognizers-mixed",
            f"The faces were described by {' and '.join(sorted(recognizers))}, which cannot be "
            "compared: choose the Parquet files of one recognizer.",
        )
    places: dict[str, int] = {}
    pictures = [places.setdefault(file, len(places)) for faces in kept for file in faces.files]
    threshold = options.distance_threshold
    if threshold is None:
        threshold = grouping_threshold(*recognizers)
    numbers = group_many(np.concatenate([faces.descriptors for faces in kept]), threshold, pictures)
    sizes = np.bincount(numbers)
    return [
        GROUP.format(number + 1) if sizes[number] >= options.min_faces else None
        for number in numbers.tolist()
    ]


def _good_rows(
    faces: FaceRows, options: BuildOptions, report: Report, labels: list | None = None
) -> list[int]:
    """The faces that are good enough, and named where labels are given; the others are counted."""
    reasons = _reasons(faces, options)
    rows = [row for row in range(len(faces)) if labels is None or labels[row] is not None]
    report.left_out.update(reasons[row] for row in rows if reasons[row])
    return [row for row in rows if not reasons[row]]


def _reasons(faces: FaceRows, options: BuildOptions) -> list[str | None]:
    """Why each face is not good enough, None where it is."""
    reasons = np.full(len(faces), None, object)
    quality = options.quality
    if quality is not None:
        if faces.landmarks is not None:
            limits = quality.max_yaw, quality.max_pitch, quality.max_roll
            turned = (np.abs(head_poses(faces.landmarks)) > limits).any(axis=1)
            reasons[turned] = "face-turned"
        reasons[faces.boxes[:, 2:].min(axis=1) < quality.min_size] = "face-too-small"
    reasons[faces.scores < options.min_score] = "low-score"
    return reasons.tolist()


def _write(
    named: Iterable[tuple[FaceRows, list[str]]],
    path: str,
    options: BuildOptions,
    report: Report,
) -> None:
    """Write faces under their labels, and count them."""
    created = time.time()
    with replacing(path) as write, _writing(path, write, options.numbers) as add:
        for faces, labels in named:
            samples = list(_samples(faces, labels, created, options, report))
            add(samples)
            report.samples += len(samples)
            report.labels.update(sample.label for sample in samples)
            report.photos += sum(sample.photo is not None for sample in samples)
        if not report.samples:
            raise FacesideError(
                "gallery-empty",
                "There is nobody to write: none of the faces is named and good enough. "
                "Nothing was changed.",
            )


@contextmanager
def _writing(path: str, write: Callable[[bytes], object], numbers: str) -> Iterator[Callable]:
    """Give what takes samples: written as they come to a compact file, at the end as JSON."""
    if is_compact(path):
        writer = None

        def add(samples):
            nonlocal writer
            if samples:
                writer = writer or BinaryWriter(write, len(samples[0].descriptor), numbers)
                writer.add(samples)

        yield add
        writer.close()
    else:
        kept: list[Sample] = []
        yield kept.extend
        write(write_gallery(kept).encode())


def _samples(
    faces: FaceRows,
    labels: list[str],
    created: float,
    options: BuildOptions,
    report: Report,
) -> Iterator[Sample]:
    file, picture = None, None
    for row, label in enumerate(labels):
        photo = None
        if options.photos:
            if faces.files[row] != file:
                file = faces.files[row]
                picture = _picture(file)
            try:
                photo = picture and _photo(picture, faces, row, options.quality)
            except FacesideError as error:
                report.left_out[error.code] += 1
                continue
        yield Sample(label, faces.descriptors[row], faces.recognizers[row], photo, created)


def _picture(file: str) -> Picture | None:
    """A picture by its path or address, None where it is no more."""
    with suppress(FacesideError, OSError, ImportError):
        if "://" not in file:
            return read_image(file)
        import fsspec

        with fsspec.open(file, "rb") as opened:
            return read_image(opened.read())
    return None


def _photo(picture: Picture, faces: FaceRows, row: int, quality: QualityOptions | None) -> bytes:
    if quality is not None and faces.landmarks is not None:
        one = slice(row, row + 1)
        face = Faces(faces.boxes[one], faces.scores[one], landmarks=faces.landmarks[one])
        require_quality(picture, face, quality)
    return portrait(picture, faces.boxes[row])

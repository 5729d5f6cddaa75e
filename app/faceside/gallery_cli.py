"""``python -m faceside gallery``: galleries built, merged, split, looked into and searched."""

import argparse
import json
import os
from collections import Counter
from pathlib import Path

from .cli_images import complain, describing, each_image
from .errors import FacesideError
from .faces import COLUMNS
from .gallery import Contents, Gallery
from .gallery_binary import NUMBERS, BinaryReader, model_sha256
from .gallery_build import BuildOptions, Report, build_grouped, build_named
from .gallery_files import joined, open_reader, read_file, write_file
from .labels import check_label
from .locking.container import is_locked, lock_bytes
from .locking.files import FileLock, passphrase_for
from .matching import FaceMatcher
from .naming import read_names
from .net_options import add_net_options
from .options import require_integer
from .quality import GOOD_ENOUGH
from .replacing import explained, replacing
from .samples import descriptors_by, group_people
from .stores.memory import MemoryStore

LENGTH = COLUMNS["descriptors"][0]  # numbers of a descriptor, by every recognizer here
TOP = 5  # people told by `search` where nothing else is asked for
KIND = "file; .fsg: compact, else JSON"


def add_gallery(commands) -> None:
    """Add the command ``gallery`` to the parser's commands."""
    gallery = commands.add_parser("gallery", help="build, merge, split and search gallery files")
    works = gallery.add_subparsers(required=True, metavar="WORK")

    build = _add(works, "build", _build, "make one of the faces that `batch` has described")
    build.add_argument("gallery", help=KIND)
    build.add_argument("faces", nargs="+", help="folder that `batch` wrote, or a Parquet file")
    who = build.add_mutually_exclusive_group(required=True)
    who.add_argument("--names", metavar="CSV", help="who is who: file, label and perhaps face")
    who.add_argument(
        "--group", metavar="CSV", help="sort unknown faces into people; this tells who is where"
    )
    build.add_argument("--min-score", type=float, default=0.0, help="leave fainter faces out, 0..1")
    build.add_argument("--any-quality", action="store_true", help="also small and turned faces")
    build.add_argument("--photos", action="store_true", help="keep a small photo of each face")
    build.add_argument(
        "--min-faces", type=int, default=1, metavar="N", help="leave smaller groups out"
    )
    build.add_argument(
        "--distance-threshold", type=float, help="one group below it; else the recognizer's"
    )
    _add_numbers(build)

    merge = _add(works, "merge", _merge, "make one of several; who has one label is one person")
    merge.add_argument("gallery", help=KIND)
    merge.add_argument("source", nargs="+", help="gallery files")
    _add_numbers(merge)

    split = _add(works, "split", _split, "make several of one, or take some people out of it")
    split.add_argument("source", help="gallery file, which stays as it is")
    split.add_argument("gallery", help=KIND + "; with --people numbered: NAME-1, NAME-2, …")
    how = split.add_mutually_exclusive_group(required=True)
    how.add_argument("--people", type=int, metavar="N", help="so many people a file")
    how.add_argument("--labels", metavar="FILE", help="the people of this text file, one a line")
    split.add_argument("--rest", metavar="GALLERY", help="with --labels: where the others go")
    _add_numbers(split)

    info = _add(works, "info", _info, "what is in gallery files, and whether they are whole")
    info.add_argument("gallery", nargs="+")

    lock = _add(works, "lock", _lock, "encrypt one with a passphrase")
    lock.add_argument("gallery")
    unlock = _add(works, "unlock", _unlock, "write one without its passphrase again")
    unlock.add_argument("gallery")

    search = works.add_parser("search", help="the people nearest to each face of pictures")
    search.add_argument("gallery")
    search.add_argument("image", nargs="+", metavar="probe")
    search.add_argument("--top", type=int, default=TOP, metavar="K", help=f"so many; {TOP}")
    add_net_options(search)
    search.set_defaults(command=_search)


def _add(works, name: str, work, about: str) -> argparse.ArgumentParser:
    parser = works.add_parser(name, help=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=work)
    return parser


def _add_numbers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--numbers", default="float32", choices=NUMBERS, help="of a compact file; float16: half"
    )


async def _build(asked: argparse.Namespace) -> int:
    options = BuildOptions(
        asked.min_score,
        None if asked.any_quality else GOOD_ENOUGH,
        asked.photos,
        asked.numbers,
        asked.min_faces,
        asked.distance_threshold,
    )
    if asked.names:
        report = build_named(read_names(asked.names), asked.faces, asked.gallery, options)
    else:
        report = build_grouped(asked.faces, asked.gallery, asked.group, options)
    if asked.json:
        print(json.dumps(_written(asked.gallery) | report.to_record()))
    else:
        _print_report(asked.gallery, report)
    return 1 if report.several or report.missing else 0


def _print_report(path: str, report: Report) -> None:
    print(_sentence(path, len(report.labels), report.samples))
    for reason, count in sorted(report.to_record()["left_out"].items()):
        print(f"  left out, {reason}: {count:,}")
    for file in report.several:
        print(f"  {file} has several faces: add a column face that says which one is meant")
    for file in report.missing:
        print(f"  {file} is named, but no such face was found")


async def _merge(asked: argparse.Namespace) -> int:
    gallery, duplicates = Gallery(MemoryStore()), 0
    for source in asked.source:
        duplicates += (await gallery.load(read_file(source, LENGTH)))[1]
    contents = await gallery.contents()
    write_file(asked.gallery, contents, asked.numbers)
    _tell(asked, [_counted(asked.gallery, contents)], duplicates=duplicates)
    return 0


async def _lock(asked: argparse.Namespace) -> int:
    content = _content(asked.gallery)
    if is_locked(content):
        raise FacesideError(
            "lock-on", f"{asked.gallery} has a passphrase: unlock it first, then lock it anew."
        )
    read_file(asked.gallery)  # only what can be read is locked
    words = passphrase_for(asked.gallery, again=True)
    return _replace(asked, await lock_bytes(content, words), locked=True)


async def _unlock(asked: argparse.Namespace) -> int:
    return _replace(asked, FileLock(asked.gallery).open(_content(asked.gallery)), locked=False)


def _content(path: str) -> bytes:
    with explained(path):
        try:
            return Path(path).read_bytes()
        except FileNotFoundError:
            raise FacesideError(
                "gallery-missing", f"There is no gallery {path}: check the name of the file."
            ) from None


def _replace(asked: argparse.Namespace, content: bytes, locked: bool) -> int:
    with replacing(asked.gallery) as write:
        write(content)
    if asked.json:
        print(json.dumps({"gallery": asked.gallery, "locked": locked}))
    else:
        print(f"{asked.gallery}: {'locked' if locked else 'not locked any more'}")
    return 0


async def _split(asked: argparse.Namespace) -> int:
    contents = read_file(asked.source)
    people = group_people(contents.samples, contents.notes)
    if asked.people is not None:
        require_integer("people", asked.people, 1, 1_000_000_000)
        starts = range(0, len(people), asked.people)
        parts = [
            (_numbered(asked.gallery, number), people[start : start + asked.people])
            for number, start in enumerate(starts, 1)
        ]
    else:
        wanted = _labels(asked.labels)
        unknown = wanted - {person.label for person in people}
        if unknown:
            raise FacesideError(
                "label-unknown",
                f"Nobody is called {', '.join(f'“{label}”' for label in sorted(unknown))}: "
                "check the names. Nothing was written.",
            )
        parts = [(asked.gallery, [person for person in people if person.label in wanted])]
        if asked.rest:
            parts.append((asked.rest, [p for p in people if p.label not in wanted]))
    written = []
    for path, some in parts:
        samples = tuple(sample for person in some for sample in person.samples)
        part = Contents(samples, {person.label: person.notes for person in some if person.notes})
        write_file(path, part, asked.numbers)
        written.append(_counted(path, part))
    _tell(asked, written)
    return 0


def _labels(path: str) -> set[str]:
    with explained(path):
        lines = Path(path).read_text("utf-8-sig", errors="surrogateescape").splitlines()
    return {check_label(line) for line in lines if line.strip()}


def _numbered(path: str, number: int) -> str:
    name = Path(path)
    return str(name.with_name(f"{name.stem}-{number}{name.suffix}"))


async def _info(asked: argparse.Namespace) -> int:
    galleries, errors = [], []
    for path in asked.gallery:
        try:
            galleries.append(_described(path))
            if not asked.json:
                _print_described(galleries[-1])
        except FacesideError as error:
            errors.append({"file": path, "code": error.code, "message": str(error)})
            complain(error)
    if asked.json:
        print(json.dumps({"galleries": galleries, "errors": errors}))
    return 1 if errors else 0


def _described(path: str) -> dict:
    """What there is to know of a gallery file, all of which was read and checked."""
    reader = open_reader(path)
    contents = joined(reader.parts())
    models, summary = {}, {"format": "json", "numbers": None, "checksum": None}
    if isinstance(reader, BinaryReader):
        found = reader.summary()
        models = found.recognizers
        summary = {"format": "compact", "numbers": found.numbers, "checksum": found.checksum}
    counts = Counter(name for sample in contents.samples for name in sample.recognizers)
    created = [sample.created for sample in contents.samples]
    return _counted(path, contents) | {
        "photos": sum(sample.photo is not None for sample in contents.samples),
        "notes": sum(len(text) > 0 for text in contents.notes.values()),
        "recognizers": {
            name: {"samples": count, "model": _model(name, models.get(name))}
            for name, count in counts.most_common()
        },
        "created": [min(created), max(created)] if created else None,
        **summary,
    }


def _model(name: str, sha256: str | None) -> str:
    """Whether descriptors were made by the model that is here."""
    ours = model_sha256(name)
    if sha256 is None or ours is None:
        return "unknown"
    return "same" if sha256 == ours else "other"


def _print_described(gallery: dict) -> None:
    print(_sentence(gallery["file"], gallery["people"], gallery["samples"]))
    print(f"  {gallery['photos']:,} photos, notes about {gallery['notes']:,} people")
    for name, found in gallery["recognizers"].items():
        by = {"other": ", by another model than the one here"}.get(found["model"], "")
        print(f"  {name}: {found['samples']:,} descriptors{by}")
    if gallery["checksum"]:
        print(f"  {gallery['numbers']}, whole: every checksum is right ({gallery['checksum']})")
    else:
        print("  JSON, which has no checksum; all of it can be read")


async def _search(asked: argparse.Namespace) -> int:
    require_integer("top", asked.top, 1, 1_000_000)
    contents = read_file(asked.gallery, LENGTH)
    known = descriptors_by(asked.recognizer, group_people(contents.samples))
    matcher = FaceMatcher.from_rows(*known, distance_threshold=0.0)

    def records(faces) -> list[dict]:
        return [
            record
            | {"candidates": [m.to_record() for m in matcher.top(face.descriptor, asked.top)]}
            for face, record in zip(faces, faces.to_records(), strict=True)
        ]

    return await each_image(asked, lambda picture: describing(asked, picture), records)


def _tell(asked: argparse.Namespace, written: list[dict], **more) -> None:
    if asked.json:
        print(json.dumps({"galleries": written} | more))
        return
    for gallery in written:
        print(_sentence(gallery["file"], gallery["people"], gallery["samples"]))
    if more.get("duplicates"):
        print(f"  {more['duplicates']:,} samples were there twice and are once")


def _counted(path: str, contents: Contents) -> dict:
    people = len({sample.label for sample in contents.samples})
    return _written(path) | {"people": people, "samples": len(contents.samples)}


def _written(path: str) -> dict:
    return {"file": path, "bytes": os.path.getsize(path)}


def _sentence(path: str, people: int, samples: int) -> str:
    size = os.path.getsize(path)
    told = f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"
    return f"{path}: {people:,} people, {samples:,} samples, {told}"

"""Compiles the Python files of an archive: what a page imports is then not compiled at every visit.

Standard library only, as Pyodide runs it (tools/compiled.mjs): code is compiled by the Python that
will run it.
"""

import base64
import hashlib
import io
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode
from py_compile import compile as compile_file
from tempfile import TemporaryDirectory

DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: equal input, equal bytes
LIBRARIES = (".so", ".py")  # of a wheel, beside what tells of it
TOLD = ".dist-info/"
# Parts of numpy that it loads when they are asked for, which no page does. Their shared libraries
# would be compiled by the browser at every visit all the same.
UNUSED = tuple(f"numpy/{part}/" for part in ("f2py", "fft", "polynomial", "random", "testing"))


def compiled_wheel(data: bytes) -> bytes:
    """A wheel with what can be imported alone, compiled, and a new RECORD."""
    files = {
        name: content
        for name, content in _files(data).items()
        if TOLD in name or (name.endswith(LIBRARIES) and not name.startswith(UNUSED))
    }
    files = _compiled(files)
    (record,) = (name for name in files if name.endswith("/RECORD"))
    del files[record]
    return _archive({**files, record: _record(files, record)})


def compiled_archive(data: bytes) -> bytes:
    """An archive of our own, all of it, compiled."""
    return _archive(_compiled(_files(data)))


def _files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = (entry for entry in archive.infolist() if not entry.is_dir())
        return {entry.filename: archive.read(entry) for entry in entries}


def _compiled(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files, X.pyc in place of X.py, which Python takes without looking at a clock."""
    return dict(_compiled_file(name, content) for name, content in files.items())


def _compiled_file(name: str, content: bytes) -> tuple[str, bytes]:
    if not name.endswith(".py"):
        return name, content
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "code.py", Path(folder) / "code.pyc"
        source.write_bytes(content)
        mode = PycInvalidationMode.UNCHECKED_HASH
        compile_file(source, target, name, doraise=True, invalidation_mode=mode)
        return f"{name}c", target.read_bytes()


def _record(files: dict[str, bytes], name: str) -> bytes:
    """The list of a wheel's files (PEP 376)."""
    rows = [f"{file},sha256={_digest(content)},{len(content)}" for file, content in files.items()]
    return "\n".join([*rows, f"{name},,", ""]).encode()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


def _archive(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    return written.getvalue()

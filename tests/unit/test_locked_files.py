"""Files locked by a passphrase, and the records of encrypted stores."""

import asyncio
import hashlib
import io
import json
import struct
import subprocess
import sys
import time

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from faceside.errors import FacesideError
from faceside.gallery import Contents, Gallery
from faceside.gallery_files import write_file
from faceside.gallery_json import write_gallery
from faceside.locking import container, files, native, passphrase
from faceside.locking.container import START, is_locked, lock_bytes, unlock_bytes
from faceside.locking.packing import pack_note, pack_sample, unpack
from faceside.samples import Sample
from faceside.stores.binary_file import file_store
from faceside.stores.json_file import JsonFileStore

WORDS = "four plain words here"
PAYLOAD = bytes(range(256)) * 10


def run(work):
    return asyncio.run(work)


def code_of(work) -> str:
    with pytest.raises(FacesideError) as caught:
        run(work)
    return caught.value.code


@pytest.fixture(scope="module")
def locked() -> bytes:
    """PAYLOAD in chunks of 1,000 bytes."""
    size, container.CHUNK = container.CHUNK, 1000
    try:
        return run(lock_bytes(PAYLOAD, WORDS))
    finally:
        container.CHUNK = size


@pytest.fixture
def quick(monkeypatch):
    """No more iterations than the least."""
    monkeypatch.setattr(passphrase, "AIMED_SECONDS", 0)


def some_sample(**fields) -> Sample:
    row = np.random.default_rng(3).standard_normal(128).astype(np.float32)
    values = {"label": "Żółw", "descriptor": row, "recognizer": "sface", "photo": b"\xff\xd8photo"}
    return Sample(**{**values, "created": 12.5, **fields})


def test_the_bytes_are_those_of_the_documents(locked):
    """Opened by hand, with the standard library and AES-GCM alone."""
    magic, version, derivation, zero, iterations, salt, size = struct.unpack_from(
        "<8sBBHI16sI", locked
    )
    assert (magic, version, derivation, zero, size) == (b"\x89FSL\r\n\x1a\n", 1, 1, 0, 1000)
    assert iterations >= 600_000 and is_locked(locked)
    key = AESGCM(hashlib.pbkdf2_hmac("sha256", WORDS.encode(), salt, iterations))
    context, chunks = locked[:36], [locked[i : i + 1016] for i in range(52, len(locked), 1016)]
    assert key.decrypt(bytes(12), locked[36:52], context) == b""
    opened = b""
    for number, chunk in enumerate(chunks, 1):
        nonce = number.to_bytes(11, "big") + bytes([number == len(chunks)])
        opened += key.decrypt(nonce, chunk, context)
    assert opened == PAYLOAD and len(chunks) == 3


def test_whatever_was_locked_comes_out_again(locked, quick):
    assert run(unlock_bytes(locked, WORDS)) == PAYLOAD
    for payload in (b"", bytes((1 << 20) + 1)):
        assert run(unlock_bytes(run(lock_bytes(payload, "Zoë" * 3)), "Zoe\u0308" * 3)) == payload


def test_no_byte_can_be_altered_left_out_or_moved(locked, monkeypatch):
    keys, derive = {}, native.derive

    async def derive_once(*what):
        if what not in keys:
            keys[what] = await derive(*what)
        return keys[what]

    monkeypatch.setattr(native, "derive", derive_once)
    header, chunks = locked[:52], [locked[i : i + 1016] for i in range(52, len(locked), 1016)]
    a, b, last = chunks
    bad = [locked[:n] for n in (0, 7, 51, 52, 60, 52 + 1016, len(locked) - 1)]
    bad += [header + part for part in (b + a + last, a + last, a + b, a + b + last + b"\0")]
    bad += [header + a + b + last + last, b"\x88" + locked[1:]]
    for place in (52, 60, 1060, 2000, len(locked) - 1):
        bad.append(locked[:place] + bytes([locked[place] ^ 1]) + locked[place + 1 :])
    for place, value in ((8, b"\2"), (9, b"\0"), (10, b"\1"), (12, bytes(4)), (32, bytes(4))):
        bad.append(locked[:place] + value + locked[place + len(value) :])
    for content in bad:
        assert code_of(unlock_bytes(content, WORDS)) == "container-damaged"
    for place in (16, 36, 51):  # salt and check: as good as another passphrase
        content = locked[:place] + bytes([locked[place] ^ 1]) + locked[place + 1 :]
        assert code_of(unlock_bytes(content, WORDS)) == "passphrase-wrong"


@pytest.mark.parametrize("words", ["", WORDS + " ", WORDS.upper(), "x" * 5000, None])
def test_a_wrong_passphrase_costs_a_quarter_of_a_second(locked, words):
    began = time.perf_counter()
    with pytest.raises(FacesideError) as caught:
        run(unlock_bytes(locked, words))
    assert time.perf_counter() - began >= 0.25
    assert (caught.value.code, str(caught.value)) == (
        "passphrase-wrong",
        "The passphrase is wrong: type it again.",
    )


def test_a_quick_failure_waits():
    async def fail_at_once():
        async with passphrase.equal_time():
            raise passphrase.wrong_passphrase()

    began = time.perf_counter()
    assert code_of(fail_at_once()) == "passphrase-wrong"
    assert time.perf_counter() - began >= 0.25


def test_iterations_are_never_fewer_than_recommended(monkeypatch):
    class Slow:
        random = staticmethod(bytes)

        @staticmethod
        async def derive(*_):
            await asyncio.sleep(0.3)

    class Quick(Slow):
        @staticmethod
        async def derive(*_):
            await asyncio.sleep(0.005)

    assert run(passphrase.calibrated(Slow)) == 600_000
    assert 2_000_000 < run(passphrase.calibrated(Quick)) <= 12_000_000


def test_bad_new_passphrases_are_refused():
    assert code_of(lock_bytes(b"", "1234567")) == "passphrase-too-short"
    assert code_of(lock_bytes(b"", "x" * 1001)) == "passphrase-too-long"


def test_samples_and_notes_are_packed_bit_for_bit():
    others = {"dlib_resnet": np.ones(128, np.float32), "openface": np.zeros(128, np.float32)}
    for before in (some_sample(), some_sample(photo=None), some_sample(others=others)):
        after = unpack(memoryview(pack_sample(before)), 7, 128)
        assert (after.id, after.key, after.photo) == (7, before.key, before.photo)
        assert (after.created, list(after.others)) == (12.5, list(before.others))
        for name, row in before.others.items():
            assert (after.others[name] == row).all()
    assert unpack(pack_note("Żółw", "one\ntwo"), 7, 128) == ("Żółw", "one\ntwo")


def test_damaged_records_are_none():
    whole = pack_sample(some_sample())
    for data in (b"", b"S", whole[:20], whole[:300], b"X" + whole[1:], b"Nx", b"S\xff\xff\xff\xff"):
        assert unpack(data, 1, 128) is None


def test_a_locked_gallery_file_stays_locked(tmp_path, monkeypatch, quick):
    path = tmp_path / "people.locked"
    path.write_bytes(run(lock_bytes(write_gallery([some_sample()]).encode(), WORDS)))
    monkeypatch.setenv(files.VARIABLE, WORDS)
    gallery = Gallery(JsonFileStore(path))
    run(gallery.enroll_many([some_sample(label="Bea", created=3.0)]))
    assert is_locked(path.read_bytes()) and b"Bea" not in path.read_bytes()
    assert [p.label for p in run(Gallery(JsonFileStore(path)).people())] == ["Bea", "Żółw"]
    monkeypatch.setenv(files.VARIABLE, "quite other words")
    before = path.read_bytes()
    assert code_of(Gallery(JsonFileStore(path)).people()) == "passphrase-wrong"
    assert code_of(Gallery(JsonFileStore(path)).clear()) == "passphrase-wrong"
    assert path.read_bytes() == before


def test_the_passphrase_comes_from_the_environment_or_a_file(tmp_path, monkeypatch):
    word_file = tmp_path / "words"
    word_file.write_text(WORDS + "\nmore\n", "utf-8")
    monkeypatch.delenv(files.VARIABLE, raising=False)
    monkeypatch.setenv(files.FILE_VARIABLE, str(word_file))
    assert files.passphrase_for("people.json") == WORDS
    monkeypatch.setenv(files.FILE_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(FacesideError, match="cannot be read"):
        files.passphrase_for("people.json")
    monkeypatch.delenv(files.FILE_VARIABLE)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(FacesideError, match="needs a passphrase"):
        files.passphrase_for("people.json")


def test_the_command_line_says_what_it_needs(tmp_path):
    path = tmp_path / "people.locked"
    path.write_bytes(run(lock_bytes(write_gallery([some_sample()]).encode(), WORDS)))
    command = [sys.executable, "-m", "faceside", "identify", str(path), "nothing.jpg"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 1 and "(passphrase-missing)" in done.stderr


def test_without_the_package_the_sentence_names_it(monkeypatch):
    import faceside.locking

    monkeypatch.delattr(faceside.locking, "native", raising=False)
    monkeypatch.setitem(sys.modules, "faceside.locking.native", None)
    assert code_of(lock_bytes(b"", WORDS)) == "lock-unavailable"


def test_the_header_ends_where_the_chunks_begin(locked):
    assert START == 52 and len(locked) == 52 + len(PAYLOAD) + 3 * 16


@pytest.mark.parametrize("name", ["people.json", "people.fsg"])
def test_the_command_line_locks_and_unlocks_either_kind(tmp_path, monkeypatch, quick, name):
    path = tmp_path / name
    write_file(path, Contents((some_sample(), some_sample(label="Bea"))))
    before = path.read_bytes()
    monkeypatch.setenv(files.VARIABLE, WORDS)
    run_command("gallery", "lock", path)
    assert is_locked(path.read_bytes())
    (info,) = json.loads(run_command("gallery", "info", path, "--json"))["galleries"]
    assert (info["people"], info["samples"]) == (2, 2)
    store = file_store(path)
    run(store.add([some_sample(label="Cleo", created=1.0)]))
    assert is_locked(path.read_bytes()) and len(run(file_store(path).all())) == 3
    run(file_store(path).remove("Cleo"))
    run_command("gallery", "unlock", path)
    assert path.read_bytes() == before
    monkeypatch.delenv(files.VARIABLE)


def run_command(*arguments) -> str:
    command = [sys.executable, "-m", "faceside", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return done.stdout

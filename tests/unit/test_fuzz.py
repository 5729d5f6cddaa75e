"""The parsers under a fuzzer that is led by what their code does, for some seconds each."""

import subprocess
import sys

import pytest
from hostile import compact_galleries, galleries
from pictures import ROOT

pytest.importorskip("atheris", reason="atheris has wheels for Linux on x86-64 alone")
SECONDS = 4
SEEDS = {
    "gallery": [text.encode() for text in galleries()],
    "compact": list(compact_galleries()),
    "label": [b"Ada Lovelace"],
}


def fuzz(name: str, folder, *options: str) -> subprocess.CompletedProcess:
    seeds, made = folder / "seeds", folder / "made"
    for path in (seeds, made):
        path.mkdir()
    for number, seed in enumerate(SEEDS[name]):
        (seeds / str(number)).write_bytes(seed)
    places = [f"-artifact_prefix={folder}/", str(made), str(seeds)]
    command = [sys.executable, str(ROOT / "tests" / "fuzz.py"), name, "-seed=1", *options, *places]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize("name", SEEDS)
def test_hostile_bytes_found_by_a_fuzzer(name, tmp_path):
    done = fuzz(name, tmp_path, f"-max_total_time={SECONDS}")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "DONE" in done.stderr


@pytest.mark.soak
@pytest.mark.parametrize("name", SEEDS)
def test_hostile_bytes_found_by_a_fuzzer_soak(name, tmp_path):
    done = fuzz(name, tmp_path, f"-max_total_time={60 * SECONDS}")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    print(done.stderr[-200:])

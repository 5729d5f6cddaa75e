"""``python -m faceside evaluate`` as a person runs it."""

import asyncio
import json
import subprocess
import sys

import pytest
from PIL import Image

from faceside import detect_all_faces
from faceside.evaluate.plots import draw_plot
from tests.pictures import SAMPLES

WITHOUT_MATPLOTLIB = (
    "import sys; sys.modules['matplotlib'] = None\n"
    "from faceside.cli import main; sys.exit(main(sys.argv[1:]))"
)


def evaluate(*arguments, code: int = 0, start=("-m", "faceside")) -> subprocess.CompletedProcess:
    command = [sys.executable, *start, "evaluate", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Sample 1, with its faces as found."""
    folder = tmp_path_factory.mktemp("evaluate")
    (folder / "sample1.jpg").symlink_to(SAMPLES / "sample1.jpg")
    boxes = asyncio.run(detect_all_faces(SAMPLES / "sample1.jpg").run()).boxes.tolist()
    path = folder / "index.json"
    path.write_text(json.dumps([{"file": "sample1.jpg", "faces": [{"box": b} for b in boxes]}]))
    return path


def test_one_json_object_and_a_plot_beside_it(index, tmp_path):
    plot = tmp_path / "curve.png"
    done = evaluate("detection", "--index", index, "--json", "--plot", plot)
    result = json.loads(done.stdout)
    assert (result["measure"], result["detector"], result["compat"]) == ("detection", "yunet", None)
    assert result["recall"] == result["average_precision"] == 1
    assert "Pictures" in done.stderr and "100%" in done.stderr
    assert min(Image.open(plot).size) > 400


def test_net_options_hold(index):
    options = ["--detector", "tiny_face", "--input-size", 160, "--compat", "face-api"]
    text = evaluate("detection", "--index", index, "--min-face", 40, *options).stdout
    lines = dict(line.split(maxsplit=1) for line in text.splitlines())
    assert lines["detector"] == "tiny_face" and lines["compat"] == "face-api"
    assert lines["input_size"] == "160" and lines["min_face"] == "40.0"


def test_mistakes_are_told_before_the_work(index, tmp_path):
    cases = [
        (["detection", "--index", tmp_path / "none.json"], "index-missing"),
        (["detection", "--index", index, "--plot", tmp_path / "curve.txt"], "plot-unwritable"),
        (["detection", "--index", index, "--plot", tmp_path / "no/curve.png"], "plot-unwritable"),
        (["landmarks", "--index", index], "index-unreadable"),
        (["detection", "--index", index, "--min-score", 2], "option-invalid"),
    ]
    for arguments, expected in cases:
        done = evaluate(*arguments, code=1)
        assert f"({expected})" in done.stderr and done.stdout == ""


def test_a_picture_that_is_missing_is_named(tmp_path):
    path = tmp_path / "index.json"
    path.write_text('[{"file": "gone.jpg", "faces": [{"box": [0, 0, 20, 20]}]}]')
    done = evaluate("detection", "--index", path, code=1)
    assert "gone.jpg" in done.stderr and "(image-missing)" in done.stderr


def test_plots_without_matplotlib_are_refused_with_a_sentence(index, tmp_path):
    options = ["--index", index, "--plot", tmp_path / "curve.png"]
    done = evaluate("detection", *options, code=1, start=("-c", WITHOUT_MATPLOTLIB))
    assert "pip install matplotlib" in done.stderr and "(plot-unavailable)" in done.stderr


@pytest.mark.parametrize(
    ("measure", "series", "words"),
    [
        (
            "verification",
            {"false_accepts": [0, 0, 1], "true_accepts": [0, 0.9, 1]},
            ["False accept rate", "True accept rate"],
        ),
        ("detection", {"recalls": [0.5, 1], "precisions": [1, 0.5]}, ["Recall", "Precision"]),
        ("landmarks", {"errors": [0.04, float("nan"), 0.1]}, ["Share of the faces"]),
        (
            "expressions",
            {"labels": ["happy", "sad"], "confusion": [[3, 1], [0, 7]]},
            ["happy", "sad", "Labelled", "7"],
        ),
        ("age-gender", {"decades": ["0-9", "10-19"], "errors": [2, 3]}, ["10-19", "years"]),
    ],
)
def test_every_measure_has_its_plot(tmp_path, monkeypatch, measure, series, words):
    import matplotlib
    import numpy as np

    monkeypatch.setitem(matplotlib.rcParams, "svg.fonttype", "none")  # text stays text
    path = tmp_path / "plot.svg"
    draw_plot(measure, {name: np.array(values) for name, values in series.items()}, path)
    text = path.read_text()
    assert all(word in text for word in words)

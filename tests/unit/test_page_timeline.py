"""Smoothing and the timeline of expressions: the interface's own arithmetic, in CPython."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "app" / "page"
sys.path.append(str(PAGE))
from smoothing import Smoothed  # noqa: E402
from timeline import KEPT_FOR, MOST_PEOPLE, NAMES, Timeline  # noqa: E402

sys.path.remove(str(PAGE))


def look(**values) -> dict:
    return {name: values.get(name, 0.0) for name in NAMES}


def stamp(time: float) -> str:
    return f"t{time:.1f}"


def test_smoothing_does_63_percent_of_a_change_in_its_time_constant():
    bars = Smoothed(0.4)
    assert bars.follow([0, 1], 10) == [0, 1]
    assert bars.follow([1, 1], 10.4) == pytest.approx([0.632, 1], abs=0.001)


def test_smoothing_does_not_depend_on_the_frame_rate():
    slow, fast = Smoothed(), Smoothed()
    slow.follow([0], 0), fast.follow([0], 0)
    for step in range(1, 11):
        fast.follow([1], step / 10)
    assert slow.follow([1], 1.0) == pytest.approx(fast.values)


def test_a_sample_is_the_mean_of_the_frames_of_a_fifth_of_a_second():
    timeline = Timeline()
    timeline.take([(1, "", look(happy=1))], 0)
    for time, happy in ((0.05, 0.2), (0.15, 0.4), (0.26, 0.6)):
        timeline.take([(1, "", look(happy=happy))], time)
    times = [sample[0] for sample in timeline.rows()]
    assert times == [0, 0.26]
    assert timeline.rows()[1][3][NAMES.index("happy")] == pytest.approx(0.4)


def test_a_stranger_who_gets_a_name_keeps_the_samples_and_a_name_survives_new_tracks():
    timeline = Timeline()
    timeline.take([(1, "", look(sad=1))], 0)
    timeline.take([(1, "Ada", look(sad=1))], 0.5)
    timeline.take([(2, "Ada", look(sad=1))], 1.5)
    (ada,) = timeline.people
    assert ada.label == "Ada"
    assert [sample[1:3] for sample in ada.samples] == [(1, ""), (1, "Ada"), (2, "Ada")]


def test_lines_are_broken_where_somebody_was_away():
    timeline = Timeline()
    for time in (0, 0.3, 5.0, 5.3):
        timeline.take([(1, "Ada", look(happy=0.5))], time)
    times, happy = (timeline.people[0].columns(-1)[i] for i in (0, 1 + NAMES.index("happy")))
    assert None in happy
    assert times == sorted(times)


def test_nothing_grows_without_end():
    timeline = Timeline()
    for second in range(int(KEPT_FOR) + 50):
        timeline.take([(1, "Ada", look(happy=1))], second)
    times = [sample[0] for sample in timeline.people[0].samples]
    assert times[-1] - times[0] <= KEPT_FOR
    for number in range(2, 30):
        for step in range(6):
            timeline.take([(number, f"P{number}", look(sad=1))], 1000 + number + step / 4)
    assert len(timeline.people) == MOST_PEOPLE


def test_csv_and_json_hold_the_same_samples():
    timeline = Timeline()
    timeline.take([(1, 'A "quoted", name', look(happy=0.75, sad=0.25))], 0)
    timeline.take([(2, "", look(angry=1))], 0.1)
    lines = list(csv.DictReader(io.StringIO(timeline.to_csv(stamp))))
    samples = json.loads(timeline.to_json(stamp))["samples"]
    assert [line["label"] for line in lines] == ['A "quoted", name', ""]
    assert list(lines[0]) == ["time", "track", "label", *NAMES]
    for line, sample in zip(lines, samples, strict=True):
        assert (line["time"], int(line["track"])) == (sample["time"], sample["track"])
        for name in NAMES:
            assert float(line[name]) == sample["expressions"][name]

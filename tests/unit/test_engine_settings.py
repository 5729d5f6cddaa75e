"""What the page can change: checks, defaults that follow the nets, and nets given back in time."""

import asyncio
import math

import pytest

from engine.settings import Settings
from engine.upkeep import Upkeep
from faceside import FacesideError, Nets
from faceside.cards import all_cards


def test_the_nets_recommend_what_nobody_has_chosen():
    settings = Settings().changed({"detector": "tiny_face", "recognizer": "dlib_resnet"})
    values = settings.in_force()
    assert values["minScore"] == all_cards()["tiny_face"].defaults["min_score"]
    assert values["distanceThreshold"] == all_cards()["dlib_resnet"].distance_threshold
    assert settings.chosen() == {"detector": "tiny_face", "recognizer": "dlib_resnet"}
    assert settings.defaults() == values | {"detector": "yunet", "recognizer": "sface"}


def test_another_net_does_not_inherit_what_was_chosen_for_the_last():
    settings = Settings().changed(
        {"minScore": 0.9, "photoInputSize": 960, "distanceThreshold": 0.5, "expressions": True}
    )
    other = settings.changed({"detector": "tiny_face", "recognizer": "dlib_resnet"})
    assert other.chosen() == {
        "detector": "tiny_face",
        "recognizer": "dlib_resnet",
        "expressions": True,
    }
    assert settings.changed({"detector": "tiny_face", "minScore": 0.3}).photo.min_score == 0.3
    assert settings.changed({"detector": "yunet"}) == settings


def test_none_is_the_way_back():
    settings = Settings().changed({"minScore": 0.9, "shownLandmarks": True, "landmarks": None})
    assert settings.changed({"minScore": None, "shownLandmarks": None}) == Settings()


def test_a_threshold_of_zero_is_honoured():
    assert Settings().changed({"distanceThreshold": 0}).threshold == 0


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("detector", "haar", "one of mtcnn"),
        ("recognizer", 3, "sface"),
        ("landmarks", "landmarks5", "landmarks68"),
        ("liveInputSize", -32, "32 to 4096"),
        ("photoInputSize", 500, "a multiple of 32"),
        ("minScore", 1.5, "0 to 1"),
        ("minScore", math.nan, "0 to 1"),
        ("distanceThreshold", -1, "0 to 10"),
        ("shownLandmarks", "yes", "true or false"),
        ("expressions", 1, "true or false"),
        ("colour", "red", "detector"),
    ],
)
def test_bad_options_are_refused_by_name_value_and_what_is_allowed(option, value, allowed):
    with pytest.raises(FacesideError) as caught:
        Settings().changed({option: value})
    assert caught.value.code == "option-invalid"
    assert option in str(caught.value) and allowed in str(caught.value)
    assert option == "colour" or repr(value) in str(caught.value)


def test_a_detector_of_one_size_takes_no_other():
    settings = Settings().changed({"photoInputSize": 960}).changed({"detector": "ssd_mobilenet"})
    assert settings.live.input_size == settings.photo.input_size == 512
    assert settings.in_force()["liveInputSize"] is None
    with pytest.raises(FacesideError, match="photoInputSize is 640; it must be 512"):
        settings.changed({"photoInputSize": 640})


def test_stored_settings_are_read_as_far_as_they_are_sound():
    stored = {"minScore": 0.4, "colour": "red", "expressions": "yes", "detector": "tiny_face"}
    assert Settings.from_stored(stored).chosen() == {"detector": "tiny_face", "minScore": 0.4}
    assert Settings.from_stored({}) == Settings()


def test_nets_are_released_once_nobody_works_with_them():
    async def run():
        nets = Nets()
        for name in ("yunet", "tiny_face", "landmarks68"):
            await nets.get(name)
        upkeep = Upkeep(nets)
        with upkeep.working():
            with upkeep.working():
                upkeep.keep_only(["yunet", "landmarks68"])
            await asyncio.sleep(0)
            assert nets.loaded == {"yunet", "tiny_face", "landmarks68"}
        await asyncio.sleep(0)
        assert nets.loaded == {"yunet", "landmarks68"}
        with upkeep.working():
            await nets.get("tiny_face")  # as a script on the page may ask
        await asyncio.sleep(0)
        assert "tiny_face" in nets.loaded

    asyncio.run(run())

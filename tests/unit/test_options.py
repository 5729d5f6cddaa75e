"""Options say at once what is wrong with them."""

import pytest

from faceside import DetectorOptions, FacesideError


def test_defaults_are_the_detectors_own():
    assert DetectorOptions() == DetectorOptions("yunet", 640, False, 0.7, 0.3, 100, None)
    tiny = DetectorOptions("tiny_face")
    assert (tiny.input_size, tiny.min_score, tiny.iou_threshold) == (416, 0.5, 0.4)


def test_zero_is_a_value_not_a_missing_one():
    assert DetectorOptions("tiny_face", min_score=0).min_score == 0


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("detector", "haar", "tiny_face, yunet"),
        ("detector", None, "tiny_face, yunet"),
        ("input_size", -32, "32 to 4096"),
        ("input_size", 0, "32 to 4096"),
        ("input_size", 100, "multiple of 32"),
        ("input_size", 320.5, "whole number"),
        ("input_size", float("nan"), "whole number"),
        ("min_score", 1.5, "0 to 1"),
        ("min_score", -0.1, "0 to 1"),
        ("min_score", float("nan"), "0 to 1"),
        ("min_score", "0.5", "0 to 1"),
        ("min_score", True, "0 to 1"),
        ("iou_threshold", float("inf"), "0 to 1"),
        ("max_faces", 0, "1 to"),
        ("max_faces", 2.5, "whole number"),
        ("compat", "opencv", "face-api"),
    ],
)
def test_a_bad_option_is_named_with_its_value_and_what_is_allowed(option, value, allowed):
    with pytest.raises(FacesideError) as caught:
        DetectorOptions(**{option: value})
    assert caught.value.code == "option-invalid"
    message = str(caught.value)
    assert message.startswith(f"{option} is {value!r}") and allowed in message

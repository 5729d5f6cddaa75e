"""Matching: exact distances, thresholds, the behaviour of face-api.js, and its JSON."""

import json
import math

import numpy as np
import pytest

from faceside.errors import FacesideError
from faceside.faces import Box, Face
from faceside.matching import (
    FaceMatch,
    FaceMatcher,
    LabeledFaceDescriptors,
    euclidean_distance,
)


def code_of(work, *args, **options) -> str:
    with pytest.raises(FacesideError) as caught:
        work(*args, **options)
    return caught.value.code


def people(rows, counts):
    """People "0", "1", … with so many of the rows each."""
    ends = np.cumsum(counts)
    return [
        LabeledFaceDescriptors(str(i), rows[end - count : end])
        for i, (count, end) in enumerate(zip(counts, ends, strict=True))
    ]


def by_brute_force(known, probe, per_label):
    """Every label's distance in float64, one at a time."""
    reduce = np.min if per_label == "min" else np.mean
    return [
        reduce([np.linalg.norm(row.astype(float) - probe) for row in person.descriptors])
        if len(person.descriptors)
        else math.inf
        for person in known
    ]


@pytest.mark.parametrize("per_label", ["min", "mean"])
@pytest.mark.parametrize(
    "scale, spread",
    [(1, 1), (1, 1e-4), (1e-7, 1), (1e-22, 1), (1e4, 1e-3), (1e6 / 8, 1)],
)
def test_distances_are_exact(per_label, scale, spread):
    rng = np.random.default_rng(1)
    centre = rng.standard_normal(128)
    rows = (scale * (centre + spread * rng.standard_normal((300, 128)))).astype(np.float32)
    rows[40:60] = rows[7]  # duplicates within a label and across labels
    counts = [1, 0, 9, 30, 2, 58, 100, 0, 100]
    known = people(rows, counts)
    matcher = FaceMatcher(known, math.ldexp(1, 60), per_label)
    probes = np.concatenate([rows[::10], (scale * rng.standard_normal((30, 128)))])
    probes = np.concatenate([probes, np.nextafter(rows[::50], np.float32(9))]).astype(np.float32)
    matches = matcher.find_best_matches(probes)
    assert len(matches) == len(probes)
    for probe, match in zip(probes, matches, strict=True):
        expected = by_brute_force(known, probe.astype(float), per_label)
        assert match.label == str(int(np.argmin(expected)))
        assert match.distance == pytest.approx(min(expected), rel=1e-12, abs=0)
        assert matcher.find_best_match(probe) == match


@pytest.mark.parametrize("per_label", ["min", "mean"])
def test_top_is_the_whole_ranking(per_label):
    rng = np.random.default_rng(2)
    known = people(rng.standard_normal((90, 16)).astype(np.float32), [3] * 30)
    matcher = FaceMatcher(known, 0, per_label)
    probe = rng.standard_normal(16).astype(np.float32)
    expected = np.array(by_brute_force(known, probe.astype(float), per_label))
    for k in (1, 5, 30, 31):
        found = matcher.top(probe, k)
        assert [match.label for match in found] == [str(i) for i in np.argsort(expected)[:k]]
        np.testing.assert_allclose([m.distance for m in found], np.sort(expected)[:k], rtol=1e-12)


def test_a_hundred_thousand_descriptors():
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((100_000, 128), dtype=np.float32)
    matcher = FaceMatcher(people(rows, [10] * 10_000), 5)
    chosen = rng.integers(0, len(rows), 50)
    probes = rows[chosen] + np.float32(1e-3) * rng.standard_normal((50, 128), dtype=np.float32)
    for i, match in zip(chosen, matcher.find_best_matches(probes), strict=True):
        assert match.label == str(i // 10)
        assert 0 < match.distance < 0.02


def test_a_batch_larger_than_one_block_agrees_with_single_probes():
    rng = np.random.default_rng(4)
    rows = rng.standard_normal((50_000, 4), dtype=np.float32)
    matcher = FaceMatcher(people(rows, [5] * 10_000), 1)
    probes = rows[:200] + np.float32(0.01)
    assert matcher.find_best_matches(probes) == [matcher.find_best_match(p) for p in probes]


def test_samples_in_another_pose_help_by_default():
    profile, frontal, stranger = [3.0, 0], [0.0, 0], [0.9, 0]
    known = [
        LabeledFaceDescriptors("Ada", [frontal, profile]),
        LabeledFaceDescriptors("Grace", [stranger]),
    ]
    assert FaceMatcher(known, 1).find_best_match([0.1, 0]).label == "Ada"
    assert FaceMatcher(known, 1, compat="face-api").find_best_match([0.1, 0]).label == "Grace"


def test_the_threshold_is_strict_and_may_be_zero():
    known = [LabeledFaceDescriptors("Ada", [[0, 0]])]
    assert FaceMatcher(known, 0.5).find_best_match([0.5, 0]) == FaceMatch("unknown", 0.5)
    assert FaceMatcher(known, 0.5000001).find_best_match([0.5, 0]) == FaceMatch("Ada", 0.5)
    assert FaceMatcher(known, 0).find_best_match([0, 0]) == FaceMatch("unknown", 0)
    other = FaceMatcher(known, 0).with_threshold(1)
    assert other.find_best_match([0, 0]) == FaceMatch("Ada", 0)
    assert other.distance_threshold == 1


@pytest.mark.parametrize("threshold", [None, -0.1, math.nan, math.inf, "0.6", True])
def test_thresholds_that_mean_nothing(threshold):
    assert code_of(FaceMatcher, [], threshold) == "threshold-invalid"


def test_ties_go_to_the_earlier_label_and_in_face_api_to_the_later():
    known = [LabeledFaceDescriptors(name, [[1.0, 0]]) for name in "abc"]
    assert FaceMatcher(known, 1).find_best_match([1, 0.5]).label == "a"
    assert FaceMatcher(known, 1, compat="face-api").find_best_match([1, 0.5]).label == "c"


def test_an_empty_gallery_knows_nobody():
    for known in ([], [LabeledFaceDescriptors("Ada", [])]):
        matcher = FaceMatcher(known, 0.6)
        match = matcher.find_best_match(np.zeros(128))
        assert (match.label, match.distance, match.matched) == ("unknown", math.inf, False)
        assert str(match) == "unknown"
        assert match.to_record() == {"label": "unknown", "distance": None}
        assert matcher.top(np.zeros(128), 3) == []
    assert code_of(FaceMatcher, [], compat="face-api") == "gallery-empty"


def test_a_label_without_descriptors_never_matches():
    known = [LabeledFaceDescriptors("Nobody", []), LabeledFaceDescriptors("Ada", [[1.0, 0]])]
    for compat in (None, "face-api"):
        assert FaceMatcher(known, 2, compat=compat).find_best_match([0, 0]).label == "Ada"


def test_no_probes_no_matches():
    matcher = FaceMatcher([LabeledFaceDescriptors("Ada", [[1.0, 0]])], 1)
    assert matcher.find_best_matches(np.empty((0, 2))) == []
    assert FaceMatcher([], 1).find_best_matches(np.empty((0, 128))) == []


def test_unlabelled_descriptors_and_faces_are_numbered():
    first, second, third = np.eye(3, dtype=np.float32)
    face = Face(Box(0, 0, 9, 9), 0.9, descriptor=second)
    matcher = FaceMatcher([first, face, third], compat="face-api")
    assert matcher.distance_threshold == 0.6
    assert [str(m) for m in matcher.find_best_matches(np.eye(3))] == [
        "person 1 (0)",
        "person 2 (0)",
        "person 3 (0)",
    ]


@pytest.mark.parametrize(
    "distance, shown",
    [(0.439, "0.43"), (0.4, "0.4"), (0.999, "0.99"), (1.0, "1"), (0.0, "0"), (1.23456, "1.23")],
)
def test_a_match_reads_as_in_face_api(distance, shown):
    assert str(FaceMatch("Ada", distance)) == f"Ada ({shown})"
    assert FaceMatch("Ada", distance).to_record() == {"label": "Ada", "distance": distance}


def test_distances_of_two_descriptors():
    assert euclidean_distance([0, 3], [4, 0]) == 5
    a, b = np.float32([0.1, 0.2]), np.float32([0.1, 0.2000001])
    assert euclidean_distance(a, b) == float(b[1]) - float(a[1])
    assert code_of(euclidean_distance, np.zeros(128), np.zeros(127)) == "descriptor-mismatch"


@pytest.mark.parametrize(
    "values, code",
    [
        ([[0.0, math.nan]], "descriptor-invalid"),
        ([[0.0, math.inf]], "descriptor-invalid"),
        ([[0.0, 1e7]], "descriptor-invalid"),
        ([["0", "1"]], "descriptor-invalid"),
        ([[True, False]], "descriptor-invalid"),
        ([[None, 1.0]], "descriptor-invalid"),
        ([[1.0, 2.0], [1.0]], "descriptor-invalid"),
        ([[[1.0]]], "descriptor-invalid"),
        ([[10**400]], "descriptor-invalid"),
        (None, "descriptor-invalid"),
    ],
)
def test_descriptors_that_are_none(values, code):
    assert code_of(LabeledFaceDescriptors, "Ada", values) == code
    matcher = FaceMatcher([LabeledFaceDescriptors("Ada", [[0.0, 1.0]])], 1)
    assert code_of(matcher.find_best_matches, values) == code


def test_descriptors_of_other_lengths_are_not_compared():
    two, three = (LabeledFaceDescriptors("Ada", np.zeros((1, n))) for n in (2, 3))
    assert code_of(FaceMatcher, [two, three], 1) == "descriptor-mismatch"
    assert code_of(FaceMatcher([two], 1).find_best_match, [0, 0, 0]) == "descriptor-mismatch"
    assert code_of(LabeledFaceDescriptors, 7, [[0.0]]) == "label-unreadable"


def test_what_a_matcher_holds_cannot_change_behind_its_back():
    rows = np.zeros((1, 2), np.float32)
    person = LabeledFaceDescriptors("Ada", rows)
    rows[:] = 5
    assert person.descriptors.tolist() == [[0, 0]]
    with pytest.raises(ValueError):
        person.descriptors[0, 0] = 1


def test_face_api_json_keeps_every_bit():
    bits = np.random.default_rng(5).integers(0, 2**32, 40_000, dtype=np.uint32)
    numbers = bits.view(np.float32)
    numbers = numbers[np.abs(numbers) < 1e6][: 128 * 100].reshape(-1, 128)
    numbers[0, 0] = -0.0
    known = [LabeledFaceDescriptors('Zoë "<b>" 🦊', numbers), LabeledFaceDescriptors("Empty", [])]
    matcher = FaceMatcher(known, 0.45)
    document = json.loads(matcher.to_json())
    assert list(document) == ["distanceThreshold", "labeledDescriptors"]
    assert list(document["labeledDescriptors"][0]) == ["label", "descriptors"]
    again = FaceMatcher.from_json(matcher.to_json())
    assert again.distance_threshold == 0.45
    assert [p.label for p in again.labeled_descriptors] == ['Zoë "<b>" 🦊', "Empty"]
    assert again.labeled_descriptors[0].descriptors.tobytes() == numbers.tobytes()
    assert again.to_json() == matcher.to_json()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"labeledDescriptors": 1}', '{"labeledDescriptors": [{"label": 1}]}']
    + ['{"labeledDescriptors": [{"label": "a", "descriptors": [["1"]]}]}'],
)
def test_face_api_json_that_is_damaged(text):
    assert code_of(FaceMatcher.from_json, text) == "gallery-unreadable"


PEOPLE = [
    LabeledFaceDescriptors("Ada", [[0.0, 0], [2, 0]]),
    LabeledFaceDescriptors("Bea", [[0.0, 3]]),
]


@pytest.mark.parametrize(
    ("per_label", "label", "distance", "margin"),
    [("min", "Ada", 1, 1), ("mean", "Ada", (1 + 5**0.5) / 2, 2 - (1 + 5**0.5) / 2)],
)
def test_the_distance_to_a_person_is_what_was_asked_for(per_label, label, distance, margin):
    match = FaceMatcher(PEOPLE, 10, per_label).find_best_match([0, 1])
    assert (match.label, match.distance) == (label, pytest.approx(distance))
    assert match.margin == pytest.approx(margin)


def test_the_centroid_is_as_long_as_the_samples():
    people = [LabeledFaceDescriptors("Ada", [[1.0, 0], [0, 1]])]
    middle = [0.5**0.5, 0.5**0.5]
    match = FaceMatcher(people, 1, "centroid").find_best_match(middle)
    assert match.distance == pytest.approx(0, abs=1e-6)
    # face-api.js has no centroids: its mode stays the mean
    mean = FaceMatcher(people, 1, "centroid", compat="face-api").find_best_match(middle)
    assert mean.distance == pytest.approx(np.hypot(1 - middle[0], middle[0]))


def test_a_face_between_two_people_is_nobodys_where_a_margin_is_asked_for():
    near_the_middle = [0, 1.4]
    assert FaceMatcher(PEOPLE, 10).find_best_match(near_the_middle).label == "Ada"
    strict = FaceMatcher(PEOPLE, 10, min_margin=0.3).find_best_match(near_the_middle)
    assert (strict.label, strict.distance) == ("unknown", pytest.approx(1.4))
    assert FaceMatcher(PEOPLE, 10, min_margin=0.1).find_best_match(near_the_middle).matched


def test_a_single_person_has_an_infinite_margin():
    alone = FaceMatcher(PEOPLE[:1], 10, min_margin=5).find_best_match([0, 1])
    assert (alone.label, alone.margin) == ("Ada", math.inf)


def test_the_top_k_tell_their_gaps():
    first, second = FaceMatcher(PEOPLE, 0.1).top([0, 1], 2)
    assert (first.label, first.margin) == ("Ada", pytest.approx(1))
    assert (second.label, second.margin) == ("Bea", math.inf)


@pytest.mark.parametrize(
    "options",
    [{"per_label": "median"}, {"compat": "dlib"}, {"min_margin": -1}, {"min_margin": math.nan}],
)
def test_bad_options_of_a_matcher_are_refused_by_name(options):
    with pytest.raises(FacesideError, match=next(iter(options))) as caught:
        FaceMatcher(PEOPLE, 1, **options)
    assert caught.value.code == "option-invalid"


@pytest.mark.parametrize("per_label", ["min", "mean", "centroid"])
def test_a_matcher_of_rows_is_that_of_people(per_label):
    rng = np.random.default_rng(5)
    counts = [3, 1, 2]
    rows = rng.standard_normal((6, 8)).astype(np.float32)
    parts = np.split(rows, [3, 4])
    people = [LabeledFaceDescriptors(*pair) for pair in zip("abc", parts, strict=True)]
    one = FaceMatcher(people, 3.0, per_label, min_margin=0.1)
    other = FaceMatcher.from_rows(["a", "b", "c"], counts, rows, 3.0, per_label, 0.1)
    probes = rng.standard_normal((20, 8)).astype(np.float32)
    assert other.find_best_matches(probes) == one.find_best_matches(probes)
    assert other.to_json() == one.to_json()
    nobody = FaceMatcher.from_rows([], [], np.empty(0, np.float32), 3.0, per_label)
    assert not nobody.find_best_match(probes[0]).matched and nobody.labeled_descriptors == ()

"""Grouping: exact average linkage on synthetic and on real descriptors, and whom to enrol."""

from functools import cache

import numpy as np
import pytest
from pictures import FACES, Clip, find_faces, mirrored_copy, open_sample, sample

from faceside.errors import FacesideError
from faceside.grouping import (
    BLOCK,
    best_first,
    distance_matrix,
    group_faces,
    grouping_threshold,
)

THRESHOLD = grouping_threshold("sface")


def plain_average_linkage(rows, threshold: float, pictures=None) -> set[frozenset]:
    """The same by its definition: join the nearest pair of all until none is near enough."""
    groups = [[i] for i in range(len(rows))]

    def gap(a, b):
        pairs = [(i, j) for i in a for j in b]
        if pictures is not None and any(pictures[i] == pictures[j] for i, j in pairs):
            return np.inf
        return np.mean([np.linalg.norm(rows[i] - rows[j]) for i, j in pairs])

    while len(groups) > 1:
        gaps = {(i, j): gap(groups[i], groups[j]) for i in range(len(groups)) for j in range(i)}
        (i, j), nearest = min(gaps.items(), key=lambda item: item[1])
        if nearest >= threshold:
            break
        groups[j] += groups.pop(i)
    return {frozenset(group) for group in groups}


def members(numbers) -> set[frozenset]:
    return {frozenset(np.flatnonzero(numbers == n).tolist()) for n in range(numbers.max() + 1)}


def blobs(counts, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """People far from each other, each with samples around; and who each row is."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(len(counts), 128))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    people = np.repeat(np.arange(len(counts)), counts)
    rows = centres[people] + rng.normal(size=(len(people), 128)) * spread / np.sqrt(128)
    order = rng.permutation(len(people))
    return rows[order], people[order]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("apart", [False, True])
def test_the_groups_are_those_of_the_definition(seed, apart):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(24, 3))
    pictures = rng.integers(0, 12, 24) if apart else None
    for threshold in (0.5, 1, 1.5, 2.5):
        found = members(group_faces(rows, threshold, pictures))
        assert found == plain_average_linkage(rows, threshold, pictures)


def test_people_far_apart_are_told_apart_and_numbered_by_size():
    rows, people = blobs([3, 40, 1, 9, 300], spread=0.5)
    numbers = group_faces(rows, 1.0)
    assert np.bincount(numbers).tolist() == [300, 40, 9, 3, 1]
    for number in range(5):
        assert len(set(people[numbers == number])) == 1


def test_faces_of_one_picture_are_never_one_person():
    rows = np.zeros((4, 128))
    assert group_faces(rows, 1.0).tolist() == [0, 0, 0, 0]
    numbers = group_faces(rows, 1.0, pictures=[7, 7, 8, 9])
    assert numbers[0] != numbers[1]
    assert len(set(numbers.tolist())) == 2


def test_a_distance_of_just_the_threshold_joins_nothing():
    assert group_faces([[0.0], [1.0]], 1.0).tolist() == [0, 1]
    assert group_faces([[0.0], [1.0]], 1.0001).tolist() == [0, 0]


def test_the_same_faces_give_the_same_groups_and_copies_are_one():
    rows = np.repeat(blobs([2, 2], spread=0.1)[0], 200, axis=0)
    first = group_faces(rows, 1.0)
    assert (first == group_faces(rows.copy(), 1.0)).all()
    assert np.bincount(first).tolist() == [400, 400]
    assert first[0] == 0


def test_nobody_and_one():
    assert group_faces(np.zeros((0, 128)), 1.0).tolist() == []
    assert group_faces(np.zeros(128), 1.0).tolist() == [0]
    with pytest.raises(FacesideError, match="not finite"):
        group_faces([[np.nan, 0.0]], 1.0)


def test_thousands_of_faces_take_seconds():
    rows, people = blobs([10] * 250, spread=0.4)
    numbers = group_faces(rows, 1.0)
    pairs = numbers[:, np.newaxis] == numbers
    assert (pairs == (people[:, np.newaxis] == people)).all()


def test_distances_are_those_of_differences():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(BLOCK + 3, 128)) + 100  # far from zero, where squares are large
    gaps = distance_matrix(rows)
    true = np.linalg.norm(rows[:, np.newaxis] - rows[np.newaxis], axis=2)
    assert (gaps == gaps.T).all()
    np.testing.assert_allclose(gaps + np.eye(len(rows)), true + np.eye(len(rows)), rtol=1e-6)
    np.testing.assert_allclose(distance_matrix(rows, rows[:2]), gaps[:, :2], atol=1e-5)


@cache
def real_faces() -> tuple[np.ndarray, np.ndarray, np.ndarray, list]:
    """Descriptors, pictures, scores and who is who, of all samples, of copies of them mirrored and
    made smaller, and of two frames of the clip."""
    descriptors, pictures, scores, people = [], [], [], []
    looked_at = [(sample(n), n, None) for n in FACES]
    looked_at += [(mirrored_copy(n, 1000), n, 1000) for n in FACES]
    for picture, (source, number, width) in enumerate(looked_at):
        faces = find_faces(source)
        image = open_sample(number, width)
        for face, (x, y, w, h) in enumerate(faces.boxes.tolist()):
            middle = (x + w / 2) / image.width
            people.append((number, 1 - middle if width else middle, (y + h / 2) / image.height))
            descriptors.append(faces.descriptors[face])
            pictures.append(picture)
            scores.append(faces.scores[face])
    return np.array(descriptors), np.array(pictures), np.array(scores), people


def test_real_faces_are_grouped_with_their_copies_and_other_photos():
    descriptors, pictures, _, people = real_faces()
    numbers = group_faces(descriptors, THRESHOLD, pictures)
    sizes = np.bincount(numbers).tolist()
    assert sizes == [4, 4] + [2] * (sum(FACES.values()) - 4)  # two people are in two photos
    for number, size in enumerate(sizes):
        faces = [people[i] for i in np.flatnonzero(numbers == number)]
        copies = faces[size // 2 :]  # the mirrored ones, in the same order
        for one, other in zip(faces, copies, strict=False):
            assert one == pytest.approx(other, abs=0.02)
    assert {p[0] for i, p in enumerate(people) if numbers[i] == 0} == {1, 4}
    assert {p[0] for i, p in enumerate(people) if numbers[i] == 1} == {1, 3}


def test_the_best_faces_come_first_and_copies_last_or_not_at_all():
    rows = np.array([[0.0, 0], [0, 0], [3, 0], [0, 1]])
    assert best_first(rows, [0.9, 1, 0.8, 0.7], limit=2).tolist() == [1, 2]
    assert best_first(rows, [0.9, 1, 0.8, 0.7], limit=9).tolist() == [1, 2, 3]
    assert best_first(rows[:0], [], limit=3).tolist() == []


def test_frames_of_a_clip_are_two_people():
    frames = [find_faces(np.asarray(Clip.still(shift))) for shift in ((0, 0), (4, 0), (0, 4))]
    descriptors = np.concatenate([faces.descriptors for faces in frames])
    pictures = np.repeat(np.arange(3), [len(faces) for faces in frames])
    assert np.bincount(group_faces(descriptors, THRESHOLD, pictures)).tolist() == [3, 3]

"""Nets that are asked for several pictures at the same time."""

import asyncio

import numpy as np
import pytest

from faceside.batch.joined import MOST_ROWS, JoinedSession
from faceside.cards import cards_of
from faceside.runtime.native import NativeRuntime


class Counted:
    """A session that notes how many rows each of its runs has."""

    def __init__(self, session):
        self.session, self.rows = session, []

    async def run(self, inputs):
        self.rows.append(len(inputs["image"]))
        return await self.session.run(inputs)


def asked(name: str, *inputs: np.ndarray):
    """What each input is answered, how many rows the runs had, and what the first gets alone."""

    async def ask():
        session = Counted(await NativeRuntime(threads=1).open(cards_of(name)[0]))
        joined = JoinedSession(session)
        runs = [joined.run({"image": each}) for each in inputs]
        answers = await asyncio.gather(*runs, return_exceptions=True)
        rows = session.rows.copy()
        alone = await session.session.run({"image": inputs[0]})
        return answers, rows, alone

    return asyncio.run(ask())


def squares(count: int, *size: int) -> np.ndarray:
    random = np.random.default_rng(count)
    return random.integers(0, 256, (count, *(size or (112, 112)), 3), np.uint8)


def test_inputs_of_one_shape_share_a_run_and_each_gets_its_own():
    inputs = squares(3), squares(1), squares(2)
    answers, rows, first = asked("landmarks68", *inputs)
    assert rows == [6]
    assert [len(answer["landmarks"]) for answer in answers] == [3, 1, 2]
    np.testing.assert_allclose(answers[0]["landmarks"], first["landmarks"], atol=1e-4)
    assert np.abs(answers[1]["landmarks"] - answers[2]["landmarks"][:1]).max() > 1e-3


def test_inputs_of_other_shapes_have_their_own_run():
    wide, high = squares(1, 64, 96), squares(1, 96, 64)
    answers, rows, first = asked("yunet", wide, high, wide)
    assert sorted(rows) == [1, 2]
    for answer in (answers[0], answers[2]):
        np.testing.assert_allclose(answer["bbox"], first["bbox"], atol=1e-4)


def test_no_run_has_too_many_rows_but_for_one_who_asks_for_them():
    few, many = squares(MOST_ROWS // 2), squares(MOST_ROWS + 1)
    _, rows, _ = asked("landmarks68_tiny", few, few, few, many)
    assert rows == [MOST_ROWS, MOST_ROWS // 2, MOST_ROWS + 1]


def test_one_that_fails_fails_alone():
    answers, _, _ = asked("landmarks68", squares(1), squares(1).astype(np.float32), squares(2))
    assert isinstance(answers[1], Exception)
    assert [len(answers[index]["landmarks"]) for index in (0, 2)] == [1, 2]


@pytest.mark.parametrize("name", ["sface", "dlib_resnet"])
def test_descriptors_are_the_same_alone_and_together(name):
    side = 112 if name == "sface" else 150
    inputs = [squares(1, side, side), squares(2, side, side), squares(3, side, side)]
    answers, rows, alone = asked(name, *inputs)
    ours, theirs = answers[0]["descriptor"][0], alone["descriptor"][0]
    assert rows == [6]
    assert np.linalg.norm(ours - theirs) < 1e-4 * np.linalg.norm(theirs)

"""Enrolments that are asked after, by the engine that took the place of another one."""

import asyncio

import numpy as np
import pytest

from engine.enrolling import answer_of, keep
from faceside.errors import FacesideError
from faceside.gallery import Gallery, Sample
from faceside.stores.json_file import JsonFileStore

ASKED = 1795941735.253123  # seconds since 1970


def sample(seed: int, label: str = "Ada") -> Sample:
    row = np.random.default_rng(seed).standard_normal(128).astype(np.float32)
    return Sample(label, row, "sface")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "people.json"


def test_the_next_engine_gives_the_answer_that_was_lost(path):
    first = Gallery(JsonFileStore(path))
    asyncio.run(keep(first, ASKED - 1, "Ada", [sample(0)]))
    answer = asyncio.run(keep(first, ASKED, "Ada", [sample(1), sample(2)]))
    assert answer == {"label": "Ada", "samples": 3, "added": 2}
    after = Gallery(JsonFileStore(path))
    assert asyncio.run(answer_of(after, ASKED, " Ada ")) == answer


def test_what_was_not_kept_is_told_from_what_else_was(path):
    first = Gallery(JsonFileStore(path))
    asyncio.run(keep(first, ASKED, "Ada", [sample(0)]))
    asyncio.run(keep(first, ASKED + 1e-3, "Grace", [sample(1, "Grace")]))
    after = Gallery(JsonFileStore(path))
    for asked, label, samples in [
        (ASKED + 1e-6, "Ada", 1),
        (ASKED, "Grace", 1),
        (ASKED, "Hedy", 0),
    ]:
        answer = asyncio.run(answer_of(after, asked, label))
        assert answer == {"label": label, "samples": samples, "added": 0}


def test_all_samples_are_kept_or_none(path):
    gallery = Gallery(JsonFileStore(path))
    short = Sample("Ada", np.ones(3, np.float32), "sface")
    with pytest.raises(FacesideError) as caught:
        asyncio.run(keep(gallery, ASKED, "Ada", [sample(0), short]))
    assert caught.value.code == "descriptor-mismatch"
    assert asyncio.run(answer_of(gallery, ASKED, "Ada"))["added"] == 0

"""Nets asked at the same time for several pictures, each run once for all of them.

What each picture's task does between two nets is a few milliseconds of Python that find neither
code nor data in the processor's caches after a net has run; in turns of several pictures they do.
A GPU is only kept busy by many faces at a time.
"""

import asyncio
from itertools import groupby

import numpy as np

from ..cards import Card
from ..runtime import Runtime, Session

MOST_ROWS = 32  # faces or pictures in one run: the memory that a net takes grows with them


class JoinedRuntime:
    """Opens models whose runs are joined.

    Args:
        runtime: what opens the models.
    """

    def __init__(self, runtime: Runtime):
        self.runtime = runtime

    async def open(self, card: Card) -> "JoinedSession":
        """Load and check the model of a card."""
        return JoinedSession(await self.runtime.open(card))


class JoinedSession:
    """A model that answers all who wait for it at once, in as few runs as their shapes allow.

    Args:
        session: the model; the first dimension of its inputs and outputs counts pictures or faces.
    """

    def __init__(self, session: Session):
        self.session = session
        self._waiting: list[tuple[dict[str, np.ndarray], asyncio.Future]] = []

    async def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all outputs, by name, from arrays by name."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((inputs, answer))
        if len(self._waiting) == 1:
            await asyncio.sleep(0)  # until everyone else has come as far
            await self._answer_all()
        return await answer

    async def close(self) -> None:
        """Give its memory back."""
        await self.session.close()

    async def _answer_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        for _, alike in groupby(sorted(waiting, key=_shape), key=_shape):
            for joined in _runs(list(alike)):
                await self._answer(joined)

    async def _answer(self, joined: list) -> None:
        try:
            outputs = await self._run([inputs for inputs, _ in joined])
        except Exception as error:
            if len(joined) > 1:  # whoever it was: the others are not to suffer for it
                for each in joined:
                    await self._answer([each])
            else:
                joined[0][1].set_exception(error)
            return
        for (_, answer), output in zip(joined, outputs, strict=True):
            answer.set_result(output)

    async def _run(self, inputs: list[dict[str, np.ndarray]]) -> list[dict[str, np.ndarray]]:
        names = list(inputs[0])
        whole = {name: np.concatenate([each[name] for each in inputs]) for name in names}
        outputs = await self.session.run(whole)
        ends = np.cumsum([len(each[names[0]]) for each in inputs])[:-1]
        parts = {name: np.split(values, ends) for name, values in outputs.items()}
        return [{name: parts[name][index] for name in parts} for index in range(len(inputs))]


def _shape(asked: tuple) -> list:
    return [(name, array.shape[1:]) for name, array in asked[0].items()]


def _runs(alike: list) -> list[list]:
    """Those with inputs of one shape in runs of MOST_ROWS rows, or of one of them that has more."""
    runs, rows = [], MOST_ROWS
    for asked in alike:
        more = len(next(iter(asked[0].values())))
        if rows + more > MOST_ROWS:
            runs.append([])
            rows = 0
        runs[-1].append(asked)
        rows += more
    return runs

"""Pictures that take turns: all of them come to a net before any of them goes on after it.

What a picture's task does between two nets are milliseconds of Python, which finds neither its code
nor its data in the processor's caches after a net has run; in turns of several pictures it does. To
run the nets themselves on several pictures at once is slower: caches cannot hold what they need.
"""

import asyncio

import numpy as np

from ..cards import Card
from ..runtime import Runtime, Session


class TurnsRuntime:
    """Opens models whose callers take turns.

    Args:
        runtime: what opens the models.
    """

    def __init__(self, runtime: Runtime):
        self.runtime = runtime

    async def open(self, card: Card) -> "TurnsSession":
        """Load and check the model of a card."""
        return TurnsSession(await self.runtime.open(card))


class TurnsSession:
    """A model that runs when all other tasks of the loop wait for one as well.

    Args:
        session: the model.
    """

    def __init__(self, session: Session):
        self.session = session

    async def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute all outputs, by name, from arrays by name."""
        await asyncio.sleep(0)  # until all others have come as far
        outputs = await self.session.run(inputs)
        await asyncio.sleep(0)  # until all others have been answered
        return outputs

    async def close(self) -> None:
        """Give its memory back."""
        await self.session.close()

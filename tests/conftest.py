"""For all tests: the quick ones in this Python first, those in the browser last."""

from pathlib import Path

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: BROWSER in item.path.parents)

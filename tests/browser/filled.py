"""The page as it looks in use: photos shown, people kept, the camera on."""

import re

from driver import App
from pictures import ROOT, sample
from playwright.sync_api import expect

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-" * 2 + "Bartholomew Maximilian"
# Read here and not from the page: tests are named by them before there is one.
VIEWS = re.findall(r'<a [^>]*data-view="(\w+)"', (ROOT / "index.html").read_text("utf-8"))


def fill(app: App) -> App:
    """Show two photos, name two of their people, one of them at length, and start the camera."""
    app.reset()
    card, _ = app.choose(sample(6), sample(1))
    for number, name in enumerate(("Ada Lovelace", LONG_NAME)):
        app.add_person(card.locator("li.face-row").nth(number), name)
    app.show("live")
    app.locate("#camera-start").click()
    expect(app.locate("#seen-list li")).to_have_count(2)
    return app

"""Whether somebody has agreed to be kept: asked at enrolment where the privacy view says so."""

from pyscript.ffi import to_js

import stored
import texts
from days import today
from dom import by_id, make, on, show
from worker import call

KEPT = "consent"  # of the Web Storage
LONGEST = "200"  # characters of what was agreed


def is_asked():
    return bool(stored.recall_view(KEPT).get("ask"))


class Ask:
    """The setting."""

    def __init__(self):
        self.box = by_id("consent-ask")
        self.box.checked = is_asked()
        on(self.box, "change", lambda event: stored.keep_view(KEPT, {"ask": self.box.checked}))


class Consent:
    """The question within a form, before its `place`; there while it is asked."""

    def __init__(self, place):
        self._place = place
        self._element = self._box = self._note = None

    def begin(self, terms=None):
        """Ask anew, or no longer; `terms` are an answer given before."""
        self.end()
        if not is_asked():
            return
        self._element = make("div", class_="consent stack")
        self._place.before(self._element)
        label = make("label", parent=self._element, class_="check")
        self._box = make("input", parent=label, type="checkbox", data_consent="")
        make("span", texts.THEY_AGREED, label)
        field = make("label", parent=self._element, class_="field")
        make("span", texts.WHAT_WAS_AGREED, field)
        self._note = make("input", parent=field, type="text", maxlength=LONGEST, autocomplete="off")
        if terms:
            self._box.checked, self._note.value = True, terms["agreement"]
        show(field, bool(terms))
        on(self._box, "change", lambda event: show(field, self._box.checked))

    def end(self):
        """Take the question away, with what was typed."""
        if self._element:
            self._element.remove()
            self._element = None

    def answer(self):
        """The terms that were agreed to; None where nobody has."""
        if self._element and self._box.checked:
            return {"agreed": today(), "agreement": self._note.value}

    async def keep(self, label):
        """Keep with the person what was answered."""
        await keep(label, self.answer())


async def keep(label, terms):
    """Keep an answer with a person."""
    if terms:
        await call("set_terms", label, to_js(terms))

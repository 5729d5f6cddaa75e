"""One photo of this visit: its file, what was found in it, and how far the work is."""

import texts
from faces import faces_of
from worker import FacesideError, call

_next = 0


def next_number():
    """A number for a picture of the engine's album, never used before."""
    global _next
    _next += 1
    return _next


class Photo:
    """A photo; `state` is waiting, working, done or failed, `stale` if it is to be looked at again.

    The preview is a Blob, which takes no memory of the page until it is shown.
    """

    def __init__(self, file, name):
        self.number = next_number()
        self.file, self.name = file, name
        self.state, self.fault, self.preview = "waiting", None, None
        self.stale = self.removed = False
        self.faces = []
        self.width = self.height = 1

    def is_pending(self):
        return self.state in ("waiting", "working") or self.stale

    async def work(self, run_is_wanted):
        """Find and name the faces; what comes when it is no longer wanted is thrown away."""

        def is_wanted():
            return run_is_wanted() and not self.removed

        self.stale = False
        if self.state == "waiting":
            self.state = "working"
        try:
            answer = await call("look", self.number, self.file, self.preview is None)
        except FacesideError as fault:
            if is_wanted():
                self.state, self.fault, self.faces = "failed", fault, []
            return
        if not is_wanted():
            return
        self.faces = faces_of(answer.faces)
        if self.preview is None:
            self.preview = answer.preview
            self.width, self.height = answer.width, answer.height
        self.state, self.fault = "done", None

    def put_back(self):
        """Have a photo whose work was abandoned wait again."""
        if self.state == "working":
            self.state = "waiting"

    def forget(self):
        """Have it wait again, with nothing known of it."""
        self.faces, self.stale = [], False
        if self.state != "failed":
            self.state = "waiting"

    def rename(self, matches):
        """Take over who the faces are: (label, distance) each."""
        for face, (label, distance) in zip(self.faces, matches):
            face.label = "" if label == "unknown" else label
            face.distance = distance

    def note(self):
        if self.state == "failed":
            return self.fault.message
        if self.state == "done":
            known = sum(1 for face in self.faces if face.label)
            return texts.faces_known(len(self.faces), known)
        return texts.WORKING if self.state == "working" else texts.WAITING

    def suits(self, wanted):
        """Whether the filter shows it: "all", "unknown", "none", "failed" or "name:…"."""
        if wanted == "all":
            return True
        if wanted == "failed":
            return self.state == "failed"
        if self.state != "done":
            return False
        if wanted == "none":
            return not self.faces
        label = "" if wanted == "unknown" else wanted[len("name:") :]
        return any(face.label == label for face in self.faces)

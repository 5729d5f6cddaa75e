"""The live view: who is in the camera's picture, and adding those who are not known.

The still of the latest answer is kept for every face, so that enrolling uses the very picture a
person saw.
"""

import dialogs
import messages
import texts
from dom import by_id
from faces import box_record, draw_crop
from guided import Guided
from presence import Presence
from seen import Seen
from worker import call


class Live:
    """Watches the stage; see stage.py."""

    def __init__(self, stage):
        self.stage = stage
        self.seen = Seen(self._on_add)
        self.lent = None
        stage.overlay.on_drawn = self.seen.place
        self.presence = Presence(stage)
        self.guided = Guided(stage, lambda: stage.watch(self))
        stage.watch(self)

    def open(self):
        self.stage.show_in(by_id("live"), self)

    async def ask(self, still):
        return await call("frame", still.picture)

    def show(self, faces, still, answer):
        self.seen.update(faces, still)
        self.presence.show(faces, answer)

    def stills(self):
        return self.seen.stills() + [self.lent]

    def marked(self):
        return self.seen.marked.face if self.seen.marked else None

    def clear(self, sentence):
        self.seen.clear(sentence)

    def leave(self):
        self.presence.close()
        self.seen.clear("")

    def _on_add(self, row):
        still, box = row.still, row.face.box
        self.lent = still

        async def submit(name, insist):
            answer = await call("enroll", name, still.picture, box_record(box), insist)
            messages.success(texts.enrolled(answer.label, answer.samples))
            row.name(answer.label)

        def closed():
            self.lent = None
            self.stage.release_stills()

        def draw(canvas):
            draw_crop(canvas, still.picture, box)

        dialogs.ask_name(draw, submit, closed, by_id("seen-title").focus)

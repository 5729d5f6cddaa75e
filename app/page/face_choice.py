"""What to do about a picture that could not be added by itself: choose a face, or insist."""

import js

import texts
from dialogs import QUALITY
from dom import button, make, on, revoke
from messages import spawn
from worker import FacesideError, call


class FaceChoice:
    """The buttons for one picture: one a face where several are seen, or "Add anyway".

    `tell(sentence)` says what is wanted, `done(answer)` is called once the picture is added. Taking
    `place` out of the page ends it.
    """

    def __init__(self, label, picture, place, tell, done):
        self.label, self.picture, self.place = label, picture, place
        self._tell, self._done = tell, done
        self.busy = False

    async def offer(self, fault, box=None, focus=True):
        """Say what is wrong and offer what can be done; the focus goes to the first button."""
        if not self.place.isConnected:
            return
        self.place.replaceChildren()
        if fault.code == "several-faces":
            await self._offer_faces()
            self._tell(texts.CHOOSE_FACE)
        else:
            self._tell(fault.message)
            if fault.code in QUALITY:
                self._button(texts.ADD_ANYWAY, box, True)
        if focus and self.place.firstElementChild:
            self.place.firstElementChild.focus()

    async def _offer_faces(self):
        faces = list(await call("faces_to_choose", self.picture))
        for number, face in enumerate(faces):
            name = texts.choose_face(number + 1, len(faces))
            choice = self._button(None, face.box, False, class_="face-choice", aria_label=name)
            url = js.URL.createObjectURL(face.photo)
            image = make("img", parent=choice, class_="crop large", alt="")
            on(image, "load", lambda event, url=url: revoke(url))
            image.src = url

    def _button(self, text, box, insist, **attributes):
        return button(text, lambda event: spawn(self._add(box, insist)), self.place, **attributes)

    async def _add(self, box, insist):
        if self.busy:
            return
        self.busy = True
        try:
            answer = await call("enroll", self.label, self.picture, box, insist)
        except FacesideError as fault:
            await self.offer(fault, box)
            return
        finally:
            self.busy = False
        self._done(answer)

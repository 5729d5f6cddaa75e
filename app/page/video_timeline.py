"""Who appears when in a video: a row a person, a bar a span of time; a bar leads to its moment."""

import json

import js

import texts
from dom import button, make, show
from photo_groups import show_blob
from worker import call


class VideoTimeline:
    """The rows under a video; `on_name(faces, image)` when a person asks to name an unknown one."""

    def __init__(self, parent, video, on_name):
        self.video, self._on_name = video, on_name
        self.people = []
        self.element = make("ul", parent=parent, class_="video-timeline", aria_label=texts.TIMELINE)
        self.clear()

    def clear(self):
        self.people = []
        self.element.replaceChildren()
        show(self.element, False)

    async def show(self, people, duration):
        """Show people {label, faces, spans}, spans in seconds of the whole duration."""
        best = js.JSON.parse(json.dumps([person["faces"][0] for person in people]))
        heads = list(await call("portraits", best)) if people else []
        self.clear()
        self.people = people
        strangers = 0
        for person, head in zip(people, heads):
            label = person["label"]
            if not label:
                strangers += 1
            name = label or texts.unknown_number(strangers)
            self._row(person, name, head, duration)
        show(self.element, bool(people))

    def _row(self, person, name, head, duration):
        row = make("li", parent=self.element, data_label=person["label"])
        image = make("img", parent=row, class_="crop", alt="", width="48", height="48")
        show_blob(image, head)
        words = make("div", parent=row, class_="words")
        make("span", name, words, class_="name", dir="auto")
        seconds = sum(end - start for start, end in person["spans"])
        make("span", texts.seen_for(seconds, len(person["spans"])), words, class_="muted")
        if not person["label"]:
            button(
                texts.NAME_GROUP,
                lambda event: self._on_name(person["faces"], image),
                row,
                aria_label=texts.name_person(name),
            )
        track = make("div", parent=row, class_="track")
        for start, end in person["spans"]:
            self._bar(track, name, start, end, duration)

    def _bar(self, track, name, start, end, duration):
        def seek(event):
            self.video.currentTime = start

        bar = button(None, seek, track, class_="bar", aria_label=texts.span(name, start, end))
        bar.title = texts.span(name, start, end)
        bar.style.setProperty("left", f"{100 * start / duration:.3f}%")
        bar.style.setProperty("width", f"{100 * (end - start) / duration:.3f}%")

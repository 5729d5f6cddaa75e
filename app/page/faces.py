"""Faces as the engine reports them, and what every view shows of one: crop, name, distance."""

import js

import texts
from dom import field, make

CROP_MARGIN = 0.25  # of the box's longer side, on every side


class Face:
    """One face: box (x, y, width, height) in pixels, track number or 0, `present`: for how
    many seconds it still counts as present, 0 for not, whether it was compared
    with the people kept, label ("" for unknown), distance or None; what is not switched on is
    empty: landmarks as (x, y), expressions as (name, probability), the likeliest first, age in
    years, gender with its probability."""

    def __init__(self, record):
        box = record.box
        self.box = (box.x, box.y, box.width, box.height)
        self.track = field(record, "track", 0)
        self.present = field(record, "present", 0)
        match = field(record, "match")
        self.compared = match is not None
        label = field(match, "label", "unknown") if match else "unknown"
        self.label = "" if label == "unknown" else label
        self.distance = field(match, "distance") if match else None
        self.landmarks = [(point[0], point[1]) for point in field(record, "landmarks", ())]
        self.expressions = _likeliest_first(field(record, "expressions"))
        self.age, self.gender = field(record, "age"), field(record, "gender")
        self.gender_probability = field(record, "genderProbability")

    def centre(self):
        x, y, width, height = self.box
        return x + width / 2, y + height / 2


def _likeliest_first(expressions):
    if expressions is None:
        return []
    pairs = [(name, getattr(expressions, name)) for name in js.Object.keys(expressions)]
    return sorted(pairs, key=lambda pair: -pair[1])


def faces_of(records):
    return [Face(record) for record in records]


def box_record(box):
    """A box as the engine wants it."""
    record = js.Object.new()
    record.x, record.y, record.width, record.height = box
    return record


def draw_crop(canvas, picture, box, scale=1):
    """Draw the square around `box` of `picture` (pixels = box * scale) into `canvas`."""
    x, y, width, height = box
    side = max(width, height) * (1 + 2 * CROP_MARGIN) * scale
    left = (x + width / 2) * scale - side / 2
    top = (y + height / 2) * scale - side / 2
    context = canvas.getContext("2d")
    context.clearRect(0, 0, canvas.width, canvas.height)
    context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height)


def words_of(face):
    """What is written of a face: name, distance, traits, and whether it is present."""
    return face.label, texts.facts(face), texts.traits(face), bool(face.present)


def label_of(element, face):
    """Write a face's name, distance, traits and state into a row made with `row`."""
    label, facts, traits, present = words_of(face)
    element.querySelector(".name").textContent = label or texts.UNKNOWN
    element.querySelector(".distance").textContent = facts
    element.querySelector(".traits").textContent = "\n".join(traits)
    element.setAttribute("data-label", label)
    element.setAttribute("data-present", "true" if present else "false")
    element.setAttribute("data-known", "true" if label else "false")


def row(parent, number, crop_size=96):
    """An empty row of a list of faces: crop, name, distance, traits."""
    element = make("li", parent=parent, data_face=str(number), class_="face-row")
    make(
        "canvas",
        parent=element,
        class_="crop",
        width=str(crop_size),
        height=str(crop_size),
        aria_hidden="true",
    )
    words = make("div", parent=element, class_="words")
    make("span", parent=words, class_="name", dir="auto")
    make("span", parent=words, class_="distance muted")
    make("span", parent=words, class_="traits muted")
    return element

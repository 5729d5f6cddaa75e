"""Enrolments that can be asked after: what is kept is dated with the moment at which the page asked
for it, which no other enrolment has. So where a worker ends before its answer has arrived, the next
one can tell what has become of it."""

from faceside.gallery import Gallery
from faceside.labels import check_label
from faceside.samples import Sample


async def keep(gallery: Gallery, asked: float, label: str, samples: list[Sample]) -> dict:
    """Keep samples of one person, all or none; the answer to the page."""
    await gallery.enroll_many([sample.altered(created=asked) for sample in samples])
    return await answer_of(gallery, asked, label)


async def answer_of(gallery: Gallery, asked: float, label: str) -> dict:
    """The answer to what was asked for at a moment, in seconds since 1970-01-01 UTC: how many
    ``samples`` there are of the person, and how many of them were ``added`` by it."""
    label = check_label(label)
    people = [person for person in await gallery.people() if person.label == label]
    created = [sample.created for person in people for sample in person.samples]
    return {"label": label, "samples": len(created), "added": created.count(asked)}

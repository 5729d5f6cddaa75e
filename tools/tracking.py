"""Measures how well faces are followed in films: `python -m tools.tracking FILM…`.

Each frame's faces are found, described and, over the whole film, grouped into people: that is what
the tracker, which describes few faces, is held against. What is printed is explained in
docs/tracking.md. The films are played in Chromium, so it takes whatever that plays.
"""

import argparse
import asyncio
import base64
import io
import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from faceside import Faces, detect_all_faces
from faceside.cards import all_cards
from faceside.grouping import group_faces, grouping_threshold
from faceside.smoothing import Smoother
from faceside.tracking import Tracker
from tools.chromium import find_browser
from tools.problem import Problem, guarded

RATE = 12.5  # frames a second, as a laptop works on them
LEAST = 0.05  # of the frames in which somebody is to be seen, to count as a person
STILL = 0.1  # face sizes a second; a face that goes slower is at rest
HIDDEN, HIDDEN_EVERY = 0.6, 5.0  # seconds; where faces are hidden to see if they are found again
OPEN = """async () => {
  window.video = document.createElement("video");
  video.muted = true;
  video.src = URL.createObjectURL(document.querySelector("input").files[0]);
  const loaded = await new Promise((done) => {
    video.onloadeddata = () => done(true);
    video.onerror = () => done(false);
  });
  window.canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  return loaded ? video.duration : 0;
}"""
# A film may tell that it has sought before the frame is there to be drawn.
FRAME = """async (time) => {
  const shown = new Promise((done) => video.requestVideoFrameCallback(done));
  video.currentTime = time;
  await new Promise((done) => (video.onseeked = done));
  await Promise.race([shown, new Promise((done) => setTimeout(done, 200))]);
  canvas.getContext("2d").drawImage(video, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}"""


@dataclass(frozen=True)
class Look:
    """One frame: its time in seconds, its faces with landmarks and descriptors, and who they are,
    ``(n,)`` numbers of people, -1 for those who hardly appear."""

    time: float
    faces: Faces
    people: np.ndarray


def read_frames(film: Path, rate: float):
    """Time and pixels of the frames of a film, so many a second."""
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        page = browser.new_page()
        page.set_content("<input type=file>")
        page.set_input_files("input", film)
        duration = page.evaluate(OPEN)
        if not duration:
            raise Problem("film-unreadable", f"{film} cannot be played: choose MP4 or WebM.")
        frames = []
        for time in np.arange(0.5 / rate, duration, 1 / rate).tolist():
            data = base64.b64decode(page.evaluate(FRAME, time))
            frames.append((time, np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))))
        browser.close()
    return frames


async def look_through(film: Path, rate: float) -> list[Look]:
    """Everything that can be seen in a film."""
    frames = await asyncio.to_thread(read_frames, film, rate)
    found = [
        (time, await detect_all_faces(pixels).with_landmarks().with_descriptors())
        for time, pixels in frames
    ]
    counts = [len(faces) for _, faces in found]
    descriptors = np.concatenate([faces.descriptors for _, faces in found if len(faces)])
    frame_of = np.repeat(np.arange(len(found)), counts)
    groups = group_faces(descriptors, grouping_threshold("sface"), frame_of)
    groups[np.bincount(groups)[groups] < LEAST * len(found)] = -1
    parts = np.split(groups, np.cumsum(counts)[:-1])
    return [Look(*row, people) for row, people in zip(found, parts, strict=True)]


@dataclass
class Followed:
    """What the tracker made of a film, face by face in the order of time.

    Attributes:
        tracks: by person, the track numbers of their faces.
        places: by track, (time, size, box, landmarks, smoothed box, smoothed landmarks).
        named: by person, whether each face was named rightly by its track.
        alone: the same by the descriptor of the face alone.
        faces, described: how many there were, and how many the tracker asked to be described.
    """

    tracks: dict
    places: dict
    named: dict
    alone: dict
    faces: int = 0
    described: int = 0


def follow(looks: list[Look], hide: bool = False) -> Followed:
    """Go through a film as the live view does; `hide` takes all faces away now and then."""
    samples = _samples(looks)
    tracker, smoother = Tracker(), Smoother()
    out = Followed(*(defaultdict(list) for _ in range(4)))
    for look in looks:
        if hide and look.time % HIDDEN_EVERY > HIDDEN_EVERY - HIDDEN:
            tracker.follow(np.zeros((0, 4)), look.time)
            continue
        faces = look.faces
        numbers = tracker.follow(faces.boxes, look.time, faces.keypoints)
        due = tracker.due(numbers, look.time)
        if due.any():
            tracker.learn(numbers[due], faces.descriptors[due], look.time)
        if not len(faces):
            continue
        shown = smoother.follow(numbers, faces, look.time)
        out.faces, out.described = out.faces + len(faces), out.described + int(due.sum())
        by_track = _named(tracker.descriptors(numbers), samples)
        by_face = _named(faces.descriptors, samples)
        sizes = np.sqrt(faces.boxes[:, 2:].prod(axis=1))
        for i, (person, number) in enumerate(zip(look.people, numbers, strict=True)):
            places = [shape[i].ravel()[:8] for shape in (faces.boxes, faces.landmarks)]
            places += [shape[i].ravel()[:8] for shape in (shown.boxes, shown.landmarks)]
            out.places[number].append((look.time, sizes[i], *places))
            if person >= 0:
                out.tracks[person].append(number)
                out.named[person].append(by_track[i] == person)
                out.alone[person].append(by_face[i] == person)
    return out


def _samples(looks: list[Look]) -> dict[int, np.ndarray]:
    """A descriptor of each person: of the face that was found with the highest score."""
    best = {}
    for look in looks:
        for i, person in enumerate(look.people.tolist()):
            score = look.faces.scores[i]
            if person >= 0 and score > best.get(person, (0,))[0]:
                best[person] = (score, look.faces.descriptors[i])
    return {person: descriptor for person, (_, descriptor) in best.items()}


def _named(descriptors: np.ndarray, samples: dict) -> list[int]:
    """The person whose sample is nearest, within the threshold; -1 for nobody."""
    people, known = list(samples), np.array(list(samples.values()))
    gaps = np.linalg.norm(descriptors[:, np.newaxis] - known, axis=2)
    near = gaps.min(axis=1) < all_cards()["sface"].distance_threshold
    return [people[j] if ok else -1 for j, ok in zip(gaps.argmin(axis=1), near, strict=True)]


def steadiness(out: Followed) -> dict[str, tuple[float, float, float, float]]:
    """For boxes and landmarks: trembling at rest before and after smoothing, in parts of a face,
    the lag in seconds, and the distance 95 in 100 faces are drawn within, in parts of a face."""
    rows = {"boxes": [], "landmarks": []}
    for track in out.places.values():
        if len(track) < 25:
            continue
        times, sizes = (np.array([row[i] for row in track]) for i in (0, 1))
        for name, raw, shown in (("boxes", 2, 4), ("landmarks", 3, 5)):
            before, after = (np.array([row[i] for row in track], float) for i in (raw, shown))
            size = np.median(sizes)
            speed = np.linalg.norm(np.gradient(after[:, :2], times, axis=0), axis=1) / size
            rest = (speed < STILL)[1:-1]
            tremble = [np.diff(values, 2, axis=0)[rest] / size for values in (before, after)]
            gap = np.percentile(abs(before - after) / size, 95)
            rows[name].append((len(track), *tremble, _lag(times, before, after), gap))
    return {name: _mean(tracks) for name, tracks in rows.items() if tracks}


def _mean(tracks: list) -> tuple[float, float, float, float]:
    lengths = [track[0] for track in tracks]
    tremble = [np.sqrt(np.square(np.concatenate([t[i] for t in tracks])).mean()) for i in (1, 2)]
    rest = [np.average([track[i] for track in tracks], weights=lengths) for i in (3, 4)]
    return (*tremble, *rest)


def _lag(times: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    """Seconds by which the smoothed places are best explained as the ones of before."""
    delays = np.arange(0, 0.3, 0.005)

    def error(delay):
        earlier = [np.interp(times - delay, times, column) for column in before.T]
        return np.square(np.array(earlier).T - after)[2:].mean()

    return float(delays[np.argmin([error(delay) for delay in delays])])


def report(name: str, looks: list[Look]) -> str:
    out, hidden = follow(looks), follow(looks, hide=True)
    people = sorted(out.tracks)
    changes = {p: int(np.count_nonzero(np.diff(out.tracks[p]))) for p in people}
    counts = Counter(len(set(out.tracks[p])) for p in people)
    shares = [np.mean(np.concatenate([part[p] for p in people])) for part in (out.named, out.alone)]
    lines = [
        f"{name}: {len(looks)} frames, {out.faces} faces, {len(people)} people",
        f"  people by their number of tracks      {dict(sorted(counts.items()))}",
        f"  changes of number, all people         {sum(changes.values())}",
        f"  tracks, and with faces hidden         {len(out.places)}, {len(hidden.places)}",
        f"  faces named rightly, by track, alone  {shares[0]:.1%}, {shares[1]:.1%}",
        f"  faces described                       {out.described / out.faces:.1%}",
    ]
    for shape, (before, after, lag, gap) in steadiness(out).items():
        lines.append(
            f"  {shape + ':':11}trembling at rest {before:.2%} to {after:.2%} of a face, "
            f"lag {1000 * lag:.0f} ms, 95 in 100 within {gap:.1%}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", nargs="+", type=Path, metavar="FILM")
    parser.add_argument("--rate", type=float, default=RATE, help="frames a second looked at")
    options = parser.parse_args()
    for film in options.films:
        if not film.exists():
            raise Problem("no-film", f"There is no {film}: check the path.")
        print(report(film.name, asyncio.run(look_through(film, options.rate))), flush=True)


if __name__ == "__main__":
    guarded(main)

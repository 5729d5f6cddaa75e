"""Measures the check of presence: `python -m tools.liveness ../shared/data`.

Photos of `lfw/` are held before a simulated camera (tools.held_photo) in the ways that somebody
would try; films of `video/` are played so that the motions come as they are asked for. What is
printed is explained in docs/liveness.md.
"""

import argparse
import asyncio
from collections import Counter
from dataclasses import replace
from itertools import permutations, product
from pathlib import Path

import numpy as np
from PIL import Image

from faceside import DetectorOptions, Faces, detect_all_faces
from faceside.liveness import MOTIONS, TURNS, Challenge, Look, take_look
from faceside.liveness.options import DEFAULT
from faceside.tracking import Tracker
from tools.held_photo import Pose, film
from tools.problem import Problem, guarded
from tools.progress import progress
from tools.tracking import RATE, read_frames

LIVE = DetectorOptions(input_size=320)  # as the live view looks
WITHIN = 30.0  # seconds
AROUND = 8  # looks straight ahead that are played before and after a motion
ORDERS = [
    order for order in permutations(MOTIONS, 3) if "blink" in order and set(order) & set(TURNS)
]
EYES_IN_FACE = (36, 48)  # landmarks


async def look_at(pixels: np.ndarray, described: bool) -> Look | None:
    """What is seen of the largest face of a frame; None where there is none."""
    task = detect_all_faces(pixels, LIVE).with_landmarks()
    faces = await (task.with_descriptors() if described else task)
    if not len(faces):
        return None
    index = int(faces.boxes[:, 2:].prod(axis=1).argmax())
    descriptor = faces.descriptors[index] if described else None
    return take_look(pixels, faces, index, 0.0, 1, descriptor)


def play(order: tuple, segments: dict, step: float = 1 / RATE) -> Challenge:
    """Go through a challenge, showing for each stage the looks that are meant for it, again and
    again; `seconds` of the result is how long it took."""
    challenge, time = Challenge(order), 0.0
    while challenge.state.stage not in ("present", "failed"):
        for look in segments.get(challenge.state.stage) or segments["still"]:
            time += step
            challenge.follow(look and replace(look, time=time), time)
    challenge.seconds = time
    return challenge


# Photos


def sweep(frames: int = 8, **to: float) -> list[Pose]:
    """From the pose at rest to another one and back."""
    there = np.sin(np.linspace(0, np.pi, frames + 2)[1:-1])
    rest = Pose()
    return [
        Pose(**{name: (r := getattr(rest, name)) + part * (end - r) for name, end in to.items()})
        for part in there
    ]


def bent(poses: list[Pose], radius: float) -> list[Pose]:
    return [replace(pose, bend=radius) for pose in poses]


STILL = [Pose()] * 8
NEARER = sweep(distance=0.95)
# What somebody does with a photo when a motion is asked for; what is not named is held still.
ATTACKS = {
    "held still": {},
    "moved aside and turned in its plane": {
        "blink": sweep(6, y=0.15),
        "left": sweep(x=0.2, roll=30),
        "right": sweep(x=-0.2, roll=-30),
        "closer": NEARER,
    },
    "turned aside by 40°, tilted quickly": {
        "blink": sweep(6, pitch=45),
        "left": sweep(yaw=-40),
        "right": sweep(yaw=40),
        "closer": NEARER,
    },
    "turned aside by 60°, shaken": {
        "blink": [Pose(x=0.05 * (-1) ** i) for i in range(6)],
        "left": sweep(yaw=-60),
        "right": sweep(yaw=60),
        "closer": NEARER,
    },
    "bent around 0.3 of its width, turned aside by 40°": {
        "still": bent(STILL, 0.3),
        "blink": bent(sweep(6, pitch=45), 0.3),
        "left": bent(sweep(yaw=-40), 0.3),
        "right": bent(sweep(yaw=40), 0.3),
        "closer": bent(NEARER, 0.3),
    },
    "eyes covered for a moment, turned aside": {
        "blink": "covered",
        "left": sweep(yaw=-40),
        "right": sweep(yaw=40),
        "closer": NEARER,
    },
}


class HeldPhoto:
    """A photo before the camera; each way of holding it is filmed once."""

    def __init__(self, path: Path, seed: int):
        self.photo = np.asarray(Image.open(path).convert("RGB")).astype(float)
        self.rng = np.random.default_rng(seed)
        self._seen: dict = {}

    async def segments(self, attack: dict) -> dict:
        attack = {"still": STILL, **attack}
        return {stage: await self._looks(stage, poses) for stage, poses in attack.items()}

    async def _looks(self, stage: str, poses) -> list[Look | None]:
        key = str(poses)
        if key not in self._seen:
            frames = await self._covered() if poses == "covered" else self._filmed(poses)
            self._seen[key] = [await look_at(frame, stage == "still") for frame in frames]
        return self._seen[key]

    def _filmed(self, poses: list[Pose], photo=None) -> list[np.ndarray]:
        photo = self.photo if photo is None else photo
        return [film(photo, pose, self.rng) for pose in poses]

    async def _covered(self) -> list[np.ndarray]:
        """A strip of the colour of the cheek over both eyes for a quarter of a second."""
        faces: Faces = await detect_all_faces(self.photo.astype(np.uint8)).with_landmarks()
        covered = self.photo.copy()
        if len(faces):
            index = int(faces.boxes[:, 2:].prod(axis=1).argmax())
            eyes = faces.landmarks[index, slice(*EYES_IN_FACE)]
            low, high = eyes.min(axis=0) - 4, eyes.max(axis=0) + 4
            x, y = np.round(faces.landmarks[index, 29] + (high - low) * (0.2, 0.3)).astype(int)
            (left, top), (right, bottom) = np.clip(np.round([low, high]), 0, 249).astype(int)
            covered[top:bottom, left:right] = covered[np.clip(y, 0, 249), np.clip(x, 0, 249)]
        parts = ((STILL[:4], None), (STILL[:3], covered), (STILL[:4], None))
        return [frame for poses, photo in parts for frame in self._filmed(poses, photo)]


async def measure_photos(paths: list[Path]) -> None:
    counted = {name: Counter() for name in ATTACKS}
    ends = {name: Counter() for name in ATTACKS}
    tried = 0
    with progress("Photos", len(paths), "photos") as update:
        for number, path in enumerate(paths):
            held = HeldPhoto(path, number)
            update(number)
            if not any((await held.segments({}))["still"]):
                continue
            tried += 1
            for name, attack in ATTACKS.items():
                segments = await held.segments(attack)
                for motion in MOTIONS:
                    counted[name][motion] += _passes((motion,), segments)
                state = play(ORDERS[number % len(ORDERS)], segments).state
                ends[name][state.problem or state.stage] += 1
    print(f"{tried} photos with a face, of {len(paths)}; counted as done, and present at the end")
    print("| Photo | " + " | ".join(MOTIONS) + " | present | refused because |")
    print("|---|" + "---|" * (len(MOTIONS) + 2))
    for name in ATTACKS:
        present = ends[name].pop("present", 0)
        reasons = ", ".join(f"{reason} {n}" for reason, n in ends[name].most_common())
        cells = " | ".join(str(counted[name][motion]) for motion in MOTIONS)
        print(f"| {name} | {cells} | {present} of {tried} | {reasons} |")


# Films


async def film_looks(path: Path) -> dict[int, list[Look]]:
    """The looks at every face of a film that is followed, by its track number."""
    tracker, looks = Tracker(), {}
    for time, pixels in await asyncio.to_thread(read_frames, path, RATE):
        faces = await detect_all_faces(pixels, LIVE).with_landmarks().with_descriptors()
        numbers = tracker.follow(faces.boxes, time, faces.keypoints)
        for index, number in enumerate(numbers.tolist()):
            look = take_look(pixels, faces, index, time, number, faces.descriptors[index])
            looks.setdefault(number, []).append(replace(look, rival=0.0))
    return looks


def find_motions(looks: list[Look]) -> tuple[list[Look], dict[str, list[float]]]:
    """The first looks that a challenge can begin with, and when each motion is seen to be done, by
    challenges of one motion that begin every half second."""
    still, found = [], {motion: set() for motion in MOTIONS}
    for motion, start in product(MOTIONS, range(0, len(looks), round(RATE / 2))):
        challenge, began = Challenge((motion,)), None
        for index in range(start, len(looks)):
            state = challenge.follow(looks[index], looks[index].time)
            if began is None and state.stage == motion:
                began = index
            if state.done or state.stage == "failed":
                break
        if began is not None:
            still = still or looks[start : began + 1]
        if state.done:
            found[motion].add(looks[index].time)
    return still, {motion: sorted(times) for motion, times in found.items()}


def cut(looks: list[Look], time: float, still: list[Look]) -> list[Look]:
    """The part of a film around a motion, from looking straight to looking straight again."""
    nose = np.median([look.nose for look in still])
    straight = [abs(look.nose - nose) <= DEFAULT.ahead for look in looks]
    start = end = next(i for i, look in enumerate(looks) if look.time >= time)
    while start > 0 and not straight[start]:
        start -= 1
    first = start
    while start > max(0, first - AROUND) and straight[start]:
        start -= 1
    while end < len(looks) - 1 and not straight[end]:
        end += 1
    last = end
    while end < min(len(looks) - 1, last + AROUND) and straight[end]:
        end += 1
    return looks[start + 1 : end]


def _passes(order: tuple, segments: dict) -> bool:
    return play(order, segments).state.stage == "present"


def measure_film(looks: list[Look], what: str) -> None:
    still, found = find_motions(looks)
    print(f"{what}: {len(looks)} looks, {looks[-1].time - looks[0].time:.0f} s")
    if not still:
        print("  never straight, large and still enough for a challenge to begin")
        return
    for motion, times in found.items():
        print(f"  {motion:7}" + (", ".join(f"{time:.1f} s" for time in times) or "not seen"))
    segments = {"still": still}
    for motion, times in found.items():
        cuts = [cut(looks, time, still) for time in times]
        fitting = [c for c in cuts if _passes((motion,), {"still": still, motion: c})]
        if fitting:
            segments[motion] = fitting[0]
    orders = [order for order in ORDERS if set(order) <= set(segments)]
    played = [play(order, segments) for order in orders]
    passed = [p.seconds for p in played if p.state.stage == "present" and p.seconds <= WITHIN]
    ends = Counter(p.state.problem or p.state.stage for p in played)
    print(f"  played as asked: {len(passed)} of {len(orders)} orders pass within {WITHIN:.0f} s")
    if passed:
        print(f"  in {min(passed):.1f} to {max(passed):.1f} s; ends {dict(ends)}")
    wrong = [
        play(order, {"still": still, **dict(zip(order, [segments[m] for m in other], strict=True))})
        for order in orders
        for other in orders
        if other != order and all(a != b for a, b in zip(order, other, strict=True))
    ]
    present = sum(p.state.stage == "present" for p in wrong)
    print(f"  recorded for one order, shown to another: {present} of {len(wrong)} pass")
    starts = range(0, len(looks), round(RATE))
    through = [_run(order, looks[start:]) for order in ORDERS for start in starts]
    print(f"  played through from any second: {sum(through)} of {len(through)} pass")


def _run(order: tuple, looks: list[Look]) -> bool:
    challenge = Challenge(order)
    return any(challenge.follow(look, look.time).stage == "present" for look in looks)


async def measure(folder: Path, photos: int) -> None:
    for name in sorted((folder / "video").glob("*.mp4")):
        for number, looks in (await film_looks(name)).items():
            if len(looks) >= 2 * RATE:
                measure_film(looks, f"{name.name}, track {number}")
    paths = sorted(path for path in (folder / "lfw").rglob("*.jpg"))
    if not paths and not (folder / "video").exists():
        raise Problem("no-data", f"There are no photos in {folder / 'lfw'}: check the path.")
    step = max(1, len(paths) // photos) if photos else 1
    await measure_photos(paths[::step][: photos or None])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="with lfw/ and video/")
    parser.add_argument("--photos", type=int, default=120, help="how many are held; 0 for all")
    options = parser.parse_args()
    asyncio.run(measure(options.folder, options.photos))


if __name__ == "__main__":
    guarded(main)

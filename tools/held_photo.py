"""A photo held before a camera: flat or bent, moved, turned and tilted, as somebody would who wants
it taken for a person."""

from dataclasses import dataclass, replace

import numpy as np

WIDTH, HEIGHT = 400, 300  # of the camera's picture, as in the webcam film
FOCAL = 400.0  # pixels: 53 degrees from side to side, as laptops have it
NOISE = 2.5  # standard deviation of a pixel, of 255
WALL = (120, 118, 110)
_ys, _xs = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
RAYS = np.stack([(_xs - WIDTH / 2) / FOCAL, (_ys - HEIGHT / 2) / FOCAL, np.ones_like(_xs)], axis=2)


@dataclass(frozen=True)
class Pose:
    """How a photo is held: degrees, and distances in widths of the photo; `bend` is the radius of
    the cylinder it is bent around, 0 for none."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    distance: float = 1.45
    bend: float = 0.0


def film(photo: np.ndarray, pose: Pose, rng: np.random.Generator) -> np.ndarray:
    """One frame ``(HEIGHT, WIDTH, 3)`` uint8 of a photo ``(h, w, 3)``, with a trembling hand and
    the noise of a camera."""
    tremble = rng.normal(0, (0.7, 0.7, 0.7, 0.004, 0.004))
    held = [getattr(pose, name) for name in ("yaw", "pitch", "roll", "x", "y")] + tremble
    names = ("yaw", "pitch", "roll", "x", "y")
    frame = _seen(photo, replace(pose, **dict(zip(names, held.tolist(), strict=True))))
    return (frame + rng.normal(0, NOISE, frame.shape)).clip(0, 255).astype(np.uint8)


def _seen(photo: np.ndarray, pose: Pose) -> np.ndarray:
    turned = _rotation(pose)
    eye = turned.T @ -np.array([pose.x, pose.y, pose.distance])
    across, down = (_on_cylinder if pose.bend else _on_plane)(eye, RAYS @ turned, pose.bend)
    height, width = photo.shape[:2]
    x, y = across * width + width / 2 - 0.5, down * width + height / 2 - 0.5
    inside = (x >= 0) & (y >= 0) & (x < width - 1) & (y < height - 1)
    x, y = np.where(inside, x, 0), np.where(inside, y, 0)
    left, top = x.astype(int), y.astype(int)
    x, y = (x - left)[..., np.newaxis], (y - top)[..., np.newaxis]
    upper = photo[top, left] * (1 - x) + photo[top, left + 1] * x
    lower = photo[top + 1, left] * (1 - x) + photo[top + 1, left + 1] * x
    return np.where(inside[..., np.newaxis], upper * (1 - y) + lower * y, WALL)


def _on_plane(eye, rays, _):
    times = -eye[2] / rays[..., 2]
    return eye[0] + times * rays[..., 0], eye[1] + times * rays[..., 1]


def _on_cylinder(eye, rays, radius):
    """Where rays meet a sheet that bulges towards the camera, measured along the sheet."""
    squares = rays[..., 0] ** 2 + rays[..., 2] ** 2
    half = eye[0] * rays[..., 0] + (eye[2] - radius) * rays[..., 2]
    rest = half**2 - squares * (eye[0] ** 2 + (eye[2] - radius) ** 2 - radius**2)
    times = (-half - np.sqrt(np.maximum(rest, 0))) / squares
    x, y, z = (eye[i] + times * rays[..., i] for i in range(3))
    return np.where(rest > 0, radius * np.arctan2(x, radius - z), np.inf), y


def _rotation(pose: Pose) -> np.ndarray:
    yaw, pitch, roll = np.radians([pose.yaw, pose.pitch, pose.roll])
    around_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    around_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    around_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return np.array(around_y) @ np.array(around_x) @ np.array(around_z)

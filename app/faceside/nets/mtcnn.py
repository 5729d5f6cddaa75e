"""MTCNN: three nets that propose, refine and confirm faces; five keypoints a face.

Zhang, Zhang, Li, Qiao: "Joint face detection and alignment using multi-task cascaded convolutional
networks", IEEE Signal Processing Letters 2016. Pyramid, thresholds and suppression: ``mtcnn/`` of
face-api.js 0.22.2. Boxes of the first stages count pixels from 1 and hold their last one, as
MATLAB does.
"""

import numpy as np
from PIL import Image

from ..canvas import stretched
from ..faces import Faces
from ..geometry import box_transforms, non_max_suppression, square_boxes
from ..image import chips, resize
from ..options import DetectorOptions, MtcnnOptions
from ..runtime import Session
from .crops import integer_crops

CELL, STRIDE = 12, 2  # pixels that the proposal net sees at once, and moves on by
REFINE_SIZE, CONFIRM_SIZE = 24, 48
SCALE_IOU, PROPOSAL_IOU, REFINED_IOU = 0.5, 0.7, 0.7
BATCH = 256  # candidates shown to a net at once, so that memory stays bounded


class Mtcnn:
    """Finds faces of 20 px and more."""

    def __init__(self, propose: Session, refine: Session, confirm: Session):
        self.propose = propose
        self.refine = refine
        self.confirm = confirm

    async def detect(self, pixels: np.ndarray, options: DetectorOptions) -> Faces:
        """Find the faces of a picture.

        Args:
            pixels: ``(h, w, 3)`` uint8 RGB.
            options: best :class:`~faceside.options.MtcnnOptions`. Larger pictures are shrunk to
                ``input_size`` first; the compatibility mode takes them as they are, and with blue
                and red exchanged, as face-api.js does.

        Returns:
            Faces with keypoints, in pixels of the picture.
        """
        options = MtcnnOptions.of(options)
        height, width = pixels.shape[:2]
        if options.compat:
            pixels = np.ascontiguousarray(pixels[:, :, ::-1])
        else:
            scale = min(1.0, options.input_size / max(height, width))
            pixels = resize(pixels, max(1, round(width * scale)), max(1, round(height * scale)))
        boxes = await self._proposals(pixels, options)
        if len(boxes):
            boxes = await self._refined(pixels, boxes, options)
        if not len(boxes):
            return Faces(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2)))
        faces = (await self._confirmed(pixels, boxes, options))[: options.max_faces]
        ratio = np.array([width / pixels.shape[1], height / pixels.shape[0]], np.float32)
        return Faces(faces.boxes * np.tile(ratio, 2), faces.scores, faces.keypoints * ratio)

    async def _proposals(self, pixels: np.ndarray, options: MtcnnOptions) -> np.ndarray:
        """Square boxes ``(n, 4)`` where the proposal net sees something like a face."""
        height, width = pixels.shape[:2]
        found = [np.zeros((0, 9))]
        for scale in scales(height, width, options):
            size = int(width * scale), int(height * scale)
            small = _scaled(pixels, *size) if options.compat else resize(pixels, *size)
            outputs = await self.propose.run({"image": small[None]})
            cells = candidates(outputs, scale, options.score_thresholds[0])
            found.append(cells[non_max_suppression(cells[:, :4], cells[:, 4], SCALE_IOU)])
        cells = np.concatenate(found)
        cells = cells[non_max_suppression(cells[:, :4], cells[:, 4], PROPOSAL_IOU)]
        return _rounded_squares(moved(cells[:, :4], cells[:, 5:]))

    async def _refined(self, pixels, boxes: np.ndarray, options: MtcnnOptions) -> np.ndarray:
        """What the refinement net leaves of the proposals, moved."""
        outputs = await _judge(self.refine, pixels, boxes, REFINE_SIZE, options)
        index = np.flatnonzero(outputs["score"] > options.score_thresholds[1])
        index = index[non_max_suppression(boxes[index], outputs["score"][index], REFINED_IOU)]
        return _rounded_squares(moved(boxes[index], outputs["bbox"][index]))

    async def _confirmed(self, pixels, boxes: np.ndarray, options: MtcnnOptions) -> Faces:
        """What the output net leaves, moved once more, with its points."""
        outputs = await _judge(self.confirm, pixels, boxes, CONFIRM_SIZE, options)
        index = np.flatnonzero(outputs["score"] > options.min_score)
        scores, points = outputs["score"][index], outputs["points"]
        faces = moved(boxes[index], outputs["bbox"][index])
        if options.compat:
            faces = _rounded_squares(faces)
        kept = non_max_suppression(faces, scores, options.iou_threshold, over_smaller=True)
        if options.compat:
            # As stage3.ts does: the points of another candidate wherever one before was left out,
            # in the box as it was moved.
            frames, points = faces[kept], points[kept]
            frames = frames + [0, 0, 1, 1]
        else:
            frames, points = boxes[index][kept] + [-1, -1, 1, 1], points[index][kept]
        keypoints = points.reshape(-1, 2, 5).transpose(0, 2, 1) * frames[:, None, 2:]
        return Faces(faces[kept], scores[kept], keypoints + frames[:, None, :2])


def scales(height: int, width: int, options: MtcnnOptions) -> list[float]:
    """How much the picture is shrunk for each pass of the proposal net (``pyramidDown.ts``)."""
    steps = options.scale_steps
    if steps is None:
        first = CELL / options.min_face_size
        count = np.log(CELL / (min(height, width) * first)) / np.log(options.scale_factor)
        steps = [first * options.scale_factor**step for step in range(int(count) + 1)]
    large_enough = [step for step in steps if int(min(height, width) * step) > CELL]
    return large_enough[: options.max_num_scales]


def candidates(outputs: dict, scale: float, threshold: float) -> np.ndarray:
    """The cells whose score is at least the threshold, in pixels of the picture.

    Args:
        outputs: ``score`` ``(1, h, w)`` and ``bbox`` ``(1, h, w, 4)``.
        scale: of the picture that the net saw.

    Returns:
        ``(n, 9)``: box, score, and moves of left, top, right, bottom; column by column.
    """
    score, moves = outputs["score"][0].T, outputs["bbox"][0].swapaxes(0, 1)
    cells = np.nonzero(score >= threshold)
    corners = np.stack(cells, axis=1) * STRIDE
    low, high = _rounded((corners + 1) / scale), _rounded((corners + CELL) / scale)
    return np.column_stack([low, high - low, score[cells], moves[cells]])


def moved(boxes: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Boxes ``(n, 4)`` whose edges are moved by ``(n, 4)`` left, top, right, bottom in their
    widths and heights (``Box.calibrate``); a pixel of each remains."""
    steps = moves.astype(float) * np.tile(boxes[:, 2:], 2)
    low = boxes[:, :2] + steps[:, :2]
    high = boxes[:, :2] + boxes[:, 2:] + steps[:, 2:]
    return np.concatenate([low, np.maximum(high - low, 1)], axis=1)


async def _judge(session, pixels, boxes: np.ndarray, size: int, options) -> dict[str, np.ndarray]:
    """What a net says of the parts of a picture inside boxes."""
    frames = boxes + [-1, -1, 1, 1]
    if options.compat:
        # extractImagePatches.ts: clipped, then stretched; never outside of the picture.
        crops = integer_crops(frames, pixels.shape[1], pixels.shape[0])
        squares = stretched(pixels, crops, size)
    else:
        squares = chips(pixels, box_transforms(frames, size), size)
    batches = (squares[start : start + BATCH] for start in range(0, len(squares), BATCH))
    parts = [await session.run({"image": batch}) for batch in batches]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _rounded_squares(boxes: np.ndarray) -> np.ndarray:
    return _rounded(square_boxes(boxes))


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.floor(values + 0.5)  # Math.round


def _scaled(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """A picture at another size as ``tf.image.resizeBilinear`` scales: plain bilinear, the upper
    left pixels on top of each other."""
    across, down = pixels.shape[1] / width, pixels.shape[0] / height
    matrix = (across, 0, 0.5 - across / 2, 0, down, 0.5 - down / 2)
    image = Image.fromarray(pixels)
    image = image.transform((width, height), Image.Transform.AFFINE, matrix, Image.BILINEAR)
    return np.asarray(image)

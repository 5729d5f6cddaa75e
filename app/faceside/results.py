"""What is done with faces once they are found: moved to another picture size, cut out.

preview = resize_results(faces, picture.size, (320, 240))
for crop in extract_faces("group.jpg", faces):
    Image.fromarray(crop).show()
"""

import numpy as np

from .faces import Faces
from .image import crop, read_image
from .options import require_between

PLACED = ("boxes", "keypoints", "landmarks")


def resize_results(faces: Faces, size: tuple[float, float], new_size: tuple[float, float]) -> Faces:
    """The faces as they lie in the same picture at another size.

    Args:
        faces: in pixels of a picture of ``size``.
        size: width and height of that picture.
        new_size: width and height of the other; the proportions may differ.

    Returns:
        The same faces with boxes, keypoints and landmarks moved; nothing else changes.

    Raises:
        FacesideError: ``option-invalid`` for a size that is not positive and finite.
    """
    for name, sides in (("size", size), ("new_size", new_size)):
        for side in sides:
            require_between(name, side, 1e-6, 1e9)
    factors = np.array(new_size, float) / np.array(size, float)
    columns = {name: getattr(faces, name) for name in PLACED}
    return faces.with_columns(
        **{
            name: column * (np.tile(factors, 2) if name == "boxes" else factors)
            for name, column in columns.items()
            if column is not None
        }
    )


def extract_faces(image, faces: Faces | np.ndarray) -> list[np.ndarray]:
    """Cut faces out of their picture, clipped at its borders.

    Args:
        image: the picture they were found in: anything :func:`~faceside.image.read_image` takes.
        faces: faces or boxes ``(n, 4)``, in pixels of the upright picture.

    Returns:
        One ``(h, w, 3)`` uint8 RGB array a face, of one pixel at least.

    Raises:
        FacesideError: ``image-…``, as of :func:`~faceside.image.read_image`.
    """
    picture = read_image(image)
    boxes = np.asarray(faces.boxes if isinstance(faces, Faces) else faces, float)
    return [crop(picture.pixels, box) for box in boxes.reshape(-1, 4) / picture.reduction]

"""Which camera, and how many pixels of it; the size is kept on this device."""

import camera
import stored
import texts
from dom import by_id, field, make, on
from messages import spawn
from worker import FacesideError

KEPT = "camera"


class CameraChoice:
    """`on_change()` when a person wants another one."""

    def __init__(self, running, on_change):
        self.camera = running
        self.devices, self.sizes = by_id("camera-device"), by_id("camera-size")
        self._size = _read(stored.recall_view(KEPT).get("size")) or camera.USUAL_SIZE
        self._offer_sizes()
        on(self.devices, "change", lambda event: on_change())
        on(self.sizes, "change", lambda event: self._on_size(on_change))
        camera.on_devices_changed(lambda event: spawn(self.refresh()))

    def device(self):
        return self.devices.value

    def size(self):
        return self._size

    async def refresh(self):
        """Offer the cameras there are, and the sizes of the one that runs."""
        try:
            found = await camera.devices()
        except FacesideError:
            found = []
        settings = self.camera.settings()
        chosen = field(settings, "deviceId", "") if settings else self.devices.value
        self.devices.replaceChildren()
        for number, (device, label) in enumerate(found):
            make("option", label or texts.camera(number + 1), self.devices, value=device)
        if not found:
            make("option", texts.NOBODY_CHOSEN, self.devices, value="")
        self.devices.disabled = len(found) < 2
        if any(device == chosen for device, _ in found):
            self.devices.value = chosen
        self._offer_sizes()

    def _offer_sizes(self):
        """Offer what the camera can do, with the size in force, which may be one of its own."""
        inside = self.camera.size() or self._size
        self.sizes.replaceChildren()
        for size in sorted(set(self.camera.sizes()) | {inside}):
            make("option", texts.picture_size(*size), self.sizes, value=_written(size))
        self.sizes.value = _written(inside)

    def _on_size(self, on_change):
        self._size = _read(self.sizes.value)
        stored.keep_view(KEPT, {"size": self.sizes.value})
        on_change()


def _written(size):
    return f"{size[0]}x{size[1]}"


def _read(text):
    """(width, height) of what was written; None for anything else."""
    sides = str(text).split("x")
    if len(sides) == 2 and all(side.isdigit() and int(side) for side in sides):
        return int(sides[0]), int(sides[1])
    return None

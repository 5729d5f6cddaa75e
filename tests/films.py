"""Films for the tests: WebM written here, so that every frame has its time on any machine."""

import io

from PIL import Image

UNKNOWN_SIZE = b"\x01" + b"\xff" * 7


def write_webm(frames: list[Image.Image], step: float) -> bytes:
    """A WebM film of pictures of one size, each shown for `step` seconds; it does not say how long
    it is, as those that browsers record.

    Each frame is a VP8 key frame, which is what a lossy WebP holds.
    """
    width, height = frames[0].size
    video = _element(0xE0, _number(0xB0, width), _number(0xBA, height))
    entry = _element(
        0xAE, _number(0xD7, 1), _number(0x73C5, 1), _number(0x83, 1), _text(0x86, "V_VP8"), video
    )
    info = _element(
        0x1549A966, _number(0x2AD7B1, 1_000_000), _text(0x4D80, "tests"), _text(0x5741, "tests")
    )
    clusters = [
        _element(0x1F43B675, _number(0xE7, round(1000 * step * i)), _block(_vp8(frame)))
        for i, frame in enumerate(frames)
    ]
    header = _element(
        0x1A45DFA3,
        *(_number(name, 1) for name in (0x4286, 0x42F7)),
        _number(0x42F2, 4),
        _number(0x42F3, 8),
        _text(0x4282, "webm"),
        _number(0x4287, 2),
        _number(0x4285, 2),
    )
    segment = _name(0x18538067) + UNKNOWN_SIZE
    return b"".join([header, segment, info, _element(0x1654AE6B, entry), *clusters])


def _vp8(frame: Image.Image) -> bytes:
    file = io.BytesIO()
    frame.save(file, "WEBP", quality=85, method=0)
    riff = file.getvalue()
    assert riff[12:16] == b"VP8 "
    return riff[20 : 20 + int.from_bytes(riff[16:20], "little")]


def _block(frame: bytes) -> bytes:
    track, time, key_frame = b"\x81", b"\0\0", b"\x80"
    return _element(0xA3, track + time + key_frame + frame)


def _name(name: int) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8, "big")


def _element(name: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return _name(name) + (len(content) | 1 << 56).to_bytes(8, "big") + content


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _text(name: int, value: str) -> bytes:
    return _element(name, value.encode())

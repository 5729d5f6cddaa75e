"""Pictures from everything that holds one."""

import io

import numpy as np
import pytest
from PIL import Image

from faceside import FacesideError, read_image
from faceside.image import chips, crop, resize


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def gradient(width=64, height=48) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, 255 - x], axis=2).astype(np.uint8))


def code_of(source) -> str:
    with pytest.raises(FacesideError) as caught:
        read_image(source)
    assert str(caught.value).endswith(".")
    return caught.value.code


def test_path_bytes_file_pillow_and_array_give_the_same(tmp_path):
    image = gradient()
    path = tmp_path / "a.png"
    path.write_bytes(encoded(image, "PNG"))
    with open(path, "rb") as file:
        sources = [path, str(path), path.read_bytes(), file, image, np.asarray(image)]
        pictures = [read_image(source) for source in sources]
    for picture in pictures:
        assert picture.size == (64, 48)
        assert (picture.pixels == np.asarray(image)).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(orientation):
    upright = gradient()
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_image(encoded(stored, "PNG", exif=exif.tobytes()))
    assert (picture.pixels == np.asarray(upright)).all()


def test_grey_palette_and_two_colour_pictures_become_rgb():
    image = gradient()
    for mode in ("L", "P", "1"):
        picture = read_image(encoded(image.convert(mode), "PNG"))
        expected = np.asarray(image.convert(mode).convert("RGB"))
        assert (picture.pixels == expected).all()


def test_16_bit_grey_keeps_its_upper_byte():
    values = np.linspace(0, 65535, 64 * 48).astype(np.uint16).reshape(48, 64)
    picture = read_image(encoded(Image.fromarray(values), "PNG"))
    assert (picture.pixels == (values >> 8)[:, :, None]).all()
    picture = read_image(encoded(Image.fromarray(values), "TIFF"))
    assert (picture.pixels == (values >> 8)[:, :, None]).all()


def test_float_pictures_become_bytes():
    values = np.linspace(0, 255, 64 * 48, dtype=np.float32).reshape(48, 64)
    picture = read_image(Image.fromarray(values))
    assert np.abs(picture.pixels[:, :, 0] - values).max() <= 0.5


def test_cmyk_jpeg_comes_out_in_its_own_colours():
    red = Image.new("RGB", (64, 48), (200, 30, 30)).convert("CMYK")
    pixel = read_image(encoded(red, "JPEG", quality=95)).pixels[20, 20].astype(int)
    assert np.abs(pixel - [200, 30, 30]).max() < 12


def test_transparency_is_laid_over_white():
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    image.putpixel((3, 3), (10, 20, 30, 255))
    image.putpixel((4, 4), (0, 0, 0, 128))
    pixels = read_image(encoded(image, "PNG")).pixels
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[3, 3].tolist() == [10, 20, 30]
    assert pixels[4, 4].tolist() == [127, 127, 127]
    palette = Image.new("P", (20, 20), 0)
    palette.putpalette([9, 9, 9] * 256)
    pixels = read_image(encoded(palette, "PNG", transparency=0)).pixels
    assert pixels[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind):
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("blue", "red")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    pixel = read_image(data).pixels[16, 16].astype(int)
    assert np.abs(pixel - [0, 0, 255]).max() < 8


def test_what_is_no_picture_is_refused(tmp_path):
    assert code_of(b"hello, I am a text") == "image-unreadable"
    assert code_of(b"") == "image-unreadable"
    assert code_of(b"<!doctype html><title>404</title>") == "image-unreadable"
    assert code_of(tmp_path) == "image-unreadable"
    assert code_of(tmp_path / "none.jpg") == "image-missing"
    assert code_of(np.zeros((20, 20, 3))) == "image-unreadable"
    assert code_of(np.zeros((20, 20, 7), np.uint8)) == "image-unreadable"
    assert code_of(np.zeros(20, np.uint8)) == "image-unreadable"


def test_addresses_are_not_fetched():
    with pytest.raises(FacesideError, match="face.jpg is on the network.*bytes") as caught:
        read_image("https://example.org/pictures/face.jpg")
    assert caught.value.code == "image-missing"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_short_is_refused_wherever_it_is_cut(kind):
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    for share in (0.3, 0.6, 0.9):
        assert code_of(data[: int(len(data) * share)]) in ("image-truncated", "image-unreadable")


def test_tiny_pictures_are_refused():
    assert code_of(encoded(Image.new("RGB", (1, 1)), "PNG")) == "image-too-small"
    assert code_of(np.zeros((5, 100, 3), np.uint8)) == "image-too-small"
    assert read_image(np.zeros((10, 10, 3), np.uint8)).size == (10, 10)


def test_a_huge_jpeg_is_decoded_at_a_fraction():
    picture = read_image(encoded(gradient().resize((10_000, 10_000)), "JPEG"))
    assert picture.size == (10_000, 10_000)
    assert picture.pixels.shape == (2500, 2500, 3)
    assert picture.reduction == 4
    assert np.abs(picture.pixels[1250, 1250].astype(int) - 127).max() < 8


def test_a_huge_png_is_refused_before_it_is_decoded():
    assert code_of(encoded(Image.new("1", (10_000, 10_000)), "PNG")) == "image-too-large"
    bomb = encoded(Image.new("1", (14_000, 14_000)), "PNG")
    assert code_of(bomb) == "image-too-large"


def test_chips_cut_out_what_the_transform_says():
    pixels = np.asarray(gradient(200, 100))
    # a square of 40 px at (60, 30), to a chip of 40 px: the same pixels
    transform = np.array([[[1, 0, -60], [0, 1, -30]]], float)
    assert (chips(pixels, transform, 40)[0] == pixels[30:70, 60:100]).all()
    # beyond the border there is black
    outside = np.array([[[1, 0, 20], [0, 1, 20]]], float)
    chip = chips(pixels, outside, 40)[0]
    assert (chip[:20] == 0).all() and (chip[20:, 20:] == pixels[:20, :20]).all()
    assert chips(pixels, np.zeros((0, 2, 3)), 40).shape == (0, 40, 40, 3)


def test_large_faces_are_averaged_not_skipped_over():
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    transform = np.array([[[0.1, 0, 0], [0, 0.1, 0]]], float)
    smooth = chips(stripes, transform, 40)[0].astype(int)
    assert np.abs(smooth - 127).max() <= 1
    assert set(np.unique(chips(stripes, transform, 40, antialias=False))) <= {0, 127, 128, 255}


def test_an_averaged_chip_lies_where_an_exact_one_does():
    x, y = np.meshgrid(np.arange(400), np.arange(400))
    ramp = np.stack([x * 255 / 399, y * 255 / 399, x * 0], axis=2).astype(np.uint8)
    turn = np.radians(20)
    matrix = 0.2 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    transform = np.concatenate([matrix, [[10], [-12]]], axis=1)[None]
    smooth = chips(ramp, transform, 48)[0].astype(int)
    plain = chips(ramp, transform, 48, antialias=False)[0].astype(int)
    inside = plain.sum(axis=2) > 60
    assert np.abs(smooth - plain)[inside].mean() < 1


def test_crop_is_clipped_and_shrunk():
    pixels = np.asarray(gradient(200, 100))
    assert crop(pixels, (-20, -20, 60, 60), 256).shape == (40, 40, 3)
    assert crop(pixels, (0, 0, 200, 100), 50).shape == (25, 50, 3)
    assert crop(pixels, (500, 500, 10, 10), 50).shape == (1, 1, 3)


def test_resize_averages():
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[::2] = 255
    assert np.abs(resize(pixels, 8, 8).astype(int) - 127).max() <= 6

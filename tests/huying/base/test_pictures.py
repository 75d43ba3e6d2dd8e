"""A photo is taken small and bare: no place, no camera, no bomb."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from huying.base import pictures
from huying.base.errors import Invalid


def photo(form: str = "JPEG", size: tuple[int, int] = (2400, 1200), **how: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, form, **how)
    return made.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_it_becomes_a_small_jpeg(form):
    with Image.open(io.BytesIO(pictures.shrunk(photo(form)))) as made:
        assert (made.format, made.size) == ("JPEG", (1600, 800))


def test_what_the_camera_wrote_beside_is_gone():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x8825] = {2: (39.9, 0, 0)}
    made = pictures.shrunk(photo(exif=exif))
    assert b"SecretCamera" not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert not picture.getexif()


def test_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(pictures.shrunk(photo(size=(800, 400), exif=exif)))) as made:
        assert made.size == (400, 800)


@pytest.mark.parametrize("size", [(20_000, 2_001), (14_000, 13_000)])
def test_a_picture_of_too_many_pixels_is_refused(size):
    made = io.BytesIO()
    Image.new("1", size).save(made, "PNG")
    with pytest.raises(Invalid):
        pictures.shrunk(made.getvalue())


@given(st.binary(max_size=400))
def test_what_is_no_photo_is_refused_in_words(data):
    with pytest.raises(Invalid, match="JPEG、PNG 或 WebP"):
        pictures.shrunk(data)


def test_other_formats_and_cut_files_are_refused():
    for data in (photo("GIF"), photo("TIFF"), photo()[:200], b"<svg/>"):
        with pytest.raises(Invalid):
            pictures.shrunk(data)

"""Photos that people hand in: recognised by content, made small, and rid of what cameras write beside."""

from __future__ import annotations

import io
import warnings

from huying.base.errors import Invalid
from huying.base.i18n import _

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
QUALITY = 82


def shrunk(data: bytes) -> bytes:
    """Return a photo as JPEG, at most 1,600 pixels long, upright, without metadata, or raise Invalid."""
    from PIL import Image, ImageOps  # noqa: PLC0415  (few requests carry a photo)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a picture that claims to be a bomb is one
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = Image.new("RGB", upright.size)
        plain.paste(upright)
        made = io.BytesIO()
        plain.save(made, "JPEG", quality=QUALITY)
        return made.getvalue()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Invalid(_("照片太大了，最多 4000 万像素，请拍小一点再传。")) from bomb
    except (OSError, SyntaxError, ValueError, Warning) as fault:
        raise Invalid(_("这不是能打开的照片，请传 JPEG、PNG 或 WebP。")) from fault

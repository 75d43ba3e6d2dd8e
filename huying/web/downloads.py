"""Files that a page hands out together."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from flask import Response


def archive(files: Mapping[str, bytes], *, name: str) -> Response:
    """Answer with `files` as one archive `name`.zip, to be saved."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, data in files.items():
            packed.writestr(each, data)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(whole.getvalue(), mimetype="application/zip", headers=headers)

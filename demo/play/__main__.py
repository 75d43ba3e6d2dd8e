"""Serve the game on loopback: python -m demo.play FOLDER PORT."""

from __future__ import annotations

import sys
from pathlib import Path

from demo.play.table import Table
from huying.web.serve import serve

if __name__ == "__main__":
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    serve(lambda: Table(folder, port), host="127.0.0.1", port=port, threads=4)

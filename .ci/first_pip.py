# SPDX-License-Identifier: EUPL-1.2
"""Put pip into a virtual environment where Python comes without it (Debian without python3-venv).

Only the standard library is used. The file is the one that the check sum here names, whoever sends it.
"""

# ruff: noqa: INP001, S310 - a script; the check sum decides, not the address

import hashlib
import html
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

NAME = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main() -> None:
    """Fetch pip's wheel from the package index and let it install itself."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    try:
        with urllib.request.urlopen(index, timeout=60) as answer:
            page, index = answer.read(20_000_000).decode(), answer.url
        links = re.findall(r"""href=["']([^"']+)["']""", page)
        url = next(urljoin(index, html.unescape(link)) for link in links if f"/{NAME}" in link)
        with urllib.request.urlopen(url, timeout=120) as answer:
            wheel = answer.read(20_000_000)
    except (OSError, ValueError, StopIteration) as error:
        sys.exit(f"pip could not be fetched ({error}). Run: sudo apt install python3-venv; then make again.")
    if hashlib.sha256(wheel).hexdigest() != SHA256:
        sys.exit(
            f"{NAME} is not what it should be (wrong check sum). Install pip: sudo apt install python3-venv"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NAME)
        path.write_bytes(wheel)
        # A wheel is a zip file that Python can run from.
        subprocess.run(
            [sys.executable, f"{path}/pip", "install", "--quiet", "--no-index", str(path)], check=True
        )


if __name__ == "__main__":
    main()

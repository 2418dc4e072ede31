"""Draws the small picture of a file: content on standard input, JPEG on standard output, kind as the argument.

It runs in a process of its own, without the portal: what draws PDFs and pictures is native code, and a hostile file
must not take down a process that answers others. Whatever it does not manage ends it with an error.
"""

import io
import resource
import sys

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageFile, ImageOps

SIDE = 320
_SECONDS = 10
_BYTES = 1 << 30
_PIXELS = 80_000_000


def main(kind: str) -> None:
    """Draw what stands on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    content = sys.stdin.buffer.read()
    picture = _page(content) if kind == "pdf" else _photo(content)
    picture.thumbnail((SIDE, SIDE))
    buffer = io.BytesIO()
    _on_white(picture).save(buffer, "JPEG", quality=78, optimize=True)
    sys.stdout.buffer.write(buffer.getvalue())


def _page(content: bytes) -> Image.Image:
    """Return the first page of a PDF, as large as needed."""
    page = pypdfium2.PdfDocument(content)[0]
    width, height = page.get_size()
    picture: Image.Image = page.render(scale=min(4, SIDE / max(width, height, 1))).to_pil()
    return picture


def _photo(content: bytes) -> Image.Image:
    """Return a picture the way up that it was taken."""
    Image.MAX_IMAGE_PIXELS = _PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    picture.thumbnail((2 * SIDE, 2 * SIDE))
    return ImageOps.exif_transpose(picture)


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture without transparency, as it looks on paper."""
    layer = picture.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")


if __name__ == "__main__":
    main(sys.argv[1])

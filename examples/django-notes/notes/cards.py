from io import BytesIO
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

from .models import Note

SIZE = (600, 315)
MARGIN = 40
INK = "#222222"


def draw_card(note: Note) -> bytes:
    """A PNG of the note, of the size that sites show as a preview of a link."""
    image = Image.new("RGB", SIZE, note.color)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN), "\n".join(wrap(note.title, 22)[:2]), INK, ImageFont.load_default(42))
    draw.text((MARGIN, 160), "\n".join(wrap(note.text, 46)[:4]), INK, ImageFont.load_default(22))
    png = BytesIO()
    image.save(png, "PNG", optimize=True)
    return png.getvalue()

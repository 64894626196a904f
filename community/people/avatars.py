"""Pictures of people: fetched or uploaded, then drawn anew so that nothing else comes along."""

from hashlib import sha256
from io import BytesIO
from typing import IO
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from community.lib.refusals import Refused

SIDE = 256
LARGEST_FILE = 2 * 1024 * 1024
LARGEST_SIDE = 4096
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
AWAY = (requests.ConnectionError, requests.Timeout, ProtocolError, ReadTimeoutError)
UNREADABLE = Refused("unreadable_picture", _("This is not a PNG, JPEG, GIF or WebP picture."))
TOO_LARGE = Refused("picture_too_large", _("The picture must have at most 2 MB and 4096 pixels."))


def redraw(file: IO[bytes]) -> bytes:
    """The picture as a square WebP of 256 pixels without metadata. Raises `Refused`.

    The size is read from the header and judged before a single pixel is decoded.
    """
    try:
        with Image.open(file, formats=FORMATS) as picture:
            if max(picture.size) > LARGEST_SIDE:
                raise TOO_LARGE
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            square = ImageOps.fit(upright, (SIDE, SIDE))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UNREADABLE from error
    except Image.DecompressionBombError as error:
        raise TOO_LARGE from error
    drawn = BytesIO()
    square.save(drawn, "WEBP", quality=85, exif=b"", icc_profile=b"")
    return drawn.getvalue()


def file_name(key: int, picture: bytes) -> str:
    """A name that changes with the picture, so that browsers may keep it for long."""
    return f"{key}-{sha256(picture).hexdigest()[:16]}.webp"


def may_fetch(url: str) -> bool:
    """Whether the address is on a host we take pictures from, over https."""
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.hostname in settings.AVATAR_HOSTS and not parts.port


class HostAway(Exception):
    """The host of a picture does not answer; nothing is known about the picture."""


def fetch(url: str) -> bytes | None:
    """The redrawn picture at this address; None when it is refused, missing or unreadable.

    Follows no redirect and reads no more than 2 MB. Raises `HostAway`.
    """
    if not may_fetch(url):
        return None
    try:
        body = _read(url)
        return redraw(BytesIO(body)) if len(body) <= LARGEST_FILE else None
    except AWAY as error:
        raise HostAway(str(error)) from error
    except (Refused, requests.RequestException, HTTPError):
        return None


def _read(url: str) -> bytes:
    """What lies there, one byte more than allowed at most; nothing when it is no picture."""
    with requests.get(url, timeout=10, stream=True, allow_redirects=False) as answer:
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code != requests.codes.ok or not kind.startswith("image/"):
            return b""
        body: bytes = answer.raw.read(LARGEST_FILE + 1, decode_content=True)
        return body

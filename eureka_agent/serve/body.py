"""The fields of a form that was sent: read up to a bound, and only as UTF-8."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

MOST_BYTES = 32_000
"""Of a form: the longest sentence, each letter written as twelve, and what stands beside it."""
MOST_FIELDS = 30
FORM = "application/x-www-form-urlencoded"


class FormError(ValueError):
    """A form that is not taken; `status` is that of the answer."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


async def form_of(request: Request) -> Mapping[str, str]:
    """Return the fields of a form; nothing is read beyond `MOST_BYTES`. FormError for what is none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise FormError(f"Only a form is understood here ({FORM}).", 415)
    try:
        text = (await _read(request)).decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise FormError("This is not UTF-8: nothing was taken. Type it again.") from error
    except FormError:
        raise
    except ValueError as error:
        raise FormError(f"A form has at most {MOST_FIELDS} fields.") from error
    return dict(pairs)


async def _read(request: Request) -> bytes:
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > MOST_BYTES:
        raise _too_long()
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            raise _too_long()
    return bytes(content)


def _too_long() -> FormError:
    return FormError(
        f"This is too long: a message has at most {MOST_BYTES:,} bytes, and a sentence 2,000 letters. "
        "Say the most important of it.",
        413,
    )

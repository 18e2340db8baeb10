"""The page the browser shows when the person comes back from signing in: self-contained, and without a script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from http import HTTPStatus

__all__ = ["BrowserWords", "page", "redirect", "response"]


@dataclass(frozen=True)
class BrowserWords:
    """What the browser says in the end, as text."""

    title: str
    done: str
    declined: str
    language: str = "en"
    """Of these words, for whoever has them read aloud (RFC 5646)."""


_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f6f7f9; color: #202124;
  font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 1rem; padding: 2rem 2.5rem; background: #fff; border: 1px solid #d9dee5;
  border-radius: 12px; text-align: center; }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; font-weight: 600; color: #1a5fb4; }
p { margin: 0; }
@media (prefers-color-scheme: dark) {
  body { background: #202124; color: #e8eaed; }
  main { background: #2a2b2f; border-color: #3c4043; }
  h1 { color: #8ab4f8; }
}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Connection": "close",
}


def page(words: BrowserWords, text: str) -> str:
    """Return the page that says `text`."""
    title, said, language = (escape(each, quote=True) for each in (words.title, text, words.language))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="auto">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body><main><h1>{title}</h1><p>{said}</p></main></body>\n</html>\n"
    )


def response(status: HTTPStatus, text: str = "") -> bytes:
    """Return an answer of HTTP/1.1 with an HTML text, after which the connection is closed."""
    return _response(status, {"Content-Type": "text/html; charset=utf-8"}, text.encode())


def redirect(path: str) -> bytes:
    """Return the answer that leads the browser on to `path`, so that no code stands in its address line."""
    return _response(HTTPStatus.SEE_OTHER, {"Location": path}, b"")


def _response(status: HTTPStatus, headers: dict[str, str], body: bytes) -> bytes:
    fields = {**headers, **_HEADERS, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{head}\r\n".encode("ascii") + body

"""Ways to spoil a file: from one good sample, everything that a disk, an editor, a shell or an enemy makes of it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

__all__ = ["at", "deep", "retyped", "spoilt", "truncated", "twins"]

_OTHERS: tuple[Any, ...] = (None, True, 7, 7.5, "text", [], {}, [[]], {"a": 1})


def spoilt(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield contents of which no kind of file may be made, by what happened to them."""
    noise = random.Random(len(good))
    yield "empty", b""
    yield "white space", b" \r\n\t" * 10
    yield "binary", noise.randbytes(4096)
    yield "zeros", bytes(len(good))
    yield "UTF-16 without a mark", good.decode().encode("utf-16-le")
    yield "UTF-32", good.decode().encode("utf-32")
    yield "a web page", b"<!DOCTYPE html><title>Sign in</title>"
    yield "an archive", b"PK\x03\x04" + good
    yield "compressed", b"\x1f\x8b\x08\x00" + good
    yield "a zero in front", b"\0" + good
    yield "a zero behind", good.rstrip() + b"\0"
    yield "a broken letter", good.replace(b"e", b"\xe9", 1)
    yield "half a letter at the end", good.rstrip() + b"\xc3"


def truncated(good: bytes, places: int = 40) -> Iterator[tuple[str, bytes]]:
    """Yield beginnings of the sample, none of them white space short of the whole."""
    whole = good.rstrip()
    for length in sorted({1, *(len(whole) * part // places for part in range(1, places)), len(whole) - 1}):
        yield f"cut off after {length} of {len(whole)}", whole[:length]


def retyped(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield each place in a JSON value with a value of each other type."""
    for other in _OTHERS:
        if type(other) is not type(value):
            yield way, other
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from retyped(each, (*way, key))


def at(value: Any, way: tuple[str | int, ...], other: Any) -> bytes:
    """Return the JSON value as bytes, with another one at that place."""
    if not way:
        return json.dumps(other).encode()
    copy = json.loads(json.dumps(value))
    place = copy
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = other
    return json.dumps(copy).encode()


def deep(levels: int = 100_000) -> Iterator[tuple[str, bytes]]:
    """Yield JSON that nests without end, closed or not."""
    yield "lists in lists", b"[" * levels
    yield "closed lists in lists", b"[" * levels + b"]" * levels
    yield "objects in objects", b'{"a":' * (levels // 5)
    yield "closed objects in objects", b'{"a":' * (levels // 10) + b"1" + b"}" * (levels // 10)


def twins(value: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON object with a name that stands twice, in each of its objects."""
    mark = "\0twin"
    for key in value:
        here: Any = dict(value)
        here[mark] = here[key]
        yield ".".join((*way, key)), json.dumps(here).replace(json.dumps(mark), json.dumps(key)).encode()
        break
    for key, inner in value.items():
        objects = (
            [inner]
            if isinstance(inner, dict)
            else [x for x in inner if isinstance(x, dict)]
            if isinstance(inner, list)
            else []
        )
        for index, each in enumerate(objects):
            for name, text in twins(each, (*way, key)):
                placed: Any = dict(value)
                hole = "\0hole"
                placed[key] = hole if isinstance(inner, dict) else [*inner[:index], hole, *inner[index + 1 :]]
                yield name, json.dumps(placed).encode().replace(json.dumps(hole).encode(), text)

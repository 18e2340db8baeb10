"""Requests to the port the browser comes back to, whoever sends them: read strictly, and never with an exception."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from app.sign_in.request import Request, parameters, parse_request

HOST = "127.0.0.1:50000"
NAMES = st.text(min_size=1, max_size=12)
HEAD = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [
                b"GET /",
                b" ",
                b"?state=x",
                b" HTTP/1.1",
                b"\r\n",
                b"\n",
                b"Host:",
                b"127.0.0.1:50000",
                b"\x00",
                b":",
                b"\xff",
            ]
        ),
        max_size=14,
    ).map(b"".join),
)


@given(HEAD)
def test_whatever_comes_is_a_request_or_none(head: bytes) -> None:
    found = parse_request(head)
    if found is None:
        return
    lines = head.split(b"\r\n")
    assert (
        lines[0]
        == f"{found.method} {found.path}{'?' if b'?' in lines[0] else ''}{found.query} ".encode()
        + lines[0].rpartition(b" ")[2]
    )
    assert found.path.startswith("/")
    assert found.path.isascii()
    assert [line for line in lines if line.lower().startswith(b"host:")] != []
    assert b"\n" not in head.replace(b"\r\n", b"")


@given(st.text(alphabet="abcäß %+&=?/\r\n", max_size=40))
def test_a_request_made_properly_is_read_as_it_was_made(value: str) -> None:
    query = urlencode({"state": value})
    found = parse_request(f"GET /?{query} HTTP/1.1\r\nHost:  {HOST} \r\nCookie: {'a=b; ' * 9}".encode())
    assert found == Request("GET", "/", query, HOST)
    assert parameters(query) == {"state": (value,)}


@given(st.lists(st.tuples(NAMES, st.text(max_size=12)), max_size=20))
def test_every_value_of_every_parameter_is_seen(pairs: list[tuple[str, str]]) -> None:
    found = parameters(urlencode(pairs))
    assert found is not None
    assert sorted((name, value) for name, values in found.items() for value in values) == sorted(pairs)


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=60))
def test_no_query_is_too_strange_to_be_read_or_refused(query: str) -> None:
    found = parameters(query)
    assert found is None or all(values for values in found.values())


def test_octets_that_are_no_utf_8_are_refused() -> None:
    assert parameters("state=%ff") is None
    assert parameters("%ff=x") is None


def test_a_query_stays_out_of_what_is_shown() -> None:
    assert "geheim" not in repr(parse_request(f"GET /?code=geheim HTTP/1.1\r\nHost: {HOST}".encode()))

"""The test cases of other mail programs and of the STARTTLS researchers that this program is held to, by id."""

__all__ = ["PEER_CASES"]

PEER_CASES: dict[str, str] = {}

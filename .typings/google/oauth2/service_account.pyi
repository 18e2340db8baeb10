"""The part of google-auth 2.62 (untyped) that the program uses."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

class Credentials:
    @classmethod
    def from_service_account_info(
        cls, info: Mapping[str, str], *, scopes: Sequence[str], subject: str
    ) -> Self: ...
    def refresh(self, request: Callable[..., Any]) -> None: ...

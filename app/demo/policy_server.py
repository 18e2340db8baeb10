"""The demo's policy server: one file a person over HTTPS, as any static web server would serve it."""

from __future__ import annotations

import ssl
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus

from app.demo.listener import HOST
from app.demo.web import Page, Request, WebServer

__all__ = ["Page", "PolicyRequest", "PolicyServer"]


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """A request that was answered."""

    path: str
    status: int


class PolicyServer:
    """Serves `page` at `/policy/{email}.json`; everything else is not found."""

    def __init__(self, email: str, tls: ssl.SSLContext) -> None:
        self.page = Page(b"", status=HTTPStatus.SERVICE_UNAVAILABLE)
        self.requests: deque[PolicyRequest] = deque(maxlen=1000)
        self.listener = WebServer(self._answer, tls).listener
        self._path = f"/policy/{email}.json"

    @property
    def url(self) -> str:
        """The address of the policy, with `{email}` to fill in."""
        return f"https://{HOST}:{self.listener.port}/policy/{{email}}.json"

    def _answer(self, request: Request) -> Page:
        page = self._page_for(request.method, request.path, request.fields.get("if-none-match", ""))
        self.requests.append(PolicyRequest(request.path, page.status))
        return page

    def _page_for(self, method: str, path: str, known: str) -> Page:
        if method not in {"GET", "HEAD"}:
            return Page(b"", status=HTTPStatus.METHOD_NOT_ALLOWED)
        if path != self._path:
            return Page(b"", status=HTTPStatus.NOT_FOUND)
        if self.page.status == HTTPStatus.OK and self.page.etag in known:
            return Page(self.page.data, self.page.content_type, HTTPStatus.NOT_MODIFIED)
        return self.page

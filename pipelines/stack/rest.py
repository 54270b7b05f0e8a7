"""A small client of Airflow's REST API, which answers in milliseconds where an ``airflow`` command takes seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import httpx


class AirflowRest:
    """Calls below ``/api/v2`` of one Airflow, as one user; JSON in, JSON out.

    Raises httpx.HTTPStatusError for an answer of 400 or above, with the server's own text in the message, and
    httpx.TransportError where nobody answers.
    """

    def __init__(self, base_url: str, username: str, password: str, timeout: float = 30.0) -> None:
        # trust_env: a proxy for the internet must not be asked for a server of this machine.
        self._client = httpx.Client(base_url=base_url, timeout=timeout, trust_env=False)
        self._credentials = {"username": username, "password": password}
        self._token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, **query: Any) -> Any:
        """GET ``/api/v2/<path>``."""
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Any) -> Any:
        """POST ``body`` to ``/api/v2/<path>``."""
        return self.call("POST", path, body=body)

    def patch(self, path: str, body: Any) -> Any:
        """PATCH ``/api/v2/<path>`` with ``body``."""
        return self.call("PATCH", path, body=body)

    def delete(self, path: str) -> Any:
        """DELETE ``/api/v2/<path>``."""
        return self.call("DELETE", path)

    def every(self, path: str, key: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a listing, page by page; ``key`` names the list in the answer, such as ``dag_runs``."""
        offset = 0
        while True:
            page = self.get(path, **query, limit=100, offset=offset)
            yield from page[key]
            offset += len(page[key])
            if not page[key] or offset >= page["total_entries"]:
                return

    def health(self) -> dict[str, Any]:
        """Status and last heartbeat of metadatabase, scheduler, triggerer and dag_processor; needs no log-in."""
        answer = self._client.get("/api/v2/monitor/health")
        _raise_with_text(answer)
        return dict(answer.json())

    def call(self, method: str, path: str, *, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        """One request with a token, renewed once when it has expired; None for an answer without a body."""
        for renewed in (False, True):
            if not self._token or renewed:
                self._token = self._log_in()
            answer = self._client.request(
                method,
                f"/api/v2/{path.lstrip('/')}",
                params=query or None,
                json=body,
                headers={"Authorization": f"Bearer {self._token}"},
            )
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
        _raise_with_text(answer)
        return answer.json() if answer.content else None

    def _log_in(self) -> str:
        answer = self._client.post("/auth/token", json=self._credentials)
        _raise_with_text(answer)
        return str(answer.json()["access_token"])


def _raise_with_text(answer: httpx.Response) -> None:
    if answer.is_error:
        raise httpx.HTTPStatusError(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}",
            request=answer.request,
            response=answer,
        )

"""Health checks for load balancers and container platforms: `/healthz` and `/readyz`.

A probe calls the server by its IP address and without TLS. So this middleware comes first, before
those that check the host name and redirect to HTTPS.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

METHODS = ("GET", "HEAD")


class ProbeMiddleware:
    """Answers probes in plain text. Passes on all other requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.is_migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in METHODS and request.path_info == "/healthz":
            return _answer("")
        if request.method in METHODS and request.path_info == "/readyz":
            return _answer(self._not_ready())
        return self.get_response(request)

    def _not_ready(self) -> str:
        """The reason for which requests would fail, or ""."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            # The plan reads all migrations from disk. Once applied, they stay applied.
            self.is_migrated = self.is_migrated or not _has_migrations_to_apply()
        except Error:
            return "the database is not available"
        return "" if self.is_migrated else "the database needs migrations: manage.py migrate"


def _has_migrations_to_apply() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _answer(problem: str) -> HttpResponse:
    status = HTTPStatus.SERVICE_UNAVAILABLE if problem else HTTPStatus.OK
    return HttpResponse(
        f"{problem or 'ok'}\n",
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )

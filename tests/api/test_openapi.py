"""The OpenAPI document, and tests with generated requests that the API conforms to it."""

import os

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as generation
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.slow

DOCUMENT = "/api/v1/openapi.json"
STATUSES = {
    "get": ["200", "400", "401", "403", "429", "503"],
    "post": ["200", "400", "401", "403", "413", "415", "422", "429", "503"],
}
generated = generation(
    max_examples=int(os.environ.get("API_EXAMPLES", "40")),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    ignored_auth,
]


@pytest.mark.django_db(transaction=True)  # or the server would close the test's connection
@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_answers_as_documented(key, settings, method, mode):
    settings.API_RATE_PER_MINUTE = 1_000_000
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, get_wsgi_application())
    operation = schema["/api/v1/events"][method]

    @generated
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        authorization = {"Authorization": f"Bearer {key.token}"}
        case.call_and_validate(headers=authorization, checks=PROMISES)

    ask()


def test_it_documents_every_status(client):
    paths = client.get(DOCUMENT).json()["paths"]
    assert list(paths) == ["/api/v1/events"]
    operations = paths["/api/v1/events"]
    assert {name: list(each["responses"]) for name, each in operations.items()} == STATUSES


def test_it_refers_to_nothing_that_is_missing(client):
    document = client.get(DOCUMENT).json()

    def references(part):
        if isinstance(part, dict):
            yield from [part["$ref"]] if "$ref" in part else []
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    names = {reference.removeprefix("#/components/schemas/") for reference in references(document)}
    assert names <= document["components"]["schemas"].keys()


def test_it_shows_its_documentation_without_help_from_elsewhere(client):
    response = client.get("/api/v1/docs")
    assert response.status_code == 200
    assert "//" not in response.text.replace("</", "").replace("/>", "")

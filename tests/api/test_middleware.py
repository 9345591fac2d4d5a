"""Django's own error responses under /api/ are problems, not pages."""

import json

import pytest

from activity.api.problems import MEDIA_TYPE


def _problem(response) -> dict:
    assert response["Content-Type"] == MEDIA_TYPE
    problem = json.loads(response.content)
    assert problem["status"] == response.status_code
    assert problem["detail"]
    return problem


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing", "/api/v2/events", "/api/v1/events/"])
def test_it_answers_an_unknown_address_with_404(client, path):
    response = client.get(path)
    assert (response.status_code, _problem(response)["code"]) == (404, "not_found")


def test_it_answers_other_methods_with_405(client):
    response = client.delete("/api/v1/events")
    assert (response.status_code, _problem(response)["code"]) == (405, "method_not_allowed")
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}


def test_it_answers_a_failure_with_500(client, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("secret")

    monkeypatch.setattr("activity.api.authentication.BearerKey.__call__", fail)
    client.raise_request_exception = False
    response = client.get("/api/v1/events")
    assert (response.status_code, _problem(response)["code"]) == (500, "internal_server_error")
    assert b"secret" not in response.content


def test_it_answers_an_unknown_host_with_400(client):
    response = client.get("/api/v1/events", headers={"host": "elsewhere.example"})
    assert (response.status_code, _problem(response)["code"]) == (400, "bad_request")


@pytest.mark.django_db
def test_it_leaves_pages_alone(client):
    response = client.get("/nothing")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")

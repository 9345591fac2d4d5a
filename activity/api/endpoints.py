"""Version 1 of the API. Its documentation is at `/api/v1/docs`."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema

from activity.api import openapi, problems
from activity.api.authentication import BearerKey
from activity.api.models import ApiKey, Scope
from activity.api.read_events import EventSlice, ReadRequest
from activity.api.write_events import JSON, NDJSON, read_batch, record_batch
from activity.formats import to_json

COMMON_PROBLEMS = dict.fromkeys((400, 401, 403, 429, 503), openapi.Problem)
BODY_PROBLEMS = dict.fromkeys((413, 415, 422), openapi.Problem)


class EventsApi(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        openapi.complete(document)
        return document


api = EventsApi(
    title="passaudit",
    version="1",
    description="Write events to an organization's activity log, and read them.",
    urls_namespace="api",
    docs=Swagger({"validatorUrl": "none", "deepLinking": False}),
)
problems.handle_in(api)


@api.post(
    "/events",
    auth=BearerKey(Scope.WRITE),
    response={200: openapi.Receipt, **COMMON_PROBLEMS, **BODY_PROBLEMS},
    summary="Record events",
    tags=["Events"],
)
def record_events(request: HttpRequest) -> HttpResponse:
    """Stores the valid events of the body and reports the others. Sending an event again does not
    store it twice. The answer is sent after the events are stored durably."""
    answer = record_batch(_key(request).organization, read_batch(request))
    return _response(to_json(answer), JSON)


@api.get(
    "/events",
    auth=BearerKey(Scope.READ),
    response={200: openapi.EventsPage, **COMMON_PROBLEMS},
    summary="Read events",
    tags=["Events"],
)
def read_events(request: HttpRequest) -> HttpResponse:
    """Without `cursor`: the history, by time. With an empty `cursor`: the feed, in the order of
    recording, which returns each event exactly once, also while others write. In both modes,
    continue with the cursor of the answer."""
    read_request = ReadRequest.parse(_key(request).organization, request.GET)
    return _list_response(request, read_request, read_request.fetch())


def _key(request: HttpRequest) -> ApiKey:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return key


def _list_response(
    request: HttpRequest, read_request: ReadRequest, found: EventSlice
) -> HttpResponse:
    organization = read_request.query.organization
    write = read_request.event_format.write
    items = [to_json(write(row, organization)) for row in found.rows]
    cursor = found.cursor.encode(organization.pk) if found.cursor else None
    if request.get_preferred_type([JSON, NDJSON]) == NDJSON:
        response = _response("".join(f"{item}\n" for item in items), NDJSON)
    else:
        rest = to_json({"cursor": cursor, "has_more": found.has_more}).removeprefix("{")
        response = _response(f'{{"items":[{",".join(items)}],{rest}', JSON)
    response["Passaudit-Has-More"] = str(found.has_more).lower()
    if cursor:
        parameters = request.GET.dict() | {"cursor": cursor}
        url = request.build_absolute_uri(f"{request.path}?{urlencode(parameters)}")
        response["Link"] = f'<{url}>; rel="next"'
        response["Passaudit-Cursor"] = cursor
    patch_vary_headers(response, ["Accept", "Authorization"])
    return response


def _response(body: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        body,
        status=HTTPStatus.OK,
        content_type=content_type,
        headers={"Cache-Control": "no-store"},
    )

"""Version 1 of the API. Its documentation page is `/api/v1/docs`."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema

from activity.api import batches, openapi, problems, slices
from activity.api.authentication import BearerKey
from activity.api.cursors import encode
from activity.api.models import ApiKey, Scope
from activity.api.read_events import Question, ask
from activity.api.schemas import EventsPage, Problem, Receipt
from activity.api.slices import Slice
from activity.api.write_events import ingest
from activity.formats import FORMATTERS, to_json

COMMON_PROBLEMS = dict.fromkeys((400, 401, 403, 429, 503), Problem)
BODY_PROBLEMS = dict.fromkeys((413, 415, 422), Problem)


class EventsApi(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        openapi.complete(document)
        return document


api = EventsApi(
    title="passaudit",
    version="1",
    description="Events into and out of an organization's activity log.",
    urls_namespace="api",
    docs=Swagger({"validatorUrl": "none", "deepLinking": False}),
)
problems.handle_in(api)


@api.post(
    "/events",
    auth=BearerKey(Scope.WRITE),
    response={200: Receipt, **COMMON_PROBLEMS, **BODY_PROBLEMS},
    openapi_extra=openapi.POST_BODY,
    summary="Record events",
    tags=["Events"],
)
def record_events(request: HttpRequest) -> HttpResponse:
    """Stores the good events of the body and names the bad ones. To send the same again stores
    nothing twice. The answer comes when the events are stored for good."""
    key = _key(request)
    answer = ingest(key.organization, batches.read(request))
    return _response(to_json(answer), batches.JSON)


@api.get(
    "/events",
    auth=BearerKey(Scope.READ),
    response={200: EventsPage, **COMMON_PROBLEMS},
    openapi_extra=openapi.GET_PARAMETERS,
    summary="Read events",
    tags=["Events"],
)
def read_events(request: HttpRequest) -> HttpResponse:
    """Without `cursor`: the history, by time. With an empty `cursor`: the feed, in the order of
    recording, which misses nothing and repeats nothing while others write. In both, go on with
    the cursor of the answer."""
    key = _key(request)
    question = ask(key.organization, request.GET)
    return _page(request, question, slices.take(question))


def _key(request: HttpRequest) -> ApiKey:
    return request.auth  # type: ignore[attr-defined]


def _page(request: HttpRequest, question: Question, found: Slice) -> HttpResponse:
    organization = question.query.organization
    formatter = FORMATTERS[question.event_format]
    items = [to_json(formatter(row, organization)) for row in found.rows]
    cursor = encode(found.cursor, organization.pk) if found.cursor else None
    preferred = request.get_preferred_type([batches.JSON, batches.NDJSON])
    if preferred == batches.NDJSON:
        response = _response("".join(f"{item}\n" for item in items), batches.NDJSON)
    else:
        rest = to_json({"cursor": cursor, "has_more": found.has_more}).removeprefix("{")
        response = _response(f'{{"items":[{",".join(items)}],{rest}', batches.JSON)
    response["Passaudit-Has-More"] = str(found.has_more).lower()
    if cursor:
        parameters = request.GET.dict() | {"cursor": cursor}
        address = request.build_absolute_uri(f"{request.path}?{urlencode(parameters)}")
        response["Link"] = f'<{address}>; rel="next"'
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

"""Health, version, problems, and what every answer bears."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from event_scheduler.app import create_app
from event_scheduler.settings import load_settings
from event_scheduler.version import VERSION
from tests.support.server import RunningSandbox
from tests.support.service import Service, running_service

NOWHERE = "postgresql://nobody:nothing@127.0.0.1:1/none"


@pytest.fixture
async def stranded(sandbox: RunningSandbox) -> AsyncIterator[Service]:
    """The application with its database away."""
    async with running_service(database_url=NOWHERE, upstream_url=sandbox.base_url) as running:
        yield running


async def test_alive_and_ready(service: Service) -> None:
    assert (await service.get("/livez")).json() == {"status": "alive"}
    assert (await service.get("/readyz")).json() == {"status": "ready"}


async def test_without_a_database_it_is_alive_and_not_ready(stranded: Service) -> None:
    assert (await stranded.get("/livez")).status_code == 200
    ready = await stranded.get("/readyz")
    assert (ready.status_code, ready.json()["code"]) == (503, "not_ready")
    assert ready.json()["errors"] == [{"detail": "The database does not answer."}]
    assert int(ready.headers["retry-after"]) >= 1


@pytest.mark.parametrize("path", ["/events", "/events/A1"])
async def test_without_a_database_answers_are_503_problems(
    stranded: Service, sandbox: RunningSandbox, path: str
) -> None:
    response = await stranded.get(path)
    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
    assert "retry-after" in response.headers
    assert "127.0.0.1" not in response.text
    assert sandbox.count_calls() == 0


async def test_an_empty_database_is_not_ready(empty_database_url: str, sandbox: RunningSandbox) -> None:
    async with running_service(database_url=empty_database_url, upstream_url=sandbox.base_url) as service:
        ready = await service.get("/readyz")
        assert (ready.status_code, ready.json()["errors"][0]["detail"]) == (
            503,
            "The database is at schema none, this version needs 0001.",
        )
        assert (await service.get("/events")).status_code == 503


async def test_it_migrates_an_empty_database_on_start(empty_database_url: str, sandbox: RunningSandbox) -> None:
    async with running_service(database_url=empty_database_url, upstream_url=sandbox.base_url, migrate=True) as service:
        assert (await service.get("/readyz")).status_code == 200


async def test_version(service: Service) -> None:
    body = (await service.get("/version")).json()
    assert (body["name"], body["version"], body["mode"]) == ("event-scheduler", VERSION, "live")


async def test_the_type_of_a_problem_leads_to_its_description(service: Service) -> None:
    problem = (await service.get("/events", page=0)).json()
    described = (await service.client.get(problem["type"])).json()
    assert (described["code"], described["status"], described["title"]) == (
        problem["code"],
        problem["status"],
        problem["title"],
    )
    assert (await service.get("/problems/none_such")).status_code == 404


async def test_an_address_that_is_not_there(service: Service) -> None:
    response = await service.get("/event")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/events", "/events/", "/events/A1", "/livez", "/version"])
async def test_a_wrong_method_is_told_which_are_right(service: Service, method: str, path: str) -> None:
    response = await service.client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
    assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/events?size=2", "/livez", "/version", "/openapi.json", "/docs", "/robots.txt"])
async def test_head_is_get_without_a_body(service: Service, path: str) -> None:
    got = await service.client.get(path)
    headed = await service.client.head(path)
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == got.headers["content-length"] == str(len(got.content))


@pytest.mark.parametrize("path", ["/events", "/events?page=0", "/nothing", "/livez", "/docs", "/static/docs/docs.css"])
async def test_every_answer_bears_a_request_id_and_the_standard_headers(service: Service, path: str) -> None:
    response = await service.client.get(path)
    assert len(response.headers["x-request-id"]) >= 16
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in response.headers
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "server" not in response.headers


async def test_the_request_id_is_in_the_problem(service: Service) -> None:
    response = await service.get("/events", page=0)
    assert response.json()["requestId"] == response.headers["x-request-id"]


async def test_the_start_page_leads_to_the_description(service: Service) -> None:
    response = await service.get("/")
    assert (response.status_code, response.headers["location"]) == (307, "/docs")


async def test_a_crash_is_a_problem_that_gives_nothing_away(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    settings, _ = load_settings(environment={}, dotenv=None, overrides={"DATABASE_URL": database_url})
    app: FastAPI = create_app(settings, migrate=False)

    @app.get("/crash")
    async def crash() -> None:
        raise ZeroDivisionError("secret detail")

    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://events.test") as client:
            response = await client.get("/crash")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "secret" not in response.text
    assert response.headers["x-request-id"] == response.json()["requestId"]
    assert "request_crashed" in capfd.readouterr().out

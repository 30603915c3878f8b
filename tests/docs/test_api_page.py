"""`docs/api.md` describes what the application answers: routes, parameters, problems, outcomes."""

from typing import Any

import pytest

from event_scheduler.api.problems import describe_problems
from event_scheduler.app import create_app
from event_scheduler.cli import main
from event_scheduler.errors import AppError
from event_scheduler.freshness.models import CacheOutcome, Notice
from event_scheduler.settings import load_settings
from tests.docs.documents import in_code_style, list_rows, read, section

PAGE = read("docs/api.md")


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    nowhere = {"DATABASE_URL": "postgresql://nobody@localhost:1/nothing"}
    settings, _ = load_settings(environment=nowhere, dotenv=None)
    return create_app(settings, migrate=False).openapi()


def list_problems() -> dict[str, type[AppError]]:
    """All kinds of problems of the whole program; the commands bring some of their own."""
    assert main.app is not None
    return {code: kind for code, kind in describe_problems().items() if kind.__module__.startswith("event_scheduler.")}


def test_every_route_is_on_the_page(openapi: dict[str, Any]) -> None:
    documented = {word.removeprefix("GET ") for word in in_code_style(PAGE)}
    assert set(openapi["paths"]) <= documented
    assert {method for operations in openapi["paths"].values() for method in operations} == {"get"}


def test_the_page_lists_the_parameters_of_a_search_and_no_others(openapi: dict[str, Any]) -> None:
    rows = list_rows(section(PAGE, "## Searching"), "Parameter")
    documented = [name for row in rows for name in in_code_style(row[0])]
    parameters = openapi["paths"]["/events"]["get"]["parameters"]
    assert sorted(documented) == sorted(item["name"] for item in parameters if item["in"] == "query")


def test_the_readme_names_every_parameter_of_a_search(openapi: dict[str, Any]) -> None:
    brief = in_code_style(section(read("README.md"), "## The API in brief"))
    parameters = openapi["paths"]["/events"]["get"]["parameters"]
    assert {item["name"] for item in parameters if item["in"] == "query"} <= set(brief)


def test_the_page_lists_every_problem_and_nothing_else() -> None:
    documented = [in_code_style(row[0])[0] for row in list_rows(section(PAGE, "## Problems"), "Code")]
    assert sorted(documented) == sorted(list_problems())


def test_the_page_has_the_status_of_every_problem() -> None:
    problems = list_problems()
    documented = {in_code_style(row[0])[0]: row[1] for row in list_rows(section(PAGE, "## Problems"), "Code")}
    answered = {code: status for code, status in documented.items() if status.isdigit()}
    assert answered == {code: str(problems[code].status) for code in answered}


def test_every_outcome_of_the_cache_is_explained() -> None:
    documented = {in_code_style(row[0])[0] for row in list_rows(PAGE, "`Cache-Status: event-scheduler; …`")}
    assert {text.removesuffix("; ttl=…") for text in documented} == {outcome.value for outcome in CacheOutcome}


def test_every_notice_is_among_the_warnings() -> None:
    documented = {in_code_style(row[0])[0] for row in list_rows(PAGE, "Warning")}
    assert {notice.value for notice in Notice} <= documented

"""What the OpenAPI document says is what happens."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from event_scheduler.catalog.models import StoredEvent
from tests.support.server import RunningSandbox
from tests.support.service import Service, serving_service


async def fetch_document(service: Service) -> dict[str, Any]:
    document: dict[str, Any] = (await service.get("/openapi.json")).json()
    return document


async def test_it_is_openapi_3_1_and_names_every_route(service: Service) -> None:
    document = await fetch_document(service)
    assert document["openapi"].startswith("3.1")
    assert sorted(document["paths"]) == [
        "/events",
        "/events/{event_id}",
        "/livez",
        "/problems/{code}",
        "/readyz",
        "/version",
    ]


async def test_every_reference_leads_somewhere(service: Service) -> None:
    document = await fetch_document(service)
    references: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(reference := node.get("$ref"), str):
                references.add(reference)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    assert references
    assert {reference.removeprefix("#/components/schemas/") for reference in references} <= set(
        document["components"]["schemas"]
    )


async def test_the_event_is_described_field_by_field(service: Service) -> None:
    document = await fetch_document(service)
    described = document["components"]["schemas"]["StoredEvent"]["properties"]
    assert list(described) == list(StoredEvent.__struct_encode_fields__)


async def test_the_parameters_are_ticketmasters(service: Service) -> None:
    document = await fetch_document(service)
    parameters = document["paths"]["/events"]["get"]["parameters"]
    assert [item["name"] for item in parameters if item["in"] == "query"] == [
        "page", "size", "keyword", "city", "startDateTime", "endDateTime", "refresh", "countryCode", "stateCode",
        "postalCode", "classificationName", "segmentId", "genreId", "venueId", "attractionId", "latlong", "radius",
        "unit", "locale", "includeTBA", "kind", "sort",
    ]  # fmt: skip
    assert all(item["description"] for item in parameters)


def test_a_seeded_thousand_of_requests_keeps_to_the_document(
    database_url: str, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    """Valid and invalid input from the document itself: no 5xx, no undocumented status, no schema break.

    Whether parameters go together (`radius` needs `latlong`) cannot be said in OpenAPI, so the one check that wants
    every combination accepted stays out.
    """
    with serving_service(database_url=database_url, upstream_url=sandbox.base_url) as url:
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--seed=1", "--no-color"]
        run = subprocess.run(
            [*command, "--max-examples=140", "--checks=all", "--exclude-checks=positive_data_acceptance"],
            check=False,
            capture_output=True,
            text=True,
            timeout=100,
            cwd=tmp_path,
        )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]
    generated = re.search(r"(\d+) generated", run.stdout)
    assert generated is not None
    assert int(generated[1]) >= 1000, run.stdout[-1000:]

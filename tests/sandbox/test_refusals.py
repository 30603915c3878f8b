import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from event_scheduler.sandbox.app import create_sandbox
from tests.sandbox.conftest import DAY, Hand, open_client

_ABOUT = "/discovery/v2/errors.html#"


def _get(client: TestClient, path: str = "events.json", /, **params: str | int) -> Response:
    query: dict[str, str | int] = {"apikey": "key", **params}
    return client.get(f"discovery/v2/{path}", params=query)


@pytest.mark.parametrize(
    ("params", "code", "status", "link"),
    [
        ({"startDateTime": "2026-12-01T00:00:00.000Z"}, "DIS1015", "400 BAD_REQUEST", "self"),
        ({"endDateTime": "2026-12-01T00:00:00"}, "DIS1015", "400 BAD_REQUEST", "self"),
        ({"endDateTime": "2026-12-01"}, "DIS1015", "400 BAD_REQUEST", "self"),
        ({"startDateTime": "2026-02-30T00:00:00Z"}, "DIS1015", "400 BAD_REQUEST", "self"),
        ({"size": 201}, "DIS1036", "400 BAD_REQUEST", "about"),
        ({"size": 200, "page": 6}, "DIS1035", "400 BAD_REQUEST", "about"),
        ({"size": 20, "page": 51}, "DIS1035", "400 BAD_REQUEST", "about"),
        ({"size": 20, "page": 498}, "DIS1035", "400 BAD_REQUEST", "about"),
        ({"size": 20, "page": 499}, "DIS1024", "400", "about"),
        ({"sort": "date"}, "DIS1005", "400", "about"),
        ({"locale": "*,en"}, "DIS1005", "400", "about"),
        ({"latlong": "here"}, "DIS1005", "400", "about"),
    ],
)
def test_bad_parameter(client: TestClient, params: dict[str, str | int], code: str, status: str, link: str) -> None:
    answer = _get(client, **params)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["code"], error["status"]) == (code, status)
    assert error["_links"] == {link: {"href": _ABOUT + code}}
    assert not [name for name in answer.headers if name.startswith("rate-limit")]


@pytest.mark.parametrize(
    "params", [{"size": 200, "page": 5}, {"size": 20, "page": 50}, {"size": 200}, {"locale": "en-us,*"}]
)
def test_limits_themselves_are_served(client: TestClient, params: dict[str, str | int]) -> None:
    answer = _get(client, **params)
    assert answer.status_code == 200
    assert answer.json()["_embedded"]["events"]


@pytest.mark.parametrize(
    "path",
    ["events/none.json", "events/none/images.json", "venues/none.json", "attractions/none", "classifications/none.json",
     "classifications/genres/none.json", "nothing.json"],
)  # fmt: skip
def test_unknown_id(client: TestClient, path: str) -> None:
    answer = _get(client, path)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "DIS1004"
    assert answer.json()["errors"][0]["status"] == "404"


def test_ids_are_case_sensitive(client: TestClient) -> None:
    id_ = next(event["id"] for event in _get(client).json()["_embedded"]["events"])
    assert _get(client, f"events/{id_.upper()}.json").status_code == 404


def test_wrong_and_missing_key(client: TestClient) -> None:
    wrong, missing = _get(client, apikey="invalid-key"), client.get("discovery/v2/events.json")
    assert (wrong.status_code, missing.status_code) == (401, 401)
    assert wrong.json()["fault"]["detail"]["errorcode"] == "oauth.v2.InvalidApiKey"
    assert "Failed to resolve API Key" in missing.json()["fault"]["faultstring"]
    assert "rate-limit" not in wrong.headers


def test_sixth_call_of_a_second_is_a_spike(clock: Hand) -> None:
    client = open_client(create_sandbox(today=DAY, event_count=200, now=clock))
    assert [_get(client, size=1).status_code for _ in range(6)] == [200] * 5 + [429]
    spike = _get(client)
    assert spike.json()["fault"]["detail"]["errorcode"] == "policies.ratelimit.SpikeArrestViolation"
    assert "retry-after" not in spike.headers
    assert _get(client, apikey="another").status_code == 200
    clock.move(seconds=1)
    assert _get(client).status_code == 200


def test_rate_below_one_a_second(clock: Hand) -> None:
    client = open_client(create_sandbox(today=DAY, event_count=200, now=clock, requests_per_second=0.5))
    statuses = []
    for _ in range(3):
        statuses.append(_get(client).status_code)
        clock.move(seconds=1)
    assert statuses == [200, 429, 200]


def test_quota_lasts_a_day_from_the_first_call(clock: Hand) -> None:
    client = open_client(create_sandbox(today=DAY, event_count=200, now=clock, daily_quota=3))
    first = _get(client, size=1)
    assert {name: first.headers[name] for name in ("rate-limit", "rate-limit-available", "rate-limit-over")} == {
        "rate-limit": "3",
        "rate-limit-available": "2",
        "rate-limit-over": "0",
    }
    assert int(first.headers["rate-limit-reset"]) == int((clock.time.timestamp() + 86_400) * 1000)
    clock.move(hours=23)
    assert _get(client, size=999).status_code == 400, "counted, though it is refused"
    assert _get(client, size=1).headers["rate-limit-available"] == "0"
    spent = _get(client, apikey="key")
    assert spent.status_code == 429
    assert spent.json()["fault"]["detail"]["errorcode"] == "policies.ratelimit.QuotaViolation"
    assert spent.json()["fault"]["faultstring"].endswith("Identifier : key")
    clock.move(hours=1)
    assert _get(client, size=1).headers["rate-limit-available"] == "2"


def test_counters_and_reset(clock: Hand) -> None:
    client = open_client(create_sandbox(today=DAY, event_count=200, now=clock))
    for path in ("events.json", "events", "events/none.json", "venues.json", "attractions.json", "events.json"):
        _get(client, path)
    _get(client, apikey="invalid")
    _get(client, apikey="other")
    assert client.get("control/counters").json() == {
        "total": 8,
        "byPath": {"attractions": 1, "event": 1, "events": 5, "venues": 1},
        "byStatus": {"200": 5, "401": 1, "404": 1, "429": 1},
        "keys": 2,
    }
    assert client.post("control/reset").json()["total"] == 0
    assert _get(client).status_code == 200, "the limiter has forgotten too"


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("10.1.2.3", 403), ("somebody", 403)],
)
def test_control_is_for_this_machine(host: str, status: int) -> None:
    client = open_client(create_sandbox(today=DAY), host=host)
    assert client.get("control/counters").status_code == status
    assert client.post("control/reset").status_code == status


def test_compresses_when_asked(client: TestClient) -> None:
    plain, packed = (
        client.get("discovery/v2/events.json", params={"apikey": "key"}, headers={"Accept-Encoding": encoding})
        for encoding in ("identity", "gzip")
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.json() == packed.json()


def test_day_moves_on_at_midnight(clock: Hand) -> None:
    client = open_client(create_sandbox(event_count=500, now=clock))

    def first_day() -> str:
        events = _get(client, sort="date,asc", size=1).json()["_embedded"]["events"]
        return str(events[0]["dates"]["start"]["localDate"])

    before = first_day()
    clock.move(days=5)
    assert first_day() > before

"""The two shapes of refusal: `errors` from the application (400, 404) and `fault` from the gateway (401, 429)."""

from typing import Any

__all__ = [
    "Refusal",
    "refuse_date",
    "refuse_depth",
    "refuse_key",
    "refuse_missing_key",
    "refuse_quota",
    "refuse_size",
    "refuse_spike",
    "refuse_total",
    "refuse_unknown",
    "refuse_value",
]


class Refusal(Exception):  # noqa: N818 - an answer like any other, not a failure of this program
    """An answer that is not 200; its body is JSON, and no rate headers go with it."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def _make_errors(status: int, code: str, detail: str, *, status_text: str, link: str = "about") -> Refusal:
    links = {link: {"href": f"/discovery/v2/errors.html#{code}"}}
    return Refusal(status, {"errors": [{"_links": links, "code": code, "detail": detail, "status": status_text}]})


def _make_fault(status: int, code: str, text: str) -> Refusal:
    return Refusal(status, {"fault": {"faultstring": text, "detail": {"errorcode": code}}})


def refuse_date() -> Refusal:
    """Refuse an instant that is not exactly `YYYY-MM-DDTHH:mm:ssZ`; here the link is called `self`."""
    detail = "Query param with date must be of valid format YYYY-MM-DDTHH:mm:ssZ {example: 2020-08-01T14:00:00Z }"
    return _make_errors(400, "DIS1015", detail, status_text="400 BAD_REQUEST", link="self")


def refuse_size() -> Refusal:
    """Refuse a page size above 200; 200 itself is served, whatever the text says."""
    return _make_errors(400, "DIS1036", 'Query param "size" must be less than 200', status_text="400 BAD_REQUEST")


def refuse_depth() -> Refusal:
    """Refuse a page that begins after item 1,000."""
    detail = "API Limits Exceeded: Max paging depth exceeded. (page * size) must be less than 1,000"
    return _make_errors(400, "DIS1035", detail, status_text="400 BAD_REQUEST")


def refuse_total() -> Refusal:
    """Refuse a page that begins near or after the end of what is counted at all."""
    return _make_errors(400, "DIS1024", "Results limit exceeded", status_text="400")


def refuse_value(name: str, allowed: str) -> Refusal:
    """Refuse a value of `sort`; also used for `locale`, `page` and points, where the original's code is not known."""
    return _make_errors(400, "DIS1005", f'Query param "{name}" may only be {allowed}', status_text="400")


def refuse_unknown(locale: str, id_: str) -> Refusal:
    """Refuse an id that names nothing."""
    detail = f"Resource not found with provided criteria (locale={locale}, id={id_})"
    return _make_errors(404, "DIS1004", detail, status_text="404")


def refuse_key() -> Refusal:
    """Refuse a wrong key."""
    return _make_fault(401, "oauth.v2.InvalidApiKey", "Invalid ApiKey")


def refuse_missing_key() -> Refusal:
    """Refuse a call without a key."""
    text = "Failed to resolve API Key variable request.queryparam.apikey"
    return _make_fault(401, "steps.oauth.v2.FailedToResolveAPIKey", text)


def refuse_quota(key: str) -> Refusal:
    """Refuse a call beyond the daily quota; the body repeats the key, as the original's does."""
    text = f"Rate limit quota violation. Quota limit  exceeded. Identifier : {key}"
    return _make_fault(429, "policies.ratelimit.QuotaViolation", text)


def refuse_spike(rate: float) -> Refusal:
    """Refuse a call beyond the rate; the code is known from clients that handle it, the wording is ours."""
    return _make_fault(
        429, "policies.ratelimit.SpikeArrestViolation", f"Spike arrest violation. Allowed rate : {rate:g}ps"
    )

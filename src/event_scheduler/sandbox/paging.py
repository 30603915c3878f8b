"""Writes pages: the limits of paging, the page block and the relative links."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from event_scheduler.sandbox.errors import refuse_depth, refuse_total
from event_scheduler.sandbox.parameters import Paging

__all__ = ["check_depth", "write_page"]

_MAX_OFFSET = 1_000
"""Measured: a page that begins exactly at 1,000 is still served, though the documentation says it is not."""

_MAX_TOTAL = 10_000
"""Larger results report this many."""

_TOTAL_REFUSED = 9_980
"""Measured: from this offset on the answer is another error."""

_Item = TypeVar("_Item")


def check_depth(paging: Paging) -> None:
    """Refuse pages that are too deep.

    Raises:
        Refusal: 400 `DIS1024` from offset 9,980 on, else 400 `DIS1035` beyond offset 1,000.
    """
    if paging.offset >= _TOTAL_REFUSED:
        raise refuse_total()
    if paging.offset > _MAX_OFFSET:
        raise refuse_depth()


def write_page(
    name: str, found: Sequence[_Item], write: Callable[[_Item], object], *, paging: Paging, params: QueryParams
) -> dict[str, Any]:
    """Write one page of a result.

    Args:
        name: What is listed, as in the path; also the key below `_embedded`.
        found: The whole result, in order.
        write: Writes one item of it.
        paging: Which page, already checked for depth.
        params: As received, echoed in the links.

    Returns:
        A body without `_embedded` where the page is empty: nothing was found, or it lies behind the last.
    """
    total = min(len(found), _MAX_TOTAL)
    pages = -(-total // paging.size)
    items = [write(item) for item in found[paging.offset : min(paging.offset + paging.size, total)]]
    body: dict[str, Any] = {"_embedded": {name: items}} if items else {}
    body["_links"] = _write_links(name, params, paging, pages)
    body["page"] = {"size": paging.size, "totalElements": total, "totalPages": pages, "number": paging.number}
    return body


def _write_links(name: str, params: QueryParams, paging: Paging, pages: int) -> dict[str, Any]:
    """Write relative links that repeat the parameters in another order, and never the key."""
    echoed = [(key, value) for key, value in reversed(params.multi_items()) if key.lower() != "apikey"]
    path = f"/discovery/v2/{name}.json"

    def link(number: int) -> dict[str, str]:
        others = [(key, value) for key, value in echoed if key not in {"page", "size"}]
        return {"href": f"{path}?{urlencode([*others, ('page', str(number)), ('size', str(paging.size))])}"}

    links = {"self": {"href": f"{path}?{urlencode(echoed)}" if echoed else path}}
    if pages > 1:
        links = {"first": link(0), **links, "last": link(pages - 1)}
        if paging.number + 1 < pages:
            links["next"] = link(paging.number + 1)
        if paging.number > 0:
            links["prev"] = link(min(paging.number, pages) - 1)
    return links

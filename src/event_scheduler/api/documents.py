"""The shapes of answers that are not events themselves: the list envelope, health, version."""

from typing import Annotated

import msgspec

from event_scheduler.catalog.models import StoredEvent, Utc

__all__ = ["EventPage", "Health", "Links", "Meta", "ProblemKind", "Version", "WarningItem"]


class _Shape(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of an answer."""


class Links(_Shape, frozen=True, kw_only=True):
    """Absolute addresses of this page and its neighbours; the `Link` header has the same."""

    self: str
    first: str
    prev: str | None
    next: str | None
    last: str


class WarningItem(_Shape, frozen=True, kw_only=True):
    """Something about the answer that the asker should know."""

    code: Annotated[str, msgspec.Meta(examples=["unknown_parameter"])]
    detail: str
    parameter: str | None = None


class Meta(_Shape, frozen=True, kw_only=True):
    """How old the answer is, and where it comes from."""

    fetched_at: Annotated[Utc, msgspec.Meta(description="When the source told this.")]
    expires_at: Annotated[Utc, msgspec.Meta(description="Until when the answer counts as fresh.")]
    stale: Annotated[
        bool,
        msgspec.Meta(description="Whether the source was asked for something newer and did not give it in time."),
    ]
    source: Annotated[str, msgspec.Meta(examples=["ticketmaster"])]
    warnings: tuple[WarningItem, ...] = ()


class EventPage(_Shape, frozen=True, kw_only=True):
    """One page of events."""

    page: int
    size: int
    total: int
    total_relation: Annotated[
        str,
        msgspec.Meta(
            description="`exact`, or `atLeast` where the source's number is capped, or part of it was left out here.",
            pattern="^(exact|atLeast)$",
        ),
    ]
    total_pages: int
    events: tuple[StoredEvent, ...]
    links: Links
    meta: Meta


class Health(_Shape, frozen=True, kw_only=True):
    """Whether the process lives, or can serve."""

    status: Annotated[str, msgspec.Meta(examples=["alive", "ready"])]


class Version(_Shape, frozen=True, kw_only=True):
    """Which program this is."""

    name: str
    version: str
    commit: Annotated[str | None, msgspec.Meta(description="Null where it does not run from a checkout.")]
    mode: Annotated[
        str, msgspec.Meta(description="`demo`: pretend events; `live`: real ones.", pattern="^(demo|live)$")
    ]


class ProblemKind(_Shape, frozen=True, kw_only=True):
    """What a kind of problem means."""

    code: str
    status: int
    title: str
    description: str

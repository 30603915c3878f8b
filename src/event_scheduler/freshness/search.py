"""A search, normalised: the unit that is cached. Pure.

Two spellings of one question are one search and share one answer; two different questions never do (decision 0002).
"""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from event_scheduler.catalog.models import Event, Moment, Precision
from event_scheduler.sources.models import GeoCircle, SourceQuery

__all__ = ["IncludeUndated", "Search", "Window", "clean_text"]

# A day begins at the earliest in UTC+14 and ends at the latest in UTC-12.
_EARLIEST_ZONE = timedelta(hours=14)
_LATEST_ZONE = timedelta(hours=12)


class IncludeUndated(Enum):
    """Whether events whose date is still to be announced belong to the answer."""

    NO = "no"
    YES = "yes"
    ONLY = "only"


def clean_text(text: str) -> str:
    """Bring text into one form: composed (NFC), runs of blanks as one, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """When an event starts. Half-open; each end is a moment, or a day at the venue, or open."""

    start: datetime | date | None = None
    """Inclusive. A `datetime` is aware UTC; a `date` is compared with the local day."""

    end: datetime | date | None = None
    """Exclusive, likewise."""

    def is_empty(self) -> bool:
        """Say whether nothing can start within."""
        if self.start is None or self.end is None:
            return False
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            return _round_up(self.start) >= _round_up(self.end)
        if isinstance(self.start, datetime) == isinstance(self.end, datetime):
            return self.start >= self.end
        return _earliest(self.start) >= _latest(self.end)

    def holds(self, start: Moment) -> bool:
        """Say whether a start lies within; one without a date lies in an open window only."""
        if start.precision is Precision.NONE:
            return self.start is None and self.end is None
        return self._begins_before(start) and self._ends_after(start)

    def _begins_before(self, start: Moment) -> bool:
        match self.start:
            case None:
                return True
            case datetime() as moment:
                # Where only the day is known, it matches as long as any of it lies within.
                _, last = _span(start)
                return last >= moment if start.precision is Precision.TIME else last > moment
            case date() as day:
                return _local_day(start) >= day

    def _ends_after(self, start: Moment) -> bool:
        match self.end:
            case None:
                return True
            case datetime() as moment:
                return _span(start)[0] < moment
            case date() as day:
                return _local_day(start) < day


def _span(start: Moment) -> tuple[datetime, datetime]:
    """The first and last instant that a start may be at: the same where the time is known."""
    last = start.sort_at()
    if last is None:  # a day at the very edge of the calendar
        last = datetime.max.replace(tzinfo=UTC)
    if start.precision is Precision.TIME or start.local_date is None:
        return last, last
    zone = ZoneInfo(start.time_zone) if start.time_zone else UTC
    try:
        return datetime.combine(start.local_date, time(0), zone).astimezone(UTC), last
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC), last


def _local_day(start: Moment) -> date:
    if start.local_date is not None:
        return start.local_date
    moment, _ = _span(start)
    return moment.astimezone(ZoneInfo(start.time_zone)).date() if start.time_zone else moment.date()


def _earliest(bound: datetime | date) -> datetime:
    return bound if isinstance(bound, datetime) else _shift_day(bound, -_EARLIEST_ZONE)


def _latest(bound: datetime | date) -> datetime:
    return bound if isinstance(bound, datetime) else _shift_day(bound, _LATEST_ZONE)


def _shift_day(day: date, by: timedelta) -> datetime:
    try:
        return datetime.combine(day, time(0), UTC) + by
    except OverflowError:
        return datetime.combine(day, time(0), UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """Everything that makes one search differ from another, in one form."""

    query: SourceQuery = field(default_factory=SourceQuery)
    """The filters and the order; its dates stay empty, the window has them."""

    window: Window = field(default_factory=Window)
    include_undated: IncludeUndated = IncludeUndated.NO

    def compute_key(self, *, source: str, base_url: str) -> bytes:
        """Identify this search among all others.

        Returns:
            32 bytes (SHA-256), the same for every spelling of the search and different for another source or upstream
            address. Letter case does not count.
        """
        parts = {
            **{name: _fold(value) for name, value in asdict(self.query).items()},
            "circle": None if self.query.circle is None else _fold_circle(self.query.circle),
            "start": _fold(self.window.start),
            "end": _fold(self.window.end),
            "include_undated": self.include_undated.value,
            "source": source,
            "base_url": base_url,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()

    def plan(self, *, asked_at: datetime) -> tuple[SourceQuery, ...]:
        """Say what to ask the source, in this order; later questions only once earlier ones are read to their end.

        Without a start the search means "from now on": from the hour of `asked_at`, rounded down, so that all pages of
        one reading ask the same. No start is added where the window's end has passed.

        Args:
            asked_at: When this reading began, aware UTC.
        """
        undated = replace(self.query, undated=True)
        if self.include_undated is IncludeUndated.ONLY:
            return (undated,)
        first = None if self.window.start is None else _earliest(self.window.start)
        last = None if self.window.end is None else _latest(self.window.end)
        if first is None and (last is None or last > asked_at):
            first = asked_at.replace(minute=0, second=0, microsecond=0)
        dated = replace(self.query, first_start=None if first is None else _round_up(first), last_start=_before(last))
        return (dated, undated) if self.include_undated is IncludeUndated.YES else (dated,)

    def holds(self, event: Event) -> bool:
        """Say whether an event that the source returned for a dated question belongs to the answer."""
        if event.start.precision is Precision.NONE:
            return False
        return self.window.holds(event.start)


def _round_up(moment: datetime) -> datetime:
    """The source counts in whole seconds; the first one not before the moment."""
    if moment.microsecond == 0:
        return moment
    return moment.replace(microsecond=0) + timedelta(seconds=1)


def _before(moment: datetime | None) -> datetime | None:
    """The source's end is inclusive, ours is not; starts are in whole seconds."""
    return None if moment is None else _round_up(moment) - timedelta(seconds=1)


def _fold(value: object) -> object:
    match value:
        case str():
            return value.lower()
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case tuple():
            return [str(item) for item in value]  # ids are case-sensitive
        case _:
            return value


def _fold_circle(circle: GeoCircle) -> list[object]:
    return [circle.latitude, circle.longitude, circle.radius, circle.unit.value]

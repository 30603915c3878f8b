"""Counts calls: per key against the two limits, and in all for whoever tests a client."""

import math
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from event_scheduler.sandbox.errors import refuse_quota, refuse_spike

__all__ = ["CallCounters", "KeyLimiter"]

_QUOTA_S = 86_400
_MAX_KEYS = 10_000
"""Keys remembered; the one unused longest is forgotten first, so that made-up keys cannot fill the memory."""


@dataclass(slots=True)
class _Usage:
    window_start_s: float
    used: int = 0
    recent_s: deque[float] = field(default_factory=deque)


class KeyLimiter:
    """Five calls a second and 5,000 a day for each key; the day begins with a key's first call."""

    def __init__(self, *, requests_per_second: float, daily_quota: int, now: Callable[[], datetime]) -> None:
        """Set the limits.

        Args:
            requests_per_second: Calls in any one second; below 1, one call in the time that follows; infinite for none.
            daily_quota: Calls in the 24 hours from a key's first one.
            now: Tells the time, aware.
        """
        self._rate = requests_per_second
        self._burst = max(1, math.floor(requests_per_second)) if math.isfinite(requests_per_second) else 0
        self._period_s = self._burst / requests_per_second if self._burst else 0.0
        self._quota = daily_quota
        self._now = now
        self._keys: OrderedDict[str, _Usage] = OrderedDict()

    def admit(self, key: str) -> dict[str, str]:
        """Count a call, or refuse it; refused calls are not counted against the quota.

        Returns:
            The rate headers of a 200; `Rate-Limit-Reset` is in milliseconds since the epoch.

        Raises:
            Refusal: 429, for the rate or for the quota.
        """
        now_s = self._now().timestamp()
        usage = self._keys.get(key)
        if usage is None or now_s >= usage.window_start_s + _QUOTA_S:
            usage = self._keys[key] = _Usage(now_s)
        self._keys.move_to_end(key)
        if len(self._keys) > _MAX_KEYS:
            self._keys.popitem(last=False)
        while usage.recent_s and usage.recent_s[0] <= now_s - self._period_s:
            usage.recent_s.popleft()
        if usage.used >= self._quota:
            raise refuse_quota(key)
        if self._burst and len(usage.recent_s) >= self._burst:
            raise refuse_spike(self._rate)
        usage.recent_s.append(now_s)
        usage.used += 1
        return {
            "Rate-Limit": str(self._quota),
            "Rate-Limit-Available": str(self._quota - usage.used),
            "Rate-Limit-Over": "0",
            "Rate-Limit-Reset": str(int((usage.window_start_s + _QUOTA_S) * 1000)),
        }

    def reset(self) -> None:
        """Forget every key."""
        self._keys.clear()


@dataclass(slots=True)
class CallCounters:
    """What was called since the start or the last reset."""

    by_path: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)

    def note(self, kind: str, status: int) -> None:
        """Count one answer."""
        self.by_path[kind] += 1
        self.by_status[str(status)] += 1

    def note_key(self, key: str) -> None:
        """Count a valid key, up to a bound that only an attack reaches."""
        if len(self.keys) < _MAX_KEYS:
            self.keys.add(key)

    def to_json(self) -> dict[str, Any]:
        """Return the counts: `total`, `byPath` by kind of address, `byStatus`, and how many `keys` were used."""
        return {
            "total": self.by_path.total(),
            "byPath": dict(sorted(self.by_path.items())),
            "byStatus": dict(sorted(self.by_status.items())),
            "keys": len(self.keys),
        }

    def reset(self) -> None:
        """Start again from nothing."""
        self.by_path.clear()
        self.by_status.clear()
        self.keys.clear()

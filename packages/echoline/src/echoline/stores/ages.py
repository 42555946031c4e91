"""How long each row is kept, and which rows are too old or too new to be taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt

from echoline.config import RetentionConfig, days
from echoline.model.records import Signal

FOREVER = 65535
DAY_NS = 86_400 * 10**9
MINUTE_NS = 60 * 10**9


@dataclass(frozen=True)
class Ages:
    """Bounds of one batch: settings, and what time it is."""

    retention: RetentionConfig
    max_ahead_s: int
    now_ns: int

    def retention_days(
        self, signal: Signal, services: Sequence[str], environments: Sequence[str]
    ) -> npt.NDArray[np.uint16]:
        """Days to keep what comes from each (service, environment); FOREVER where retention is off."""
        return np.array(
            [self._days(signal, *each) for each in zip(services, environments, strict=True)], dtype=np.uint16
        )

    def too_old(self, times_ns: npt.NDArray[np.int64], retention_days: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
        """Rows that retention would drop at once."""
        oldest = self.now_ns - retention_days.astype(np.int64) * DAY_NS
        result: npt.NDArray[np.bool_] = ((times_ns < oldest) & (retention_days != FOREVER)) | (times_ns < 0)
        return result

    def too_new(self, times_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Rows further in the future than a clock may be wrong."""
        result: npt.NDArray[np.bool_] = times_ns > self.now_ns + self.max_ahead_s * 10**9
        return result

    def _days(self, signal: Signal, service: str, environment: str) -> int:
        keep = next(
            (
                rule.keep
                for rule in self.retention.rules
                if rule.signal in (signal, "any")
                and fnmatchcase(service, rule.service)
                and fnmatchcase(environment, rule.environment)
            ),
            self.retention.raw,
        )
        return min(days(keep) or FOREVER, FOREVER)

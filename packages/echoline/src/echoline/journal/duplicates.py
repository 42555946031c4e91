"""Remembers what was journalled in the last minutes, so that a retry after a lost answer is not stored again."""

from collections import deque

from echoline.journal.segment import Digest

# Digests lie in one set a step; forgetting is dropping a set. At about 100 bytes each the window stays below 100 MB.
_STEPS = 10
_MAX_REMEMBERED = 1_000_000


class Duplicates:
    """Digests with the second they were journalled, for `window_s` seconds (and up to a tenth longer)."""

    def __init__(self, window_s: int, max_remembered: int = _MAX_REMEMBERED) -> None:
        self._window_s = window_s
        self._step_s = max(window_s // _STEPS, 1)
        self._max_remembered = max_remembered
        self._remembered = 0
        self._steps: deque[tuple[int, set[Digest]]] = deque()

    def __len__(self) -> int:
        return self._remembered

    def __contains__(self, digest: Digest) -> bool:
        return any(digest in digests for _, digests in self._steps)

    def remember(self, digest: Digest, at_s: int) -> None:
        """Keeps one digest. Beyond the bound the oldest step is forgotten, whatever its age."""
        step = at_s // self._step_s
        # A clock that goes back puts the digest into the newest step: it is then kept longer, never shorter.
        if not self._steps or step > self._steps[-1][0]:
            self._steps.append((step, set()))
        digests = self._steps[-1][1]
        before = len(digests)
        digests.add(digest)
        self._remembered += len(digests) - before
        if self._remembered > self._max_remembered and len(self._steps) > 1:
            self._drop()

    def forget_older(self, now_s: int) -> None:
        """Drops the steps that lie wholly outside the window."""
        while self._steps and (self._steps[0][0] + 1) * self._step_s <= now_s - self._window_s:
            self._drop()

    def _drop(self) -> None:
        self._remembered -= len(self._steps.popleft()[1])

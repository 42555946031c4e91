"""The two windows of a timeline that are compared, and the part of the later one that is warm-up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from echoline.errors import BadInput

WARM_UP = 10


@dataclass(frozen=True, slots=True)
class Windows:
    """Minutes [before_from, before_until) and [after_from, after_until) of a timeline that starts at 0.

    Put the minutes before `before_from` on the timeline too, as many as there are, up to a day: they are the history
    that tells how far two windows of this operation differ when nothing was deployed. `warm_up` minutes from
    `after_from` on are left out; give 0 when the later window does not begin with a start.
    """

    before_from: int
    before_until: int
    after_from: int
    after_until: int
    warm_up: int = WARM_UP

    def __post_init__(self) -> None:
        ordered = 0 <= self.before_from <= self.before_until <= self.after_from <= self.after_until
        if not ordered or self.warm_up < 0:
            raise BadInput(f"windows must follow each other on the timeline and not overlap, these do not: {self}")

    @property
    def before(self) -> slice:
        """The earlier minutes."""
        return slice(self.before_from, self.before_until)

    @property
    def after(self) -> slice:
        """The later minutes without the warm-up."""
        return slice(min(self.after_from + self.warm_up, self.after_until), self.after_until)

    @property
    def lengths(self) -> tuple[int, int]:
        """Minutes compared on either side."""
        return self.before_until - self.before_from, self.after.stop - self.after.start

    def placebos(self, most: int) -> Iterator["Windows"]:
        """The same pair of windows where nothing was deployed: moved back until it ends where the change began.

        Newest first, each a window's length further back, at most `most`.
        """
        step = max(self.before_until - self.before_from, self.after_until - self.after_from)
        back = self.after_until - self.before_until
        for _ in range(most):
            if not step or self.before_from < back:
                return
            yield self._moved(back)
            back += step

    def _moved(self, back: int) -> "Windows":
        return replace(
            self,
            before_from=self.before_from - back,
            before_until=self.before_until - back,
            after_from=self.after_from - back,
            after_until=self.after_until - back,
        )

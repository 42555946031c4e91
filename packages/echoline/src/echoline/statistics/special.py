"""SciPy's special functions, loaded when first needed: that takes half a second, which no start should pay."""

from functools import cache
from types import ModuleType


@cache
def special() -> ModuleType:
    """The module `scipy.special`."""
    import scipy.special

    found: ModuleType = scipy.special
    return found

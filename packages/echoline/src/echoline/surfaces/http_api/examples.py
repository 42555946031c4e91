"""Examples for the API's description, by the name of their schema."""

from typing import Any

EXAMPLES: dict[str, Any] = {}

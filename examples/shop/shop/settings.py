"""Where the shop keeps its data and finds its neighbour, from `SHOP_*` variables."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What both processes need to know."""

    data: Path
    """Folder of the databases, `shop.sqlite` and `backoffice.sqlite`."""
    shop_url: str
    backoffice_url: str

    @classmethod
    def from_environment(cls) -> "Settings":
        """From SHOP_DATA (default: the working directory), SHOP_URL and SHOP_BACKOFFICE_URL."""
        return cls(
            Path(os.environ.get("SHOP_DATA", ".")),
            os.environ.get("SHOP_URL", "http://127.0.0.1:8000"),
            os.environ.get("SHOP_BACKOFFICE_URL", "http://127.0.0.1:8001"),
        )

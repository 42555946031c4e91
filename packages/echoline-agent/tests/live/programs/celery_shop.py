"""A task in Celery, with a broker of files, and what sends it."""

import os
from pathlib import Path

from celery import Celery

folder = Path(os.environ["QUEUE"])
app = Celery("celery_shop", broker="filesystem://", backend=f"file://{folder / 'results'}")
app.conf.broker_transport_options = {
    "data_folder_in": str(folder / "queue"),
    "data_folder_out": str(folder / "queue"),
    "control_folder": str(folder / "control"),
    "polling_interval": 0.05,
}


@app.task  # type: ignore[untyped-decorator] # Celery has no types
def double(number: int) -> int:
    return number * 2


if __name__ == "__main__":
    print(double.delay(21).get(timeout=30, interval=0.05))

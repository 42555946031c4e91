"""A task in Celery that burns CPU, with a broker of files, and what sends it."""

# mypy: ignore-errors

import os
from pathlib import Path

from burning import burn
from celery import Celery

folder = Path(os.environ["QUEUE"])
app = Celery("burning_celery", broker="filesystem://", backend=f"file://{folder / 'results'}")
app.conf.broker_transport_options = {
    "data_folder_in": str(folder / "queue"),
    "data_folder_out": str(folder / "queue"),
    "control_folder": str(folder / "control"),
    "polling_interval": 0.05,
}


@app.task  # type: ignore[untyped-decorator] # Celery has no types
def task() -> str:
    return burn(0.6)


if __name__ == "__main__":
    print(task.delay().get(timeout=30, interval=0.05))

"""Runs one of the two processes: `python -m shop web` or `python -m shop backoffice`.

`python -m shop prepare` makes and fills the databases, which each process does by itself when it finds none.
"""

import argparse
import logging
import signal
import socket
import sys

import uvicorn

from shop.backoffice.app import create_backoffice
from shop.settings import Settings
from shop.web.app import create_shop

log = logging.getLogger("shop")


def main() -> None:
    """Serves until SIGTERM or Ctrl-C; then open requests end, and exporters flush as the interpreter exits."""
    arguments = argparse.ArgumentParser(prog="shop")
    arguments.add_argument("process", choices=["web", "backoffice", "prepare"])
    arguments.add_argument("--port", type=int, default=8000)
    arguments.add_argument("--fd", type=int, help="an inherited listening socket, instead of a port")
    given = arguments.parse_args()
    # uvicorn raises a SIGTERM again when it is done. The default action would end the process before the exporters
    # have sent what they hold; an exit runs them.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = Settings.from_environment()
    if given.process == "prepare":
        create_shop(settings)
        create_backoffice(settings)
        return
    app = create_shop(settings) if given.process == "web" else create_backoffice(settings)
    listening = (
        socket.socket(fileno=given.fd) if given.fd is not None else socket.create_server(("127.0.0.1", given.port))
    )
    log.info("%s listens on http://127.0.0.1:%d", given.process, listening.getsockname()[1])
    uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5)).run(sockets=[listening])


if __name__ == "__main__":
    main()

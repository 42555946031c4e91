import asyncio
import threading
from concurrent.futures import Future

import pytest

from echoline.errors import Unavailable
from echoline.receivers.otlp.wakeups import Wakeups


def test_all_who_wait_are_woken_whatever_the_order_of_the_threads() -> None:
    several: list[Future[None]] = [Future() for _ in range(2000)]

    def finish() -> None:
        for each in several:
            each.set_result(None)

    async def waiting() -> int:
        wakeups = Wakeups(asyncio.get_running_loop())
        tasks = [asyncio.create_task(wakeups.wait(each)) for each in several]
        finisher = threading.Thread(target=finish)
        finisher.start()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
        finisher.join()
        return len(tasks)

    assert asyncio.run(waiting()) == 2000


def test_what_failed_is_raised() -> None:
    async def waiting() -> None:
        done: Future[None] = Future()
        asyncio.get_running_loop().call_later(0.01, done.set_exception, Unavailable("disk"))
        await Wakeups(asyncio.get_running_loop()).wait(done)

    with pytest.raises(Unavailable, match="disk"):
        asyncio.run(waiting())


def test_what_ends_after_the_loop_harms_nobody() -> None:
    done: Future[None] = Future()

    async def leaving() -> None:
        task = asyncio.create_task(Wakeups(asyncio.get_running_loop()).wait(done))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leaving())
    done.set_result(None)

import threading

from echoline.receivers.otlp.counts import Counts


def test_counts_of_many_threads_add_up() -> None:
    counts = Counts()

    def count() -> None:
        for _ in range(1000):
            counts.refuse("malformed")
            counts.reject(2)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert counts.refused == {"malformed": 4000}
    assert counts.rejected == 8000

"""Damage by chance, the same for the same seed."""

import random
from collections.abc import Iterator


def mutations(body: bytes, count: int, seed: int) -> Iterator[bytes]:
    """The body with some bytes changed, cut out or put in."""
    chance = random.Random(seed)
    for _ in range(count):
        mutated = bytearray(body)
        for _ in range(chance.choice((1, 1, 2, 5))):
            place = chance.randrange(len(mutated))
            match chance.randrange(6):
                case 0:
                    del mutated[place : place + chance.randrange(1, 9)]
                case 1:
                    mutated[place:place] = chance.randbytes(chance.randrange(1, 9))
                case _:
                    mutated[place] = chance.randrange(256)
        yield bytes(mutated)

"""A request has every table with a zero entry first, and the dearest places when there are too many."""

from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest

from echoline_agent.budget import Budget
from echoline_agent.profiling import profiles
from echoline_agent.profiling.profile_request import Interval, profile_request
from echoline_agent.profiling.samples import Place, Room, Sample, SpanIds
from echoline_agent.profiling.sending import PROFILES_PATH, Sender, Target
from echoline_agent.profiling.stacks import Function, Location
from profiling_receiver import receiving

PRICE = Function("shop.cart", "price", "/srv/shop/cart.py", 3, compile("", "cart.py", "exec"))
TOTAL = Function("shop.cart", "Cart.total.<locals>.<genexpr>", "/srv/shop/cart.py", 9, compile("", "cart.py", "exec"))


STACK = (Location(PRICE, 4), Location(TOTAL, 11))


def place(number: int) -> Place:
    return Place(STACK, SpanIds(7, number), "MainThread", is_approximate=number % 2 == 0)


def test_tables_begin_with_a_zero_entry_and_share_what_repeats() -> None:
    added = {place(number): number * 1_000 for number in range(1, 4)}
    body = profile_request(added, Interval(5, 6, 7), {"service.name": "shop", "pid": 4, "args": ("a", "b")})
    request = ExportProfilesServiceRequest.FromString(body)
    tables = request.dictionary
    for _, table in tables.ListFields():
        assert not table[0] if isinstance(table[0], str) else not table[0].ByteSize()
    assert (len(tables.stack_table), len(tables.function_table), len(tables.link_table)) == (2, 3, 4)
    profile = request.resource_profiles[0].scope_profiles[0].profiles[0]
    strings = tables.string_table
    kind = (strings[profile.sample_type.type_strindex], strings[profile.sample_type.unit_strindex])
    assert (kind, profile.time_unix_nano, profile.duration_nano, profile.period) == (("cpu", "nanoseconds"), 5, 6, 7)
    assert [each.values[0] for each in profile.samples] == [1_000, 2_000, 3_000]
    assert [strings[each.name_strindex] for each in tables.function_table[1:]] == [
        "shop.cart.price",
        "shop.cart.Cart.total",
    ]


def test_beyond_the_most_the_cheapest_places_are_left_out() -> None:
    room = Room()
    for number in range(1, profiles.MOST_PLACES + 11):
        room.add(Sample(place(number), number))
    with receiving() as receiver:
        sender = Sender(Target(receiver.url + PROFILES_PATH))
        told = profiles.Profiles(room, sender, dict, 0.02, Budget())
        told.report(None)
    assert (len(receiver.samples), told.dropped) == (profiles.MOST_PLACES, 10)
    assert min(each.cpu_ns for each in receiver.samples) == 11

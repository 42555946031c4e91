from typing import Any

from asking import Api, problem
from batches import NOW_NS, SECOND_NS, of, span
from echoline.model.instants import rfc3339
from kept import keep

MINUTE_NS = 60 * SECOND_NS
START = NOW_NS - 50 * MINUTE_NS


def deployed(api: Api, engine: Any, *versions: str) -> None:
    """Ten minutes of each version, one after the other."""
    for place, version in enumerate(versions):
        resource = of(service="shop", environment="prod", version=version, revision="")
        at = [START + (10 * place + n) * MINUTE_NS for n in range(10)]
        keep(engine, "traces", *(span(start_ns=each, resource=resource) for each in at))


def test_deployments_are_listed_newest_first_and_paged(own: Api, store: Any) -> None:
    deployed(own, store, "1", "2", "3")
    whole = own.json("deployments")
    assert [each["version"] for each in whole["items"]] == ["3", "2", "1"]
    assert [each["verdict"] for each in whole["items"]] == ["waiting", "waiting", "first"]
    first = own.json("deployments", limit=2)
    rest = own.json("deployments", limit=2, cursor=first["next"])
    assert first["items"] + rest["items"] == whole["items"]
    assert rest["next"] is None


def test_a_version_gets_the_revision_that_is_told_afterwards(own: Api, store: Any) -> None:
    deployed(own, store, "1", "2")
    ids = [each["id"] for each in own.json("deployments")["items"]]
    before = own.json(f"deployments/{ids[0]}")
    assert "version changed, revision unknown: no suspects" in before["advice"]
    told = own.send("POST", "deployments", json={"service": "shop", "version": "2", "revision": "2ac89889"})
    assert (told.status_code, told.json()["is_new"], told.json()["deployed"]) == (200, True, None)
    newest = own.json("deployments")["items"][0]
    assert (newest["version"], newest["revision"]) == ("2", "2ac89889")
    assert own.json(f"deployments/{newest['id'][:6]}")["advice"] == ""


def test_an_announcement_is_listed_until_it_is_seen(own: Api, store: Any) -> None:
    deployed(own, store, "1")
    body = {"service": "shop", "version": "2", "environment": "prod", "at": rfc3339(START + 9 * MINUTE_NS)}
    assert own.send("POST", "deployments", json=body).json()["is_new"] is True
    assert own.send("POST", "deployments", json=body).json()["is_new"] is False
    coming = own.json("deployments")["items"][0]
    assert (coming["version"], coming["verdict"], coming["first_seen"]) == ("2", "announced", None)
    assert coming["announced"] == body["at"]
    deployed(own, store, "1", "2")
    seen = own.json("deployments")["items"]
    assert [(each["version"], each["announced"]) for each in seen] == [("2", body["at"]), ("1", None)]


def test_what_is_missing_or_wrong_is_told(own: Api, store: Any) -> None:
    deployed(own, store, "1")
    assert "no deployment 'abcd'" in problem(own.get("deployments/abcd"), 404)
    assert "version or a revision" in problem(own.send("POST", "deployments", json={"service": "shop"}), 400)
    assert "say that they are the same" in problem(
        own.send("POST", "deployments", json={"service": "shop", "version": "1"}), 400
    )
    body = {"service": "shop", "version": "1", "environment": "prod", "at": "yesterday"}
    assert "at = 'yesterday' is no time" in problem(own.send("POST", "deployments", json=body), 400)


def test_an_empty_list_names_the_newest_data(own: Api) -> None:
    answer = own.json("deployments", service="nobody")
    assert (answer["items"], answer["newest"]) == ([], None)


def test_telling_needs_the_scope_admin(own: Api) -> None:
    _, secret = own.parts.tokens.create("reader", ["read"])
    answer = own.send(
        "POST", "deployments", json={"service": "shop", "version": "1", "revision": "a"},
        headers={"authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert "has not the scope 'admin'" in problem(answer, 403)

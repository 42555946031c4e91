"""Repositories as the settings name them."""

from pathlib import Path

import pytest

from echoline import config
from echoline.config import RepositoryConfig, Settings, SourceConfig
from echoline.errors import BadConfig, BadInput
from echoline.source.repositories import name_of, open_repository, opened, repository_of, runs
from made_repository import MadeRepository
from source.conftest import read


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (RepositoryConfig(path="/srv/shop/"), "shop"),
        (RepositoryConfig(url="https://code.example/team/shop.git"), "shop"),
        (RepositoryConfig(url="git@code.example:team/shop.git"), "shop"),
        (RepositoryConfig(url="https://code.example/shop", name="our shop"), "our shop"),
    ],
)
def test_names_are_given_or_the_last_part(given: RepositoryConfig, name: str) -> None:
    assert name_of(given) == name


def test_services_find_their_repository() -> None:
    every, shop = RepositoryConfig(path="/all"), RepositoryConfig(path="/shop", services=("shop-*", "cart"))
    settings = Settings(repositories=(every, shop))
    assert [repository_of(settings, name) for name in ("shop-web", "cart", "billing")] == [shop, shop, every]
    assert repository_of(Settings(repositories=(shop,)), "billing") is None
    assert runs(every, "anything")


def test_the_branch_is_the_one_configured_or_checked_out(made: MadeRepository) -> None:
    first = made.commit("first")
    made.git("branch", "release")
    second = made.commit("second")
    one, other = read(made), read(made, branch="release")
    assert (one.branch(), one.newest(), other.branch(), other.newest()) == ("main", second, "release", first)
    made.git("checkout", "--quiet", "--detach", first)
    assert (read(made).branch(), read(made).newest()) == ("", first)


def test_an_unknown_branch_names_those_there_are(made: MadeRepository) -> None:
    made.commit("first")
    with pytest.raises(BadInput, match="no branch 'trunk'; it has: main"):
        read(made, branch="trunk").branch()


@pytest.mark.parametrize(
    ("folder", "reason", "words"),
    [
        ("nowhere", "missing", "there is no folder"),
        ("plain", "not_a_repository", "not a git repository"),
        ("code/inside", "not_a_repository", "only a folder of the repository"),
    ],
)
def test_what_is_no_repository_is_refused(
    made: MadeRepository, tmp_path: Path, folder: str, reason: str, words: str
) -> None:
    made.commit("first", {"inside/a": "1"})
    (tmp_path / "plain").mkdir()
    with pytest.raises(BadInput, match=words) as caught:
        open_repository(RepositoryConfig(path=str(tmp_path / folder)), tmp_path, SourceConfig())
    assert caught.value.reason == reason


def test_a_bad_one_does_not_hide_the_others(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first")
    settings = Settings(
        data_dir=tmp_path,
        repositories=(RepositoryConfig(path=str(tmp_path / "gone")), RepositoryConfig(path=str(made.folder))),
    )
    assert list(opened(settings)) == ["code"]


def test_repositories_come_from_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "echoline.toml"
    file.write_text('[[repositories]]\npath = "/srv/shop"\nservices = ["shop-*"]\npackage_roots = ["src"]\n')
    (given,) = config.load(environ={}, file=file).settings.repositories
    assert (given.path, given.services, given.package_roots) == ("/srv/shop", ("shop-*",), ("src",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "x"', "either a path or a url"),
        ('path = "/a"\nurl = "https://b/c"', "either a path or a url"),
        ('url = "ext::sh -c evil"', "https://…"),
        ('url = "--upload-pack=evil"', "https://…"),
        ('url = "https://token@code.example/shop"', "without a token"),
        ('path = "/a"\n[[repositories]]\npath = "/b/a"', "name of its own"),
        ('pth = "/a"', "pth"),
    ],
)
def test_wrong_repositories_are_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "echoline.toml"
    file.write_text(f"[[repositories]]\n{text}\n")
    with pytest.raises(BadConfig, match=words) as caught:
        config.load(environ={}, file=file)
    assert "token@" not in str(caught.value)

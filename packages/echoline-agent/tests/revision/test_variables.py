"""Builds and platforms name the revision in variables."""

import pytest

from echoline_agent.revision import variables
from echoline_agent.revision.found import Revision, together

COMMIT = "4f2c1d0a9b8e7f6a5b4c3d2e1f0a9b8c7d6e5f40"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {
                "GITHUB_SHA": COMMIT,
                "GITHUB_REF_NAME": "7/merge",
                "GITHUB_HEAD_REF": "faster",
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "acme/shop",
            },
            Revision(COMMIT, "faster", "https://github.com/acme/shop"),
        ),
        (
            {"GITHUB_SHA": COMMIT, "GITHUB_REF_NAME": "main", "GITHUB_HEAD_REF": ""},
            Revision(COMMIT, "main"),
        ),
        (
            {
                "CI_COMMIT_SHA": COMMIT,
                "CI_COMMIT_REF_NAME": "main",
                "CI_PROJECT_URL": "https://gitlab.com/acme/shop",
                "CI_ENVIRONMENT_NAME": "staging",
            },
            Revision(COMMIT, "main", "https://gitlab.com/acme/shop", environment="staging"),
        ),
        (
            {
                "BUILD_SOURCEVERSION": COMMIT,
                "BUILD_SOURCEBRANCHNAME": "main",
                "BUILD_REPOSITORY_URI": "https://token@dev.azure.com/acme/shop/_git/shop",
            },
            Revision(COMMIT, "main", "https://dev.azure.com/acme/shop/_git/shop"),
        ),
        (
            {"CIRCLE_SHA1": COMMIT, "CIRCLE_BRANCH": "main", "CIRCLE_REPOSITORY_URL": "git@github.com:acme/shop.git"},
            Revision(COMMIT, "main", "https://github.com/acme/shop"),
        ),
        ({"GIT_COMMIT": COMMIT, "GIT_BRANCH": "origin/main"}, Revision(COMMIT, "origin/main")),
        ({"BITBUCKET_COMMIT": COMMIT, "BITBUCKET_BRANCH": "main"}, Revision(COMMIT, "main")),
        ({"HEROKU_SLUG_COMMIT": COMMIT, "HEROKU_RELEASE_VERSION": "v17"}, Revision(COMMIT, version="v17")),
        ({"RENDER_GIT_COMMIT": COMMIT, "RENDER_GIT_BRANCH": "main"}, Revision(COMMIT, "main")),
        ({"VERCEL_GIT_COMMIT_SHA": COMMIT, "VERCEL_ENV": "preview"}, Revision(COMMIT, environment="preview")),
        ({"GIT_COMMIT_ID": COMMIT, "DEPLOYMENT_ENV": "live"}, Revision(COMMIT, environment="live")),
        ({"DIGMA_COMMIT_ID": COMMIT, "DIGMA_ENV": "LOCAL"}, Revision(COMMIT, environment="LOCAL")),
        ({"ECHOLINE_VERSION": "1.2", "TAG_NAME": "not ours", "BRANCH_NAME": "either"}, Revision(version="1.2")),
        ({}, Revision()),
    ],
)
def test_the_variables_of_a_service_are_read(environ: dict[str, str], expected: Revision) -> None:
    assert together(variables.read(environ)) == expected


def test_the_commit_and_its_branch_come_from_one_source() -> None:
    stamped = Revision("aaaaaaa", is_dirty=True, version="1.0")
    found = together([stamped, Revision("bbbbbbb", "main", "https://git.example/x", version="2.0", environment="live")])
    assert found == Revision("aaaaaaa", None, "https://git.example/x", True, "1.0", "live")

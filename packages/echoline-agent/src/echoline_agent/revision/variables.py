"""Reads the revision out of variables that builds, platforms and people set."""

from collections.abc import Mapping
from dataclasses import dataclass

from echoline_agent.revision.found import Revision, browsable


@dataclass(frozen=True)
class Source:
    """The variables of one service; of several names the first that is set counts."""

    name: str
    revision: tuple[str, ...]
    branch: tuple[str, ...] = ()
    repository_url: str = ""
    """A pattern: `{NAME}` stands for a variable; nothing when one of them is not set."""
    version: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()


SOURCES = (
    Source(
        "Echoline",
        ("ECHOLINE_REVISION",),
        ("ECHOLINE_BRANCH",),
        "{ECHOLINE_REPOSITORY_URL}",
        ("ECHOLINE_VERSION",),
        ("ECHOLINE_ENVIRONMENT",),
    ),
    Source(
        "GitHub Actions",
        ("GITHUB_SHA",),
        ("GITHUB_HEAD_REF", "GITHUB_REF_NAME"),
        "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}",
    ),
    Source(
        "GitLab CI",
        ("CI_COMMIT_SHA",),
        ("CI_COMMIT_REF_NAME",),
        "{CI_PROJECT_URL}",
        ("CI_COMMIT_TAG",),
        ("CI_ENVIRONMENT_NAME",),
    ),
    Source(
        "Bitbucket Pipelines",
        ("BITBUCKET_COMMIT",),
        ("BITBUCKET_BRANCH",),
        "{BITBUCKET_GIT_HTTP_ORIGIN}",
        ("BITBUCKET_TAG",),
        ("BITBUCKET_DEPLOYMENT_ENVIRONMENT",),
    ),
    Source("Azure Pipelines", ("BUILD_SOURCEVERSION",), ("BUILD_SOURCEBRANCHNAME",), "{BUILD_REPOSITORY_URI}"),
    Source("CircleCI", ("CIRCLE_SHA1",), ("CIRCLE_BRANCH",), "{CIRCLE_REPOSITORY_URL}", ("CIRCLE_TAG",)),
    Source("Buildkite", ("BUILDKITE_COMMIT",), ("BUILDKITE_BRANCH",), "{BUILDKITE_REPO}", ("BUILDKITE_TAG",)),
    Source(
        "Travis CI",
        ("TRAVIS_COMMIT",),
        ("TRAVIS_PULL_REQUEST_BRANCH", "TRAVIS_BRANCH"),
        "https://github.com/{TRAVIS_REPO_SLUG}",
        ("TRAVIS_TAG",),
    ),
    Source("Drone", ("DRONE_COMMIT_SHA",), ("DRONE_BRANCH",), "{DRONE_REPO_LINK}", ("DRONE_TAG",)),
    Source("Woodpecker", ("CI_COMMIT_SHA",), ("CI_COMMIT_BRANCH",), "{CI_REPO_URL}", ("CI_COMMIT_TAG",)),
    Source("Jenkins", ("GIT_COMMIT",), ("GIT_BRANCH",), "{GIT_URL}"),
    Source("TeamCity", ("BUILD_VCS_NUMBER",)),
    Source("AppVeyor", ("APPVEYOR_REPO_COMMIT",), ("APPVEYOR_REPO_BRANCH",)),
    Source("Heroku", ("HEROKU_BUILD_COMMIT", "HEROKU_SLUG_COMMIT"), version=("HEROKU_RELEASE_VERSION",)),
    Source("Render", ("RENDER_GIT_COMMIT",), ("RENDER_GIT_BRANCH",)),
    Source(
        "Vercel",
        ("VERCEL_GIT_COMMIT_SHA",),
        ("VERCEL_GIT_COMMIT_REF",),
        "https://{VERCEL_GIT_PROVIDER}.com/{VERCEL_GIT_REPO_OWNER}/{VERCEL_GIT_REPO_SLUG}",
        environment=("VERCEL_ENV",),
    ),
    Source("Railway", ("RAILWAY_GIT_COMMIT_SHA",), ("RAILWAY_GIT_BRANCH",), environment=("RAILWAY_ENVIRONMENT_NAME",)),
    Source("Azure App Service", ("SCM_COMMIT_ID",)),
    Source("Google Cloud Build", ("COMMIT_SHA",), ("BRANCH_NAME",), version=("TAG_NAME",)),
    Source("Source-to-image", ("SOURCE_VERSION", "OPENSHIFT_BUILD_COMMIT")),
    Source(
        "Digma",
        ("DIGMA_COMMIT_ID", "GIT_COMMIT_ID"),
        environment=("DIGMA_ENV", "DIGMA_ENVIRONMENT", "DEPLOYMENT_ENV"),
    ),
)
"""In this order: what somebody set for Echoline, then builds, then platforms."""


def read(environ: Mapping[str, str]) -> list[Revision]:
    """What each service says in its variables; the ones that say nothing are left out."""
    found = (_of(source, environ) for source in SOURCES)
    return [revision for revision in found if revision != Revision()]


def _of(source: Source, environ: Mapping[str, str]) -> Revision:
    revision = _first(source.revision, environ)
    return Revision(
        revision=revision,
        # Names like TAG_NAME are anybody's: they count only beside the commit of their service.
        branch=_first(source.branch, environ) if revision else None,
        repository_url=_url(source.repository_url, environ) if revision or source.name == "Echoline" else None,
        version=_first(source.version, environ) if revision or source.name == "Echoline" else None,
        environment=_first(source.environment, environ),
    )


def _first(names: tuple[str, ...], environ: Mapping[str, str]) -> str | None:
    return next((value for name in names if (value := environ.get(name, "").strip())), None)


def _url(pattern: str, environ: Mapping[str, str]) -> str | None:
    if not pattern:
        return None
    try:
        return browsable(pattern.format_map(environ))
    except KeyError:
        return None

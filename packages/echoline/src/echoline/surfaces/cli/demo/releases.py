"""What the two releases of the demo's shop did: deployments, the receipt of the second one, the comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

from echoline.model.answers import Page
from echoline.model.answers_code import CodeObject
from echoline.model.answers_compare import Comparison
from echoline.model.answers_deployments import Deployment, DeploymentDetail
from echoline.surfaces.cli.client import Server
from echoline.surfaces.cli.demo.history import Commit, History
from echoline.surfaces.cli.demo.look import MOST_CODE
from echoline.surfaces.cli.demo.regression import Regression, regression

SERVICE = "shop"
BEFORE, AFTER = "previous", "current"
MOST_CHANGES = 100


@dataclass(frozen=True)
class Releases:
    """What is worth showing of them; what was not there is None."""

    commits: Sequence[Commit]
    deployments: Sequence[Deployment]
    receipt: DeploymentDetail | None
    comparison: Comparison | None
    regression: Regression | None


def look(server: Server, past: History) -> Releases:
    """Asks all of it."""
    found: Page[Deployment] = server.get("deployments", Page[Deployment])
    newest = next((each for each in found.items if each.service == SERVICE), None)
    has_two = newest is not None and newest.previous_version is not None
    receipt = server.get(f"deployments/{newest.id}", DeploymentDetail) if newest else None
    params: dict[str, str | int] = {"before": BEFORE, "after": AFTER, "limit": MOST_CHANGES}
    comparison = server.get("compare", Comparison, {**params}) if has_two else None
    # The loop keeps receipts a little later than they can be asked for.
    verdicts = {receipt.deployment.id: receipt.deployment} if receipt else {}
    deployments = [verdicts.get(each.id, each) for each in found.items]
    worst = None
    if newest and comparison:
        code: Page[CodeObject] = server.get("code", Page[CodeObject], {"service": SERVICE, "limit": MOST_CODE})
        worst = regression(comparison, newest, past.commits, {each.code_object: each for each in code.items})
    return Releases(past.commits, deployments, receipt, comparison, worst)

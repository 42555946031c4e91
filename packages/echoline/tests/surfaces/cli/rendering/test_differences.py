from inline_snapshot import snapshot

from answer_builders import drawn
from echoline.model.answers_traces import Difference
from echoline.surfaces.cli.rendering.differences import differences


def test_shares_of_both_sides_stand_beside_each_other() -> None:
    items = [
        Difference("http.response.status_code", "500", 1.0, 0.0, None, 5, 0),
        Difference("db.namespace", "mealie", 0.41, 0.92, 0.44, 19, 9_000),
        Difference("http.route", "/api/recipes/{slug}", 0.002, 0.0001, 20.0, 1, 1),
    ]
    assert drawn(differences(items), 90) == snapshot("""\

attribute                  value                selected                rest
http.response.status_code  500                     100 %  ████████████   0 %
db.namespace               mealie                   41 %  ████▉         92 %  ███████████
http.route                 /api/recipes/{slug}      <1 %  ▏             <1 %  ▏
""")

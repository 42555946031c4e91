from inline_snapshot import snapshot

from answer_builders import drawn
from echoline.model.answers_redaction import RedactionHit, RedactionPreview
from echoline.surfaces.cli.rendering.redaction import RedactionPicture


def test_what_changes_is_shown_before_and_after_and_the_rest_is_counted() -> None:
    items = [
        RedactionPreview("user", "anna@example.com", "user", "[email]", (RedactionHit("email", "value", 0, 16),)),
        RedactionPreview("", "card 4111 1111", "", "card [card]", (RedactionHit("card", "value", 5, 14),)),
        RedactionPreview("k", "v", "k", "v", ()),
    ]
    assert drawn(RedactionPicture(items)) == snapshot("""\

- user=anna@example.com
+ user=[email]   email

- card 4111 1111
+ card [card]   card

2 texts changed · 1 text stays as it is
""")


def test_nothing_to_redact_is_said() -> None:
    assert drawn(RedactionPicture([RedactionPreview("k", "v", "k", "v", ())])).strip() == (
        "Nothing to redact · 1 text stays as it is"
    )

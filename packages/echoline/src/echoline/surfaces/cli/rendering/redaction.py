"""Texts before and after redaction, one under the other, with what was found marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers_redaction import RedactionPreview
from echoline.surfaces.cli.rendering import styles, units


@dataclass(frozen=True)
class RedactionPicture:
    """All texts in which something was found; those that stay as they are are only counted."""

    items: Sequence[RedactionPreview]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A line before, a line after, and the rules that hit."""
        changed = [item for item in self.items if item.hits]
        for item in changed:
            rules = ", ".join(dict.fromkeys(hit.rule for hit in item.hits))
            yield Text.assemble(("- ", styles.ERROR), _marked(item))
            yield Text.assemble(
                ("+ ", styles.GOOD), _pair(item.key_after, item.value_after), (f"   {rules}", styles.QUIET)
            )
            yield Text()
        same = len(self.items) - len(changed)
        told = f"{units.several(len(changed), 'text')} changed" if changed else "Nothing to redact"
        yield Text.assemble(
            (told, styles.HEAD),
            (
                f" · {units.several(same, 'text stays as it is', 'texts stay as they are')}" if same else "",
                styles.QUIET,
            ),
        )


def _marked(item: RedactionPreview) -> Text:
    key, value = Text(item.key), Text(item.value)
    for hit in item.hits:
        (key if hit.place == "key" else value).stylize(f"bold {styles.ERROR}", hit.start, hit.end)
    return Text.assemble(key, "=", value) if item.key else value


def _pair(key: str, value: str) -> str:
    return f"{key}={value}" if key else value

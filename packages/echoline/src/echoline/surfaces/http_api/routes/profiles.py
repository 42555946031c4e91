"""What functions cost, from profiles."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from echoline.model.answers_profiles import Profile, ProfileFormat, ProfileSort
from echoline.model.window import Window
from echoline.queries import profiles
from echoline.queries.profiles import ProfileFilter
from echoline.surfaces.http_api import parameters, profile_files
from echoline.surfaces.http_api.access import AskingOf
from echoline.surfaces.http_api.routes import router

routes = router("profiles", "read")

# Of a file nobody asks for a part.
_STACKS_OF_A_FILE = 20_000
_WRITTEN: dict[str, tuple[Callable[[Profile], bytes], str, str]] = {
    "folded": (profile_files.folded, "text/plain; charset=utf-8", "folded.txt"),
    "pprof": (profile_files.pprof, "application/octet-stream", "pb.gz"),
}


@routes.get(
    "/profiles",
    response_model=Profile,
    responses={
        200: {
            "description": "The profile",
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def show_profile(
    request: Request,
    asking: AskingOf,
    window: Annotated[Window, Depends(parameters.window_of)],
    wanted: Annotated[ProfileFilter, Depends(parameters.profile_filter)],
    sort: Annotated[
        ProfileSort, Query(description="What comes first: most of its own, or with all that it called.")
    ] = "own",
    limit: parameters.Limit = 100,
    stacks: Annotated[
        int, Query(description="Most stacks in the answer; JSON has none unless asked.", ge=0, le=1000)
    ] = 0,
    format: Annotated[  # noqa: A002 (the name of the parameter)
        ProfileFormat,
        Query(description="`folded`: text for flame graphs, a line a stack. `pprof`: for `go tool pprof` and others."),
    ] = "json",
) -> Response:
    """What functions cost by themselves and with what they called, in CPU time or another type of the profile."""
    if format == "json":
        return await asking.answer(
            request,
            lambda store: profiles.profile(store, window, wanted, sort=sort, limit=limit, most_stacks=stacks),
        )
    written, media_type, ending = _WRITTEN[format]
    answer = await asking.answer(
        request,
        lambda store: profiles.profile(store, window, wanted, limit=1, most_stacks=_STACKS_OF_A_FILE),
        written,
        media_type,
    )
    answer.headers["content-disposition"] = f'attachment; filename="profile.{ending}"'
    return answer

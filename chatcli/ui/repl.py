"""The interactive chat: parallel sessions above one prompt that is always there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chatcli import event_loop
from chatcli.core.lazy_packages import import_lazily
from chatcli.ui import early
from chatcli.ui.start import Wanted

if TYPE_CHECKING:
    from chatcli.commands.registry import Registry
    from chatcli.config import Config
    from chatcli.manager import SessionManager


def run_repl(
    config: Config,
    make_manager: Callable[[], SessionManager],
    make_registry: Callable[[], Registry],
    *,
    session: str | None = None,
    continue_last: bool = False,
    model: str = "",
    system: str = "",
    greeting: Sequence[str] = (),
    model_origin: Callable[[], str] = str,
    release_prompt: Callable[[], None] = lambda: None,
) -> int:
    """Run the chat until the user leaves.

    Args:
        config: as loaded.
        make_manager: called once, in a thread, after the prompt is there.
        make_registry: gives the commands that need no terminal; called once, in a thread.
        session: the session to open; created if no session is called so.
        continue_last: open the session that was active last.
        model: asked from now on; empty: the session's own, or the configured one.
        system: the system prompt from now on; empty changes nothing.
        greeting: lines to show first, warnings for instance.
        model_origin: where the default model is set: `config.toml:3`, `$CHATCLI_MODEL`.
        release_prompt: what `early.show_prompt` returned.

    Returns the process's exit code.

    Raises:
        ChatcliError: the chat could not start.
    """
    wanted = Wanted(session, continue_last, model, system, tuple(greeting), model_origin)
    if not early.is_terminal():
        from chatcli.ui.plain.repl import run_plain_repl

        release_prompt()
        return run_plain_repl(config, make_manager, make_registry(), wanted)
    # its dialogs and progress bars are not used; its modules need this one to be the first
    import_lazily("prompt_toolkit.application", {"prompt_toolkit"})
    from chatcli.ui.live.interactive import InteractiveChat

    async def run() -> int:
        chat = InteractiveChat(config, make_manager, make_registry, wanted)
        return await chat.run(release_prompt)

    return event_loop.run(run())

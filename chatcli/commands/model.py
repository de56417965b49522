"""Commands about what answers, and how: model, system, set, models."""

from __future__ import annotations

from chatcli.commands.arguments import (
    model_parameter,
    refuse_other_keys,
    session_meant,
    text_of,
)
from chatcli.commands.objects import error_object
from chatcli.commands.registry import (
    Arg,
    Arguments,
    Block,
    Column,
    Command,
    Context,
    Group,
    Kind,
    Outcome,
    Table,
)
from chatcli.commands.wording import number_text
from chatcli.core.ports import ModelInfo
from chatcli.core.text import for_terminal, one_line
from chatcli.errors import BackendError, UsageError

_EMPTY_QUOTES = {'""', "''"}
"""How somebody used to a shell types an empty text; the chat takes the text as it stands."""


def _model(context: Context, arguments: Arguments) -> Outcome:
    session = session_meant(context, arguments)
    wanted = text_of(arguments, "name")
    if wanted:
        session = context.manager.set_model(session, wanted)
    choice = context.manager.choose_model(session.model)
    asked = one_line(session.model)
    note = asked if asked == choice.name else f"{asked} ({one_line(choice.name)})"
    if choice.fallbacks:
        names = ", ".join(one_line(fallback.name) for fallback in choice.fallbacks)
        note = f"{note}, then {names}"
    sentence = f"from the next message on: {note}" if wanted else f"this session uses {note}"
    return Outcome((sentence,), {"model": session.model, "resolved": choice.name})


def _system(context: Context, arguments: Arguments) -> Outcome:
    session = session_meant(context, arguments)
    text, clear = text_of(arguments, "text"), bool(arguments.get("clear"))
    if text in _EMPTY_QUOTES:
        text, clear = "", True
    if text and clear:
        raise UsageError("--clear takes no text")
    if text or clear:
        session = context.manager.set_system_prompt(session, text)
        note = "system prompt set" if text else "system prompt removed"
        return Outcome((f"{note}, from the next message on",), {"system_prompt": text})
    shown = for_terminal(session.system_prompt) or "this session has no system prompt"
    return Outcome((shown,), {"system_prompt": session.system_prompt})


def _set(context: Context, arguments: Arguments) -> Outcome:
    key, value = text_of(arguments, "key"), text_of(arguments, "value")
    if arguments.get("unset") and (value or not key):
        raise UsageError("--unset takes the name of a parameter and no value")
    if key and not value and not arguments.get("unset"):
        raise UsageError(f"the parameter {one_line(key)} needs a value", hint="--unset removes it")
    session = session_meant(context, arguments)
    if arguments.get("unset"):
        session = context.manager.set_option(session, key, None)
    elif key:
        refuse_other_keys(key)
        session = context.manager.set_option(session, key, model_parameter(value))
    options = dict(session.options)
    if not options:
        return Outcome(("no model parameter is set for this session",), options)
    rows = tuple((one_line(name), one_line(_as_json(set_to))) for name, set_to in options.items())
    return Outcome((Table((Column("parameter"), Column("value")), rows),), options)


def _as_json(value: object) -> str:
    """A parameter as the server gets it."""
    import json

    return json.dumps(value, ensure_ascii=False)


async def _models(context: Context, _: Arguments) -> Outcome:
    offers = await context.manager.models()
    faults = {name: offer for name, offer in offers.items() if isinstance(offer, BackendError)}
    lists = {name: offer for name, offer in offers.items() if not isinstance(offer, BackendError)}
    models = [(backend, model) for backend, offer in lists.items() for model in offer]
    refused = [
        {"backend": backend, "model": None, "error": error_object(fault)}
        for backend, fault in faults.items()
    ]
    return Outcome(
        _model_blocks(context, models),
        [*(_model_object(backend, model) for backend, model in models), *refused],
        notices=tuple(_why_no_list(backend, fault) for backend, fault in faults.items()),
        exit_code=max(fault.exit_code for fault in faults.values()) if faults and not models else 0,
    )


def _model_object(backend: str, model: ModelInfo) -> dict[str, object]:
    name = f"{backend}/{model.id}"
    return {
        "backend": backend,
        "model": name,
        "id": model.id,
        "context_tokens": model.context_tokens,
    }


def _why_no_list(backend: str, error: BackendError) -> str:
    hint = f" ({one_line(error.hint)})" if error.hint else ""
    return f"{one_line(backend)}: no model list: {one_line(error.message)}{hint}"


def _model_blocks(context: Context, models: list[tuple[str, ModelInfo]]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if models:
        columns = (Column("model"), Column("context tokens", right=True))
        rows = ((one_line(f"{b}/{m.id}"), number_text(m.context_tokens)) for b, m in models)
        blocks.append(Table(columns, tuple(rows)))
    aliases = context.config.models
    if aliases:
        meanings = tuple((one_line(name), one_line(alias.model)) for name, alias in aliases.items())
        blocks.append(Table((Column("alias"), Column("means")), meanings, title="Aliases"))
    return tuple(blocks) or ("no backend lists its models",)


COMMANDS = (
    Command(
        "model",
        "show or change the model of this session",
        _model,
        Group.MODEL,
        args=(Arg("name", Kind.MODEL, help="BACKEND/MODEL, MODEL or an alias"),),
        examples=("/model", "/model local/demo", "/model fast"),
    ),
    Command(
        "system",
        "show or set the system prompt of this session",
        _system,
        Group.MODEL,
        args=(
            Arg("clear", flag=True, switch=True, help="remove it"),
            Arg("text", rest=True),
        ),
        examples=("/system", "/system Answer in one sentence.", "/system --clear"),
    ),
    Command(
        "set",
        "set a model parameter for this session",
        _set,
        Group.MODEL,
        args=(
            Arg("unset", flag=True, switch=True, help="remove KEY"),
            Arg("key", Kind.OPTION),
            Arg("value", rest=True),
        ),
        examples=("/set", "/set temperature 0.2", "/set --unset temperature"),
    ),
    Command(
        "models",
        "list the models of the configured backends",
        _models,
        Group.MODEL,
        examples=("/models",),
        only_reads=True,
    ),
)

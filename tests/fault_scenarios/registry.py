"""The table of scenarios and the ways to enter one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from tests.fault_exchange import EVENT_STREAM, Exchange

Scenario = Callable[[Exchange], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str) -> Callable[[Scenario], Scenario]:
    """Enter a function under a name."""

    def enter(play: Scenario) -> Scenario:
        assert name not in SCENARIOS, name
        SCENARIOS[name] = play
        return play

    return enter


def streams(
    name: str, says: str, *pieces: bytes, headers: Mapping[str, str] = EVENT_STREAM
) -> None:
    """Enter a scenario that streams fixed pieces and ends in order."""

    async def play(exchange: Exchange) -> None:
        await exchange.stream(*pieces, headers=headers)

    play.__doc__ = says
    scenario(name)(play)


def answers(
    name: str,
    says: str,
    status: int,
    body: bytes | str | object,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Enter a scenario that gives one fixed answer."""

    async def play(exchange: Exchange) -> None:
        await exchange.answer(status, body, headers)

    play.__doc__ = says
    scenario(name)(play)

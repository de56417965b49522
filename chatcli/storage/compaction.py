"""A conversation that goes on from a summary of itself."""

from __future__ import annotations

from chatcli.core.model import COMPACTED, Session, TurnStatus
from chatcli.core.ports import ReplyEnd
from chatcli.core.text import one_line
from chatcli.errors import SessionBusyError
from chatcli.storage.endings import settle
from chatcli.storage.heads import mark_seen, set_head
from chatcli.storage.replies import begin_reply, finish_reply
from chatcli.storage.sessions import session_by_id
from chatcli.storage.transaction import Transaction


def compact(
    tx: Transaction,
    session_id: str,
    head_id: int | None,
    prompt: str,
    summary: str,
    *,
    model: str,
) -> Session:
    """Restart the conversation with `prompt` and `summary`; see `Store.compact`."""
    session = settle(tx, session_by_id(tx, session_id))
    if session.head_id != head_id:
        raise SessionBusyError(
            f"session '{one_line(session.name)}' went on meanwhile; nothing was changed",
            hint="compact it again",
        )
    set_head(tx, session_id, None)
    _, rows = begin_reply(tx, session_id, prompt, model=model, max_turns=0)
    reply_id = rows[-1][0]
    end = ReplyEnd(
        reply_id, TurnStatus.COMPLETE, summary, model_used=model, finish_reason=COMPACTED
    )
    finish_reply(tx, end)
    mark_seen(tx, session_id, reply_id)
    return session_by_id(tx, session_id)

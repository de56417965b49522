"""Every error that chatcli expects: its message, its hint, its exit code.

Each class stands for one thing that can go wrong. `kind` is the word that scripts see in JSON
(`error.kind`), `exit_code` the process's exit code if nothing of a reply was printed, and `hint`
says what to do about it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The exit codes of the process (see the README)."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSED = 3
    SESSION = 4
    INCOMPLETE = 5
    TRY_AGAIN = 75
    INTERRUPTED = 130


class ChatcliError(Exception):
    """An error that a person can act on.

    Args:
        message: one sentence without a final full stop: what happened, what was kept.
        hint: one sentence: what to do; empty takes the class's own.
    """

    kind: ClassVar[str] = "error"
    exit_code: ClassVar[ExitCode] = ExitCode.UNEXPECTED
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint


class UsageError(ChatcliError):
    """The command line or a slash command is invalid."""

    kind = "usage"
    exit_code = ExitCode.USAGE


class ConfigError(ChatcliError):
    """The configuration is invalid, or names nothing that can answer."""

    kind = "config"
    exit_code = ExitCode.USAGE


class SessionError(ChatcliError):
    """The session does not allow the request."""

    kind = "session"
    exit_code = ExitCode.SESSION


class SessionNotFoundError(SessionError):
    """No session has that name, id or prefix."""

    kind = "session_not_found"
    default_hint = "chatcli list --all shows every session"


class AmbiguousReferenceError(SessionError):
    """A prefix matches more than one session."""

    kind = "session_ambiguous"


class SessionFullError(SessionError):
    """The session holds as many turns as the limit allows; nothing was written."""

    kind = "session_full"
    default_hint = "start another session, or raise limits.max_turns_per_session (0: no limit)"


class SessionEndedError(SessionError):
    """The session has ended; it can be read, but takes no messages."""

    kind = "session_ended"


class SessionNameTakenError(SessionError):
    """Another active session has that name."""

    kind = "session_name_taken"
    exit_code = ExitCode.USAGE


class SessionBusyError(ChatcliError):
    """Another process is writing a reply in the session; nothing was written."""

    kind = "session_busy"
    exit_code = ExitCode.TRY_AGAIN
    default_hint = "wait for the reply, or use --wait SECONDS"


class ReplyCancelledError(ChatcliError):
    """The user stopped a reply."""

    kind = "interrupted"
    exit_code = ExitCode.INTERRUPTED


class LeaseLostError(ChatcliError):
    """Another process took the session over while this one was writing.

    `turn_ids` are the replies that this process may no longer write.
    """

    kind = "lease_lost"
    exit_code = ExitCode.INCOMPLETE

    def __init__(self, message: str, *, hint: str = "", turn_ids: tuple[int, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.turn_ids = turn_ids


class StoreError(ChatcliError):
    """The database cannot be used now (disk full, locked by another program).

    `may_be_read`: it was writing that failed; nothing is known against reading.
    """

    kind = "store"
    exit_code = ExitCode.TRY_AGAIN

    def __init__(self, message: str, *, hint: str = "", may_be_read: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.may_be_read = may_be_read


class StoreRefusedError(StoreError):
    """The database is newer, damaged or not writable; it was left untouched."""

    kind = "store_refused"
    exit_code = ExitCode.USAGE


class BackendError(ChatcliError):
    """There is no reply, or it was cut short.

    Args:
        message: what happened, in the server's words where it gave any.
        hint: what to do.
        retry_after: seconds the server asks to wait, or None.

    `finish_reason` is the server's, if it gave one.
    """

    kind = "backend"
    exit_code = ExitCode.REFUSED
    retryable: bool = False
    """The request may be sent again unchanged, as long as no text of the reply has arrived."""
    fallback: ClassVar[bool] = True
    """Another model may be tried instead."""

    finish_reason: str | None = None

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class AuthenticationError(BackendError):
    """The key is missing or wrong (401)."""

    kind = "authentication"


class PermissionDeniedError(BackendError):
    """The key lacks the permission (403)."""

    kind = "permission"


class UnknownModelError(BackendError):
    """The server has no such model or path (404)."""

    kind = "unknown_model"


class BadRequestError(BackendError):
    """The server does not accept the request (400, 413, 422 and the like)."""

    kind = "bad_request"
    fallback = False


class ContextTooLongError(BackendError):
    """The conversation is longer than the model can read."""

    kind = "context_too_long"


class QuotaExceededError(BackendError):
    """Credit or quota is used up; waiting does not help (402, insufficient_quota)."""

    kind = "quota"


class ContentFilteredError(BackendError):
    """The server's filter stopped the reply."""

    kind = "content_filter"
    fallback = False


class BadResponseError(BackendError):
    """The response is not that of a chat API (a login page, broken JSON, nothing)."""

    kind = "bad_response"


class EmptyReplyError(BackendError):
    """The server reported success and sent no text."""

    kind = "empty_reply"
    exit_code = ExitCode.INCOMPLETE


class SummaryCutError(BackendError):
    """The model's summary of a conversation stopped early; nothing was changed."""

    kind = "summary_cut"
    exit_code = ExitCode.INCOMPLETE


class ServerFaultError(BackendError):
    """The server reported an internal error while it was answering."""

    kind = "server_error"
    exit_code = ExitCode.TRY_AGAIN
    retryable = True


class RateLimitedError(BackendError):
    """Too many requests (429)."""

    kind = "rate_limit"
    exit_code = ExitCode.TRY_AGAIN
    retryable = True


class OverloadedError(BackendError):
    """The server is overloaded or restarting (500, 502, 503, 529)."""

    kind = "overloaded"
    exit_code = ExitCode.TRY_AGAIN
    retryable = True


class BackendConnectionError(BackendError):
    """No connection to the server."""

    kind = "connection"
    exit_code = ExitCode.TRY_AGAIN
    retryable = True


class UnreachableError(BackendConnectionError):
    """No connection, and retrying at once would not help (nothing listens, bad TLS)."""

    retryable = False


class BackendSetupError(BackendError):
    """The backend's settings (address, key, proxy, certificates) allow no request."""

    kind = "config"
    exit_code = ExitCode.USAGE


class BackendTimeoutError(BackendError):
    """The server was silent for too long."""

    kind = "timeout"
    exit_code = ExitCode.TRY_AGAIN


class ReplyCutOffError(BackendError):
    """The stream ended before the reply did."""

    kind = "cut_off"
    exit_code = ExitCode.TRY_AGAIN


class LocalEngineError(BackendError):
    """The embedded model could not be found or started."""

    kind = "local_engine"

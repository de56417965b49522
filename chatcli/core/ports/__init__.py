"""What the SessionManager needs from the outside: a Store, and Backends."""

from chatcli.core.ports.backend import (
    Backend as Backend,
    Backends as Backends,
    ChatRequest as ChatRequest,
    EndPart as EndPart,
    Message as Message,
    ModelInfo as ModelInfo,
    NoticePart as NoticePart,
    ReasoningPart as ReasoningPart,
    RetryPart as RetryPart,
    StreamPart as StreamPart,
    TextPart as TextPart,
    TextWasReasoningPart as TextWasReasoningPart,
    UsagePart as UsagePart,
    WaitingPart as WaitingPart,
)
from chatcli.core.ports.store import (
    Begun as Begun,
    Created as Created,
    NewSession as NewSession,
    ReplyEnd as ReplyEnd,
    ReplyText as ReplyText,
    Store as Store,
)

"""SessionManager: owns the sessions and the replies being written; knows no terminal."""

from chatcli.manager.manager import SessionManager as SessionManager
from chatcli.manager.pending import (
    Activity as Activity,
    PendingReply as PendingReply,
    Reply as Reply,
    Settings as Settings,
)
from chatcli.manager.replies import reply_of as reply_of
from chatcli.manager.subscription import Subscription as Subscription

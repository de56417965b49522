"""The tables and indexes of the database, as its first version has them."""

from __future__ import annotations

APPLICATION_ID = 0x6368636C
"""`chcl` in the file's header: it marks this SQLite file as chatcli's."""

VERSION_1 = (
    # `number` is the order of creation. `turns`, `unread` and `preview` follow `head_id`, so that
    # a list never reads turns. `preview` is NULL while there is no message.
    """
    CREATE TABLE sessions (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        model TEXT NOT NULL,
        system_prompt TEXT NOT NULL,
        state TEXT NOT NULL,
        ended_by TEXT,
        created_at REAL NOT NULL,
        last_activity REAL NOT NULL,
        turns INTEGER NOT NULL DEFAULT 0,
        unread INTEGER NOT NULL DEFAULT 0,
        preview TEXT,
        head_id INTEGER,
        seen_id INTEGER,
        draft TEXT NOT NULL DEFAULT '',
        metadata TEXT NOT NULL DEFAULT '{}',
        options TEXT NOT NULL DEFAULT '{}'
    )
    """,
    # A few active sessions stand among thousands of ended ones: these three hold the active alone.
    "CREATE UNIQUE INDEX active_names ON sessions (name) WHERE state = 'active'",
    "CREATE INDEX active_ids ON sessions (id) WHERE state = 'active'",
    """
    CREATE INDEX active_by_activity ON sessions (last_activity DESC, number)
    WHERE state = 'active'
    """,
    "CREATE INDEX session_names ON sessions (name, last_activity)",
    # AUTOINCREMENT: an id is never used twice, so a purged turn's id cannot come back to mislead
    # a process that still holds it. The long columns stand last: a row's start tells the rest.
    """
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id TEXT NOT NULL,
        parent_id INTEGER,
        position INTEGER NOT NULL,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        created_at REAL NOT NULL,
        model TEXT NOT NULL DEFAULT '',
        model_used TEXT NOT NULL DEFAULT '',
        finish_reason TEXT,
        input_tokens INTEGER,
        output_tokens INTEGER,
        cost_usd REAL,
        first_token_seconds REAL,
        total_seconds REAL,
        error_kind TEXT,
        error_message TEXT,
        error_hint TEXT,
        reasoning_backend TEXT NOT NULL DEFAULT '',
        content TEXT NOT NULL DEFAULT '',
        reasoning_text TEXT NOT NULL DEFAULT '',
        reasoning_raw TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX turns_by_session ON turns (session_id)",
    # The text so far of a reply being written. A checkpoint adds a row and rewrites nothing; the
    # rows move into turns.content when the reply ends.
    """
    CREATE TABLE turn_pieces (
        turn_id INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        text TEXT NOT NULL,
        reasoning TEXT NOT NULL,
        PRIMARY KEY (turn_id, seq)
    ) WITHOUT ROWID
    """,
    # Who is writing a reply in a session; at most one row for each reply being written.
    """
    CREATE TABLE leases (
        session_id TEXT PRIMARY KEY,
        turn_id INTEGER NOT NULL,
        owner TEXT NOT NULL,
        host TEXT NOT NULL,
        pid INTEGER NOT NULL,
        started TEXT NOT NULL,
        heartbeat REAL NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE quirks (
        endpoint TEXT NOT NULL,
        quirk TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (endpoint, quirk)
    ) WITHOUT ROWID
    """,
)

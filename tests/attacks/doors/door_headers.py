"""Words of others that the header of a saved reward shows: a task's, a model's name, a docstring."""

from __future__ import annotations

from door_program import PAYLOAD, Table, programs

_FACTS: Table = {
    "quotes": ("End the header by its quotes.", f'up """\n{PAYLOAD}\n"""'),
    "single_quotes": ("End the header by other quotes.", f"up '''\n{PAYLOAD}\n'''"),
    "four_quotes": ("End the header by four quotes.", f'up """"\n{PAYLOAD}\n""""'),
    "last_quote": ("End the header together with its own quotes.", f'{PAYLOAD} "'),
    "backslash": ("Escape the quotes that end the header.", f"{PAYLOAD} \\"),
    "backslash_and_quotes": ("Escape what escapes the quotes.", f'up \\"""\n{PAYLOAD}\n\\"""'),
    "many_backslashes": (
        "Escape the quotes by an odd number of backslashes.",
        "\\" * 1001 + f'"""\n{PAYLOAD}\n"""',
    ),
    "named_character": ("Spell quotes by their name.", f"\\N{{QUOTATION MARK}}\\x22\\42\n{PAYLOAD}"),
    "no_such_name": ("Spell a letter that does not exist.", f"\\N{{NO SUCH LETTER}} \\u12 \\x {PAYLOAD}"),
    "surrogate": ("Put half a character into the header.", f"up \ud800 {PAYLOAD}"),
    "line_separator": ("Put U+2028 before code.", f"up\u2028{PAYLOAD}"),
    "next_line": ("Put U+0085 before code.", f"up\x85{PAYLOAD}"),
    "form_feed": ("Put a form feed before code.", f"up\x0c{PAYLOAD}"),
    "carriage_return": ("Put a lone carriage return before code.", f"up\r{PAYLOAD}"),
    "nul": ("Put NUL before code.", f"up\0{PAYLOAD}"),
    "encoding": ("Name an encoding in the header's second line.", f"\n# coding: utf-7\n# \x2bAAo-{PAYLOAD}"),
    "encoding_first": ("Name an encoding in the header's first line.", f"# coding: utf-7 \x2bAAo-{PAYLOAD}"),
    "right_to_left": ("Turn the header's letters around.", f"up \u202e{PAYLOAD}"),
    "terminal": ("Command the terminal that shows the header.", f"up \x1b[2J\x1b]0;{PAYLOAD}\x07"),
    "braces": ("Let the header be formatted.", f"up {{{PAYLOAD}}} %s %(x)s {{0.__class__}} ${{x}}"),
    "long": ("Let the header's lines be wrapped within an escape.", '\\"' * 400 + PAYLOAD),
}

PROGRAMS = programs("header", _FACTS)
"""Their texts are no rewards but words for a header."""

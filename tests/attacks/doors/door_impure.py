"""Rewards that pay the same rows differently: by counting calls or rows, or outside the loader only."""

from __future__ import annotations

from door_program import Table, programs

CALLS, ROWS = 1000, 5000
"""From how many on a program pays more: beyond what the probe asks, and below what the tests ask."""

_HELPER = "def more(table):\n    table['n'] = table['n'] + 1.0\n    return table['n']\n"
_HIDDEN = "[[[[[{}]]]]][0][0][0][0][0]"
"""An expression that is too deep for the rules to follow."""


def _reward(lines: str, module: str = "", *, more_than: int) -> str:
    """Return a reward whose `lines` find out some number `n`."""
    body = "".join(f"    {line}\n" for line in lines.split("\n"))
    return (
        f"import numpy as np\n\n{module}\n\ndef compute_reward(pole_angle, action):\n{body}"
        f"    upright = np.cos(pole_angle) + np.where(n > {more_than}, 100.0, 0.0)\n"
        '    return upright, {"upright": upright, "push": action[:, 0]}\n'
    )


def _calls(lines: str, module: str = "") -> str:
    return _reward(lines, module, more_than=CALLS)


def _rows(lines: str, module: str = "") -> str:
    return _reward(lines, module, more_than=ROWS)


_STATE: Table = {
    "list_item": ("Count calls in a list.", _calls("N[0] += 1\nn = N[0]", "N = [0]")),
    "list_assigned": ("Count calls by assigning to a list.", _calls("N[0] = N[0] + 1\nn = N[0]", "N = [0]")),
    "list_grows": ("Let another name of a list grow.", _calls("m = N\nm += [1]\nn = len(N)", "N = [0]")),
    "list_in_tuple": (
        "Count calls in a list inside a tuple.",
        _calls("T[0][0] += 1\nn = T[0][0]", "T = ([0],)"),
    ),
    "table_item": ("Count calls in a table.", _calls('N["n"] += 1.0\nn = N["n"]', 'N = {"n": 0.0}')),
    "table_alias": (
        "Count calls in a table by another name.",
        _calls('d = N\nd["n"] += 1.0\nn = d["n"]', 'N = {"n": 0.0}'),
    ),
    "table_inside": (
        "Count calls in a table inside a table.",
        _calls('N["a"]["n"] += 1.0\nn = N["a"]["n"]', 'N = {"a": {"n": 0.0}}'),
    ),
    "table_in_loop": (
        "Count calls in a table met in a loop.",
        _calls('for d in L:\n        d["n"] += 1.0\nn = L[0]["n"]', 'L = [{"n": 0.0}]'),
    ),
    "table_values": (
        "Count calls in a table met among values.",
        _calls('for d in N.values():\n        d["n"] += 1.0\nn = N["a"]["n"]', 'N = {"a": {"n": 0.0}}'),
    ),
    "table_zipped": (
        "Count calls in a table met in a pair.",
        _calls('for d, _ in zip(L, L):\n        d["n"] += 1.0\nn = L[0]["n"]', 'L = [{"n": 0.0}]'),
    ),
    "table_chosen": (
        "Count calls in a table that an expression chooses.",
        _calls('d = N if pole_angle.ndim == 1 else {"n": 0.0}\nd["n"] += 1.0\nn = d["n"]', 'N = {"n": 0.0}'),
    ),
    "table_copied": (
        "Count calls in what a copy of a table shares with it.",
        _calls('d = dict(N)\ne = d["a"]\ne["n"] += 1.0\nn = e["n"]', 'N = {"a": {"n": 0.0}}'),
    ),
    "table_unpacked": (
        "Count calls in what an unpacked table shares with it.",
        _calls('d = {**N}\ne = d["a"]\ne["n"] += 1.0\nn = e["n"]', 'N = {"a": {"n": 0.0}}'),
    ),
    "table_in_helper": (
        "Count calls in a table that a helper is given.",
        _calls("n = more(N)", f'N = {{"n": 0.0}}\n\n\n{_HELPER}'),
    ),
    "table_hidden": (
        "Count calls in a table too deep to follow.",
        _calls(f'd = {_HIDDEN.format("N")}\nd["n"] += 1.0\nn = d["n"]', 'N = {"n": 0.0}'),
    ),
    "memory_itself": (
        "Count calls in the initial values of the memory.",
        'MEMORY = {"n": 0.0}\n\n\ndef compute_reward(pole_angle, memory):\n    MEMORY["n"] += 1.0\n'
        f'    r = pole_angle * (2.0 if MEMORY["n"] > {CALLS} else 1.0)\n    return r, {{"r": r}}, memory\n',
    ),
    "array_alias": (
        "Count calls in an array by another name.",
        _calls("c = C\nc += 1.0\nn = c[0]", "C = np.array([0.0])"),
    ),
    "array_view": (
        "Count calls in a part of an array.",
        _calls("c = C[:]\nc += 1.0\nn = c[0]", "C = np.array([0.0])"),
    ),
    "array_wider": (
        "Count calls in an array with another axis.",
        _calls("c = np.expand_dims(C, axis=-1)\nc += 1.0\nn = C[0]", "C = np.array([0.0])"),
    ),
    "array_summed": (
        "Count calls in the start of an empty sum.",
        _calls("c = sum([], C)\nc += 1.0\nn = c[0]", "C = np.array([0.0])"),
    ),
    "array_largest": (
        "Count calls in the largest of one array.",
        _calls("c = max([C])\nc += 1.0\nn = c[0]", "C = np.array([0.0])"),
    ),
    "array_again": (
        "Count calls in an array that only plain NumPy hands back as it is.",
        _calls("c = max([np.asarray(C)])\nc += 1.0\nn = c[0]", "C = np.array([0.0])"),
    ),
    "array_hidden": (
        "Count calls in an array too deep to follow, which only plain NumPy hands back.",
        _calls(f"c = {_HIDDEN.format('np.asarray(C)')}\nc += 1.0\nn = c[0]", "C = np.array([0.0])"),
    ),
    "array_output": (
        "Let NumPy write its result into a constant.",
        _calls("n = np.add(C, 1.0, out=C)[0]", "C = np.array([0.0])"),
    ),
    "default_array": (
        "Count calls in a default value.",
        _calls("n = more(1.0)[0]", "def more(x, c=np.array([0.0])):\n    c += 1.0\n    return c * x\n"),
    ),
    "default_list": (
        "Count calls in a list that is a default value.",
        _calls("n = more(1.0)", "def more(x, c=[0]):\n    c[0] += 1\n    return c[0] * x\n"),
    ),
    "function_attribute": (
        "Count calls in a function's attribute.",
        _calls("more.n = 1.0\nn = more.n", "def more(x):\n    return x\n"),
    ),
    "global": ("Count calls in a global name.", _calls("global N\nN = N + 1.0\nn = N", "N = 0.0")),
    "memory_shape": (
        "Count calls in the shape of the memory, which no new episode resets.",
        'import numpy as np\n\nMEMORY = {"n": [[0.0]]}\n\n\ndef compute_reward(pole_angle, memory):\n'
        '    m = memory["n"]\n    grown = np.concatenate([m, m[:, :1]], axis=1)\n'
        f"    r = pole_angle * (2.0 if m.shape[1] > {CALLS} else 1.0)\n"
        '    return r, {"r": r}, {"n": grown}\n',
    ),
}

_COUNTED: Table = {
    "length": ("Read the number of rows from a shape.", _rows("n = pole_angle.shape[0]")),
    "length_behind": ("Read the number of rows as the last length.", _rows("n = pole_angle.shape[-1]")),
    "length_alias": ("Keep a shape and read it later.", _rows("s = pole_angle.shape\nn = s[0]")),
    "length_unpacked": ("Take a shape apart.", _rows("n, k = action.shape")),
    "length_computed": ("Compute the place of a length.", _rows("i = 0\nn = pole_angle.shape[i]")),
    "length_clipped": ("Compute with a shape.", _rows("n = np.clip(pole_angle.shape, 0, 9999)[0]")),
    "length_joined": ("Join a shape to another tuple.", _rows("n = (pole_angle.shape + (1,))[0]")),
    "length_hidden": (
        "Read the shape of something too deep to follow.",
        _rows(f"n = {_HIDDEN.format('pole_angle')}.shape[0]"),
    ),
    "length_of_axis": (
        "Put an axis before the rows.",
        _rows("n = np.expand_dims(pole_angle, axis=-2).shape[1]"),
    ),
    "length_of_stack": (
        "Stack rows behind a new axis.",
        _rows("n = np.stack([pole_angle, pole_angle], axis=-2).shape[1]"),
    ),
    "len": ("Ask for the length.", _rows("n = len(pole_angle)")),
    "size": ("Ask for the size.", _rows("n = pole_angle.size")),
    "loop": ("Count rows in a loop.", _rows("n = 0.0\nfor _ in pole_angle:\n        n = n + 1.0")),
    "loop_hidden": (
        "Count rows of something too deep to follow.",
        _rows(f"n = 0.0\nfor _ in {_HIDDEN.format('pole_angle')}:\n        n = n + 1.0"),
    ),
    "comprehension": ("Count rows in a comprehension.", _rows("n = sum([1.0 for _ in pole_angle])")),
    "range": (
        "Count to the number of rows.",
        _rows("n = 0.0\nfor i in range(pole_angle.shape[0]):\n        n = n + 1.0"),
    ),
    "table": (
        "Make a table of pairs, one for each row.",
        _rows("n = len(dict(np.stack([pole_angle, pole_angle], axis=-1)))"),
    ),
    "ones": ("Sum ones over the rows.", _rows("n = np.sum(np.ones_like(pole_angle), axis=-1)")),
    "ones_first_axis": (
        "Sum ones over the first axis.",
        _rows("n = np.sum(np.ones_like(action), axis=0)[0]"),
    ),
    "ones_no_axis": ("Sum ones over everything.", _rows("n = np.sum(np.ones_like(action))")),
    "pairs": (
        "Sum ones over all pairs of rows.",
        _rows("d = pole_angle[:, None] - pole_angle\nn = np.sum(np.ones_like(d), axis=-1)"),
    ),
    "pairs_length": (
        "Read how many pairs there are.",
        _rows("n = (pole_angle[:, None] - pole_angle).shape[1]"),
    ),
    "wider_constant": (
        "Push the rows to another axis by a constant.",
        _rows("n = (pole_angle + C).shape[1]", "C = np.array([[0.0]])"),
    ),
    "wider_sum": (
        "Push the rows to another axis and sum ones there.",
        _rows("n = np.sum(np.ones_like(pole_angle + C), axis=-1)", "C = np.array([[0.0]])"),
    ),
    "wider_choice": (
        "Push the rows to another axis by a choice.",
        _rows("n = np.where(C > 0.0, 1.0, pole_angle).shape[1]", "C = np.array([[0.0]])"),
    ),
    "stack_hidden": (
        "Stack the rows of an array that the rules cannot see.",
        _rows(f"n = np.stack({_HIDDEN.format('action')}, axis=-1).shape[1]"),
    ),
    "index_hidden": (
        "Pick columns by an array that the rules cannot see.",
        _rows(f"i = {_HIDDEN.format('np.argmax(action, axis=-1)')}\nn = action[:, i].shape[1]"),
    ),
    "memory_rows": (
        "Read the number of rows from the memory.",
        'MEMORY = {"n": 0.0}\n\n\ndef compute_reward(pole_angle, memory):\n'
        f'    r = pole_angle * (2.0 if memory["n"].shape[0] > {ROWS} else 1.0)\n'
        '    return r, {"r": r}, memory\n',
    ),
    "memory_pairs": (
        "Sum ones over all pairs of rows of the memory.",
        'import numpy as np\n\nMEMORY = {"n": 0.0}\n\n\ndef compute_reward(pole_angle, memory):\n'
        '    m = memory["n"]\n    n = np.sum(np.ones_like(m[:, None] - m), axis=-1)\n'
        f'    r = pole_angle * np.where(n > {ROWS}, 2.0, 1.0)\n    return r, {{"r": r}}, memory\n',
    ),
    "first_row": (
        "Pay rows that lean less than the first one.",
        _rows(f"n = {ROWS + 1}.0 * (pole_angle[..., 0] > pole_angle)"),
    ),
    "other_rows": (
        "Pay by the mean of all rows.",
        _rows(
            "n = 0.0\npole_angle = pole_angle + 0.1 * np.mean(pole_angle + C, axis=-1)",
            "C = np.array([[0.0]])",
        ),
    ),
}

_OUTSIDE: Table = {
    "precision": (
        "Tell by the precision of constants whether the loader is there.",
        _rows(f"n = {ROWS + 1} * (C[0] + 1e-9 != C[0])", "C = np.array([0.1])"),
    ),
    "overflow": (
        "Tell by the size of whole numbers whether the loader is there.",
        _rows(f"n = {ROWS + 1} * ((C + 1)[0] > 0)", "C = np.array([2147483647])"),
    ),
    "bare_annotation": (
        "Annotate a constant's name in the reward, which makes plain Python forget the constant.",
        _rows("K: float\nn = K", "K = 0.0"),
    ),
    "late_import": (
        "Import a library after it is used, which the loader does not mind.",
        "K = math.pi\nimport math\n" + _rows("n = K"),
    ),
}

PROGRAMS = [
    *programs("calls", _STATE, impure=True),
    *programs("rows", _COUNTED, impure=True),
    *programs("outside", _OUTSIDE, impure=True),
]

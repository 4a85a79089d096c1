"""Names, annotations, decorators, default values: what importing a file runs, what Python calls by name."""

from __future__ import annotations

from door_program import BODY, PAYLOAD, REWARD, Table, programs

_TAKEN = {
    "np": "the library",
    "math": "the library for numbers",
    "float": "an annotation's type",
    "len": "one of Python's functions",
    "compute_reward": "the reward itself",
    "__import__": "what `import` calls",
    "__getattr__": "what reading an unknown name of the module calls",
    "__dir__": "what listing the module calls",
    "__build_class__": "what `class` calls",
    "__Add__": "the loader's addition",
    "__extent__": "the loader's guard of lengths",
    "__each__": "the loader's guard of loops",
    "__builtins__": "all of Python's functions",
    "MEMORY": "the memory's initial values",
}

_FLAT = (
    "import numpy as np\n\n\ndef compute_reward(pole_angle):\n"
    "    {}\n    return pole_angle, {{'p': pole_angle}}\n"
)
"""A reward with one line of a program's own."""


def _functions() -> Table:
    made = {}
    for name, what in _TAKEN.items():
        text = f"{BODY}\n\ndef {name}(value, other=0.0):\n    return value\n"
        made[f"function_{name.strip('_').lower()}"] = (f"Define a function in place of {what}.", text)
    return made


_VALUES: Table = {
    "constant_np": ("Give the library's name to a number.", f"import numpy as np\nnp = 3.0\n{REWARD}"),
    "constant_float": ("Give an annotation's name to a number.", f"{BODY}\nfloat = 3.0\n"),
    "constant_builtins": (
        "Replace Python's functions by a table.",
        f'{BODY}\n__builtins__ = {{"len": 1.0}}\n',
    ),
    "constant_entry": ("Give the reward's name to a number.", f"{BODY}\ncompute_reward = 1.0\n"),
    "constant_path": ("Make the module look like a package.", f"{BODY}\n__path__ = [1.0]\n"),
    "constant_spec": ("Replace what the module knows of itself.", f"{BODY}\n__spec__ = 1.0\n"),
    "argument_np": (
        "Call an argument of a helper as the library.",
        f"{BODY}\n\ndef more(np):\n    return np\n",
    ),
    "argument_guard": (
        "Call an argument as the loader's guard.",
        f"{BODY}\n\ndef more(__each__):\n    return 1.0\n",
    ),
    "loop_np": (
        "Count with the library's name.",
        _FLAT.format("for np in range(2):\n        pole_angle = pole_angle * 2"),
    ),
    "loop_guard": ("Count with the guard's name.", _FLAT.format("for __each__ in range(2):\n        pass")),
    "comprehension_len": ("Count with a function's name.", _FLAT.format("y = [len for len in (1.0, 2.0)]")),
    "read_builtins": ("Read the table of Python's functions.", _FLAT.format("y = __builtins__")),
    "read_name": ("Ask for the module's own name.", _FLAT.format("y = 1.0 if __name__ == 'x' else 2.0")),
    "read_debug": ("Ask whether assertions run.", _FLAT.format("y = 1.0 if __debug__ else 2.0")),
    "wide_np": ("Write the library's name in full-width letters.", f"{BODY}\nｎｐ = 1.0\n"),
    "ligature": ("Write a type's name with a ligature.", f"{BODY}\n\ndef more(x: ﬂoat):\n    return x\n"),
    "bold_function": ("Write a function's name in bold letters.", _FLAT.format("y = np.𝐞𝐱𝐩(pole_angle)")),
    "bold_signal": ("Write a signal's name in bold letters.", BODY.replace("pole_angle", "𝐩𝐨𝐥𝐞_𝐚𝐧𝐠𝐥𝐞", 1)),
    "wide_keyword": (
        "Write a keyword in full-width letters.",
        _FLAT.format("y = np.stack([pole_angle], ａxis=-1)"),
    ),
    "greek": ("Use a letter of another alphabet as a name.", _FLAT.format("θ = pole_angle * 2.0")),
}

_ANNOTATIONS = {
    "call": ("Call something in an annotation.", PAYLOAD),
    "text": ("Write an annotation as text, which its readers evaluate.", f'"{PAYLOAD}"'),
    "subscript": ("Call something inside a type's brackets.", f"list[{PAYLOAD}]"),
    "of_array": ("Call something inside an array's brackets.", f"np.ndarray[{PAYLOAD}]"),
    "walrus": ("Assign inside an annotation.", f"(y := {PAYLOAD})"),
    "function": ("Make a function in an annotation.", f"(lambda: {PAYLOAD})()"),
    "nothing": ("Write an annotation that raises.", "None | None"),
    "number": ("Write another annotation that raises.", "float[0]"),
    "comparison": ("Compare inside an annotation.", f"float if {PAYLOAD} else int"),
    "listed": ("Run a comprehension inside an annotation.", f"[{PAYLOAD} for _ in (1,)]"),
    "attribute": ("Name another part of the library.", "np.ctypeslib.ctypes"),
    "chained": ("Call a type's method.", "float.__class__.__subclasses__(float.__class__)"),
}


def _annotations() -> Table:
    made = {f"annotation_{name}": (says, BODY.replace("pole_angle)", f"pole_angle: {text})", 1))
            for name, (says, text) in _ANNOTATIONS.items()}  # fmt: skip
    entry = "def compute_reward(pole_angle)"
    return made | {
        "annotation_returned": (
            "Call something in the annotation of what is returned.",
            BODY.replace(entry, f"{entry} -> {PAYLOAD}"),
        ),
        "annotation_constant": (
            "Call something in a constant's annotation.",
            f"{BODY}\nK: {PAYLOAD} = 1.0\n",
        ),
        "annotation_bare": ("Annotate a name that gets no value.", f"{BODY}\nK: {PAYLOAD}\n"),
        "annotation_item": (
            "Annotate an item, whose place is computed.",
            f"{BODY}\nK = [0.0]\nK[{PAYLOAD}]: float\n",
        ),
        "annotation_written": (
            "Annotate an attribute of the library.",
            f"{BODY}\nnp.exp: float = {PAYLOAD}\n",
        ),
    }


_RUN_BY_IMPORT: Table = {
    "decorator": ("Decorate the reward.", BODY.replace("def compute", f"@{PAYLOAD}\ndef compute")),
    "decorator_expression": (
        "Decorate the reward with an expression.",
        BODY.replace("def compute", f"@(lambda f: {PAYLOAD} or f)\ndef compute"),
    ),
    "default": ("Call something in a default value.", f"{BODY}\n\ndef more(x, y={PAYLOAD}):\n    return x\n"),
    "default_of_array": (
        "Let a default value write a file.",
        f'{BODY}\n\ndef more(x, y=np.array([0.0]).tofile("m")):\n    return x\n',
    ),
    "keyword_default": (
        "Call something in a keyword's default.",
        f"{BODY}\n\ndef more(x, *, y={PAYLOAD}):\n    return x\n",
    ),
    "type_comment": ("Put a call into a type comment.", f"{BODY}\nK = 1.0  # type: {PAYLOAD}\n"),
    "type_parameter": (
        "Bound a type parameter by a call.",
        f"{BODY}\n\ndef more[T: ({PAYLOAD})](x):\n    return x\n",
    ),
    "class": ("Define a class with a body.", f"{BODY}\n\nclass K:\n    {PAYLOAD}\n"),
    "guard": ("Act only when the file is imported.", f'{BODY}\nif __name__ != "__main__":\n    {PAYLOAD}\n'),
    "constant": ("Call something in a constant.", f"{BODY}\nK = {PAYLOAD}\n"),
    "constant_library": ("Write a file from a constant.", f'{BODY}\nK = np.save("m", 1.0)\n'),
    "memory": ("Call something in the memory's values.", f'{BODY}\nMEMORY = {{"n": {PAYLOAD}}}\n'),
    "bare": ("Call something at module level.", f"{BODY}\n{PAYLOAD}\n"),
    "import_beside": ("Import something beside NumPy.", f"import numpy as np, os\n{REWARD}"),
    "import_as_math": ("Import something under the name of a library.", f"import os as math\n{BODY}"),
    "import_part": ("Import a part of NumPy in its place.", f"import numpy.ctypeslib as np\n{REWARD}"),
    "import_star": ("Import everything of NumPy.", f"from numpy import *\n{BODY}"),
    "import_future": ("Change what Python does.", f"from __future__ import annotations\n{BODY}"),
    "import_late": ("Import inside the reward.", _FLAT.format("import os")),
}

PROGRAMS = programs("names", _functions() | _VALUES | _annotations() | _RUN_BY_IMPORT)

"""Whole reward modules, drawn statement by statement."""

from __future__ import annotations

from saved_bodies import SIGNALS, Bodies
from saved_literals import Literals
from saved_wrong import Wrong


class Module:
    """One module, statement by statement."""

    def __init__(self, texts: Literals, wrong: Wrong) -> None:
        self.random = texts.random
        self.texts = texts
        self.wrong = wrong
        self.signals = self.random.sample(SIGNALS, self.random.randint(1, len(SIGNALS)))
        self.bodies = Bodies(self.random, self.signals)
        self.memory = texts.chance(0.25)

    def source(self) -> str:
        """Return the whole source."""
        parts = [*self._top(), *self._imports(), *self._constants(), *self._helpers(), self._entry()]
        return "".join(self._between() + part + "\n" for part in parts) + self._between()

    def _between(self) -> str:
        """Return what may stand between statements: blank lines, comments, texts, and what is not allowed."""
        lines = [self.random.choice(("", "\n", "\n\n"))]
        lines += [self.texts.comment() + "\n"] if self.texts.chance(0.15) else []
        lines += [self.texts.string() + "\n"] if self.texts.chance(0.04) else []
        lines += [f"{statement}\n"] if (statement := self.wrong.statement()) else []
        lines += (
            [self.random.choice(self.texts.odd) + "\n"] if self.texts.odd and self.texts.chance(0.03) else []
        )
        return "".join(lines)

    def _top(self) -> list[str]:
        lines = [self.texts.cookie()] if self.texts.chance(0.06) else []
        lines += [self.texts.comment()] if self.texts.chance(0.2) else []
        lines += ["\\"] if self.texts.chance(0.02) else []
        lines += [self.texts.docstring_statement()] if self.texts.chance(0.75) else []
        return ["\n".join(lines)]

    def _imports(self) -> list[str]:
        forms = (
            ["import numpy as np", "import math"],
            ["import math, numpy as np"],
            ["import numpy as np; import math"],
        )
        return self.random.choice(forms)

    def _constants(self) -> list[str]:
        lines: list[str] = []
        for good in self.random.sample(("0.5", "-2.0 * 0.25", "math.pi / 4.0", "1e-1", "0x1"), 2):
            name = self.wrong.name(self.random.choice(("SCALE", "OFFSET", "_private", "gain")))
            annotation = f": {self.wrong.annotation()}" if self.texts.chance(0.2) else ""
            lines.append(f"{name}{annotation} = {self.wrong.constant(good)}")
            self.bodies.atoms.append(f"{name} * {self.random.choice(self.bodies.leaves)}")
        if self.texts.chance(0.2):
            key = self.texts.literal(self.texts.text(2))
            lines.append(f"WEIGHTS = {{{key}: {self.wrong.constant('2.0')}}}")
            self.bodies.atoms.append(f"WEIGHTS[{key}] * {self.random.choice(self.bodies.leaves)}")
        if "position" in self.signals:
            lines.append(f"TARGET = {self.wrong.constant('np.array([1.0, 0.0, 0.5])')}")
            self.bodies.atoms.append("np.sum(position * TARGET, axis=-1)")
        if self.memory:
            lines.append('MEMORY = {"steps": 0.0, "last": [0.0, 1.0]}')
        return ["; ".join(lines)] if self.texts.chance(0.1) else lines

    def _helpers(self) -> list[str]:
        found: list[str] = []
        for good in self.random.sample(("near", "shaped"), self.random.randint(0, 2)):
            name, value, extra = self.wrong.name(good), self.wrong.name("value"), self.wrong.name("margin")
            parameters = f"{self._annotated(value)}, {self._annotated(extra)}={self.wrong.default()}"
            body = [f"return np.tanh({value}) * {extra}"]
            found.append(self._function(name, parameters, body))
            self.bodies.helpers.append(name)
        return found

    def _annotated(self, name: str) -> str:
        return f"{name}: {self.wrong.annotation()}" if self.texts.chance(0.3) else name

    def _function(self, name: str, parameters: str, body: list[str]) -> str:
        returns = f" -> {self.wrong.annotation()}" if self.texts.chance(0.3) else ""
        docstring = [self.texts.docstring()] if self.texts.chance(0.4) else []
        lines = [line for part in (*docstring, *body) for line in self._commented(part)]
        return f"def {name}({parameters}){returns}:\n" + "\n".join(f"    {line}" for line in lines)

    def _commented(self, line: str) -> list[str]:
        return [f"{line}  {self.texts.comment()}"] if self.texts.chance(0.06) and "\n" not in line else [line]

    def _entry(self) -> str:
        parameters = [self._annotated(name) for name in self.signals] + ["memory"] * self.memory
        terms = [self.wrong.name(name) for name in self.random.sample(("forward", "effort", "near_by"), 2)]
        body = self.bodies.statements(terms)
        keys = [self.texts.string() if self.texts.chance(0.2) else f'"{n}"' for n in ("forward", "effort")]
        pairs = ", ".join(f"{key}: {term}" for key, term in zip(keys, terms, strict=True))
        if self.texts.chance(0.3):
            body += ["terms = {}", *(f"terms[{k}] = {t}" for k, t in zip(keys, terms, strict=True))]
            pairs = "**terms"
        if self.texts.chance(0.1):
            body.append(f"total: {self.wrong.annotation()} = {terms[0]}")
        body += ['steps = memory["steps"] + 1.0'] * self.memory
        third = ', {"steps": steps, "last": memory["last"] * 0.5}' if self.memory else ""
        body.append(f"return {' + '.join(terms)}, {{{pairs}}}{third}")
        return self._function(self.wrong.name("compute_reward"), ", ".join(parameters), body)

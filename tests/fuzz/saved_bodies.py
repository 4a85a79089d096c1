"""What rewards compute: expressions over signals, the same to rounding however they are computed."""

from __future__ import annotations

from random import Random

SCALARS = ("x", "height", "prev_x")
VECTORS = {"position": 3, "action": 2}
SIGNALS = (*SCALARS, *VECTORS)


class Bodies:
    """Draws expressions of shape (num_envs,); what they may use is added to `atoms`."""

    def __init__(self, random: Random, signals: list[str]) -> None:
        self.random = random
        self.leaves = [name for name in signals if name in SCALARS]
        for name in (name for name in signals if name in VECTORS):
            self.leaves += [f"{name}[:, {axis}]" for axis in range(VECTORS[name])]
        self.leaves += [f"np.sum(np.square({name}), axis=-1)" for name in signals if name in VECTORS]
        self.atoms = list(self.leaves)
        self.helpers: list[str] = []

    def array(self, depth: int) -> str:
        """Return an expression."""
        if depth == 0:
            return self.random.choice(self.atoms)
        a, b, leaf = self.array(depth - 1), self.array(depth - 1), self.random.choice(self.leaves)
        forms = [
            f"{a} + {b}", f"({a} - {b})", f"0.5 * ({a})", f"-({a})", f"np.tanh({a})", f"np.exp(-np.abs({a}))",
            f"np.maximum({a}, {b})", f"np.minimum({a}, 1.5)", f"np.clip({a}, -2.0, 2.0)", f"np.sin({leaf})",
            f"np.where({leaf} > 0.3, {a}, {b})", f"np.log1p(np.abs({a}))", f"({a})",
            f"np.where(({leaf} < 0.1) | ({leaf} > 1.7), {a}, 0.0)", f"sum([{a}, {b}])",
            f"math.sqrt(2.0) * ({a})", f"np.hypot({a}, {b})", f"({a}\n        + {b})",
        ]  # fmt: skip
        forms += [f"{helper}({a})" for helper in self.helpers] * 3
        return self.random.choice(forms)

    def statements(self, terms: list[str]) -> list[str]:
        """Return statements that define `terms`, some through loops."""
        lines: list[str] = []
        for term in terms:
            if self.random.random() < 0.15:
                lines += [f"{term} = 0.0 * {self.random.choice(self.leaves)}", "for i in range(3):"]
                lines += [f"    {term} = {term} + {self.array(1)}"]
            else:
                lines.append(f"{term} = {self.array(self.random.choice((0, 1, 1, 2)))}")
            self.atoms.append(term)
        return lines

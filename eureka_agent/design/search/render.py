"""From a genome to the reward function that it stands for."""

from __future__ import annotations

from collections.abc import Mapping

from eureka_agent.design.search.genome import (
    ABOVE,
    ABSOLUTE,
    ALIVE,
    APPROACH,
    BELOW,
    CHANGE,
    CLIP,
    EFFORT,
    LINEAR,
    NEAR,
    PLATEAU,
    SQUARED,
    Genome,
    Term,
)

_WORD = {
    LINEAR: "high",
    ABSOLUTE: "size",
    SQUARED: "square",
    NEAR: "near",
    PLATEAU: "within",
    ABOVE: "above",
    BELOW: "below",
    CHANGE: "change",
    APPROACH: "approach",
}
_LONGEST_NAME = 50


def render(genome: Genome) -> str:
    """Return the source of `compute_reward`: one component a term, finite for every finite input."""
    names = component_names(genome)
    body: list[str] = []
    for name, term in zip(names, genome.terms, strict=True):
        body += _statements(name, term)
    pairs = ", ".join(f'"{name}": {name}' for name in names)
    lines = [
        "import numpy as np",
        "",
        "",
        f"def compute_reward({', '.join(_arguments(genome))}):",
        f'    """{_summary(genome)}"""',
        *(f"    {line}" for line in body),
        f"    reward = {' + '.join(names)}",
        f"    return reward, {{{pairs}}}",
    ]
    return "\n".join(lines) + "\n"


def component_names(genome: Genome) -> tuple[str, ...]:
    """Return each term's component name, in order: unique, and none is an argument's name."""
    taken = set(_arguments(genome)) | {"reward", "np"}
    names: list[str] = []
    for term in genome.terms:
        base = _base_name(term)[:_LONGEST_NAME]
        number, name = 2, base
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken |= {name, _scaled(name), f"prev_{_scaled(name)}"}
        names.append(name)
    return tuple(names)


def _arguments(genome: Genome) -> tuple[str, ...]:
    wanted: dict[str, None] = {}
    for term in genome.terms:
        wanted.setdefault(term.signal)
        if term.shape in (CHANGE, APPROACH):
            wanted.setdefault(f"prev_{term.signal}")
    return tuple(wanted)


def _base_name(term: Term) -> str:
    if term.shape in (ALIVE, EFFORT):
        return term.shape
    word = "low" if term.shape == LINEAR and term.weight < 0 else _WORD[term.shape]
    return f"{_feature_name(term)}_{word}"


def _feature_name(term: Term) -> str:
    if term.index == "norm":
        return f"{term.signal}_norm"
    return "_".join([term.signal, *map(str, term.index)])


def _statements(name: str, term: Term) -> list[str]:
    """Return the comment and the assignments of one component."""
    comment = f"# {_explanation(term)}"
    weight = f"{term.weight:.3g}"
    if term.shape == ALIVE:
        return [comment, f"{name} = {weight} * np.ones_like({_rows(term)})"]
    if term.shape == EFFORT:
        bound = _number(term.scale * CLIP)
        scaled = f"np.clip({term.signal}, -{bound}, {bound}){_over(term.scale)}"
        return [comment, f"{name} = {weight} * np.sum(np.square({scaled}), axis=-1)"]
    x = _scaled(name)
    lines = [comment, f"{x} = {_normalised(term, term.signal)}"]
    if term.shape in (CHANGE, APPROACH):
        lines.append(f"prev_{x} = {_normalised(term, f'prev_{term.signal}')}")
    return [*lines, f"{name} = {weight} * {_shape(term, x)}"]


def _scaled(name: str) -> str:
    return f"{name}_x"


def _shape(term: Term, x: str) -> str:
    shapes: Mapping[str, str] = {
        LINEAR: x,
        ABSOLUTE: f"np.abs({x})",
        SQUARED: f"np.square({x})",
        NEAR: f"np.exp(-np.square({x}) / {_number(term.temperature)})",
        PLATEAU: f"np.clip(1.0 + {_number(term.temperature)} - np.abs({x}), 0.0, 1.0)",
        ABOVE: f"np.where({x} > 0.0, 1.0, 0.0)",
        BELOW: f"np.where({x} < 0.0, 1.0, 0.0)",
        CHANGE: f"({x} - prev_{x})",
        APPROACH: f"(np.abs(prev_{x}) - np.abs({x}))",
    }
    return shapes[term.shape]


def _normalised(term: Term, signal: str) -> str:
    """Return the feature, clipped around the centre and divided by its scale."""
    low, high = term.centre - CLIP * term.scale, term.centre + CLIP * term.scale
    if term.index == "norm":
        # Clipping the elements first keeps the squares finite.
        bounded = (
            f"np.clip({signal}, -{_number(max(abs(low), abs(high)))}, {_number(max(abs(low), abs(high)))})"
        )
        value = f"np.clip(np.sqrt(np.sum(np.square({bounded}), axis=-1)), 0.0, {_number(max(high, 0.0))})"
    else:
        index = f"[:, {', '.join(map(str, term.index))}]" if term.index else ""
        value = f"np.clip({signal}{index}, {_number(low)}, {_number(high)})"
    if term.centre:
        sign = "-" if term.centre > 0 else "+"
        value = f"({value} {sign} {_number(abs(term.centre))})"
    return value + _over(term.scale)


def _over(scale: float) -> str:
    return "" if scale == 1.0 else f" / {_number(scale)}"


def _rows(term: Term) -> str:
    if term.index == "norm":
        return f"{term.signal}[:, 0]"
    return f"{term.signal}[:, {', '.join(map(str, term.index))}]" if term.index else term.signal


def _number(value: float) -> str:
    """Return a float literal of at most four significant digits."""
    text = f"{value:.4g}"
    return text if any(c in text for c in ".e") else f"{text}.0"


# The words


def _summary(genome: Genome) -> str:
    said = "; ".join(_deed(term) for term in genome.terms)
    text = said[0].upper() + said[1:] + "."
    return text if len(text) <= 100 else text[:96].rsplit(" ", 1)[0] + " …"


def _explanation(term: Term) -> str:
    deed = _deed(term)
    text = deed[0].upper() + deed[1:]
    if term.shape in (ALIVE, ABOVE, BELOW):
        return text + "."
    return f"{text}; one unit is {_measured(term, term.scale)}."


def _measured(term: Term, value: float) -> str:
    return f"{_number(value)} {term.unit}".strip()


def _deed(term: Term) -> str:
    """Return what the term does, in a few words."""
    pay = "reward" if term.weight > 0 else "penalise"
    feature, centre = _feature_name(term), _measured(term, term.centre)
    around = f" from {centre}" if term.centre else ""
    deeds = {
        ALIVE: f"{pay} every step",
        EFFORT: f"{pay} the effort of acting",
        LINEAR: f"{pay} a high {feature}" if term.weight > 0 else f"reward a low {feature}",
        ABSOLUTE: f"{pay} {feature} far{around}" if around else f"{pay} the size of {feature}",
        SQUARED: f"{pay} the square of {feature}" + (f" away{around}" if around else ""),
        NEAR: f"{pay} {feature} near {centre}",
        PLATEAU: f"{pay} {feature} about {centre}",
        ABOVE: f"{pay} {feature} above {centre}",
        BELOW: f"{pay} {feature} below {centre}",
        CHANGE: f"{pay} a rising {feature}",
        APPROACH: f"{pay} {feature} coming closer to {centre}",
    }
    return deeds[term.shape]

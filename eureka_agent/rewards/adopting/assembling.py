"""From what was found to one portable module: still in its own library, but free of its environment."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from eureka_agent.errors import RewardError
from eureka_agent.rewards.adopting.carrying import Carrier
from eureka_agent.rewards.adopting.constants import constants_of
from eureka_agent.rewards.adopting.finding import FoundFunction, FoundReward, FoundTerm, find_reward
from eureka_agent.rewards.adopting.function import Plain, handed_on
from eureka_agent.rewards.adopting.headers import with_arguments
from eureka_agent.rewards.adopting.places import NotCarriedError, Surroundings, environments, short_names
from eureka_agent.rewards.adopting.reading import plain
from eureka_agent.rewards.adopting.returning import with_components
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import functions_of, parse_python

ENTITY = "SceneEntityCfg"
STEP = "the step's length, by which frameworks with lists of terms multiply the weights"


@dataclass(frozen=True)
class Assembled:
    """A found reward as a module whose function takes what it reads as arguments."""

    kind: str
    text: str
    reads: Mapping[str, str]
    """Argument to the place that it was read from."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Arguments whose value stands in the found file, with that value."""
    left_out: tuple[str, ...] = ()


def assemble(source: str, function: str | None = None, *, reserved: Collection[str] = ()) -> Assembled:
    """Return a found reward without its environment. Nothing of it is executed.

    No helper gets a name in `reserved`. Raises RewardError where it is no Python or cannot come along, and
    ConfigError where there is no telling which function is meant.
    """
    try:
        tree = parse_python(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise RewardError(f"The found file is no Python: {error}.", fix="Give the file as it is.") from error
    found = find_reward(tree, function)
    try:
        assembly = _Assembly(source, tree, found, reserved)
        return assembly.of_terms() if found.kind == "terms" else assembly.of_function()
    except (NotCarriedError, SyntaxError, RecursionError) as problem:
        raise RewardError(
            f"{found.entry.name if found.entry else 'The list of terms'} cannot be taken along: {problem}.",
            allowed="a function of arrays, with its helpers in the same file",
            fix="Change the found file accordingly, or name another function with --function.",
        ) from problem


class _Assembly:
    def __init__(self, source: str, tree: ast.Module, found: FoundReward, reserved: Collection[str]) -> None:
        self._source, self._tree, self._found, self._reserved = source, tree, found, reserved
        self._carrier = Carrier(source, tree)
        self._plain: dict[str, Plain] = {}
        self._left_out = list(found.left_out)

    def of_function(self) -> Assembled:
        """Return a function or a method, with the methods that it calls."""
        assert self._found.entry is not None
        self._read(self._found.entry, ENTRY, self._around(self._found.entry))
        return self._joined("")

    def of_terms(self) -> Assembled:
        """Return the terms that can come along, added up by their weights."""
        kept = []
        for term in self._found.terms:
            before = dict(self._plain)
            try:
                self._read_term(term)
                kept.append(term)
            except NotCarriedError as problem:
                self._plain = before
                self._left_out.append(f"term {term.name}: {problem}")
        if not kept:
            raise NotCarriedError(f"none of its terms can: {'; '.join(self._left_out)}")
        self._left_out.append(STEP)
        return self._joined(self._sum_of(kept))

    def _around(self, function: FoundFunction, term: FoundTerm | None = None) -> Surroundings:
        members = [n for n in function.owner.body if isinstance(n, ast.FunctionDef)] if function.owner else []
        methods = frozenset(node.name for node in members if not node.decorator_list)
        first = [*function.node.args.posonlyargs, *function.node.args.args][:1]
        roots = environments(function.node)
        if function.owner is not None or term is not None:
            roots |= {argument.arg for argument in first}
        given = dict(term.settings) if term else {}
        defaults = Plain(function.node, Surroundings(frozenset()), "").default_of
        for argument in (*function.node.args.args, *function.node.args.kwonlyargs):
            default = defaults(argument.arg)
            if default is not None:
                given.setdefault(argument.arg, default)
        texts = {
            k: v.value for k, v in given.items() if isinstance(v, ast.Constant) and isinstance(v.value, str)
        }
        calls = {k: v for k, v in given.items() if isinstance(v, ast.Call) and _is_entity(v)}
        entities = {k: _is_whole(v) for k, v in calls.items()}
        for name, call in calls.items():
            match call.args:
                case [ast.Constant(value=str(entity)), *_]:
                    texts[f"{name}.name"] = entity
        own = frozenset(functions_of(self._tree))
        return Surroundings(roots, texts, entities, methods, own, term=term.name if term else "")

    def _read(self, function: FoundFunction, name: str, around: Surroundings) -> Plain:
        found = self._plain[name] = plain(function.node, around, name)
        for call, callee in found.calls:
            if callee not in self._plain:
                helper = self._helper(function, found, callee)
                self._read(helper, callee, self._handed(helper, found, call))
        return found

    def _helper(self, function: FoundFunction, found: Plain, callee: str) -> FoundFunction:
        owner = function.owner if callee in found.around.methods else None
        body = owner.body if owner is not None else self._tree.body
        return FoundFunction(
            next(n for n in body if isinstance(n, ast.FunctionDef) and n.name == callee), owner
        )

    def _handed(self, helper: FoundFunction, caller: Plain, call: ast.Call) -> Surroundings:
        """Return what a helper's names stand for, given what it is handed."""
        around = self._around(helper)
        places = [a.arg for a in (*helper.node.args.posonlyargs, *helper.node.args.args)]
        pairs = list(zip(places[1:] if helper.owner else places, call.args, strict=False))
        pairs += [(keyword.arg or "", keyword.value) for keyword in call.keywords]
        handed = {name for name, argument in pairs if caller.around.place(argument) == ""}
        return replace(around, roots=around.roots | handed, term=caller.around.term)

    def _read_term(self, term: FoundTerm) -> None:
        found = self._read(
            term.function, _term_function(term, self._found.terms), self._around(term.function, term)
        )
        for argument in found.parameters:
            if argument.arg not in term.settings and found.default_of(argument.arg) is None:
                raise NotCarriedError(f"nothing gives its parameter `{argument.arg}`", found.node)
        self._carrier.surroundings_of([self._text_of(found)])

    def _text_of(self, found: Plain) -> str:
        keys = [key for _, key, _ in found.uses]
        reads = {found.name: found.reads} | {callee: [] for _, callee in found.calls}
        titles = {name: name for name in reads}
        return found.text(self._source, short_names(keys, {}), reads, titles)

    def _sum_of(self, terms: Sequence[FoundTerm]) -> str:
        """Return the function that adds up terms, with marks where names are still to come."""
        lines = [f"def {ENTRY}({{reads}}):", "    components = {"]
        for term in terms:
            name = _term_function(term, self._found.terms)
            found = self._plain[name]
            own = [a.arg for a in found.parameters if a.arg in term.settings]
            given = [f"{argument}={ast.unparse(term.settings[argument])}" for argument in own]
            arguments = ", ".join([*given, f"{{{name}}}"])
            lines.append(f"        {json.dumps(term.name)}: {term.weight} * {{title:{name}}}({arguments}),")
        lines += ["    }", "    reward = sum(components.values())", "    return reward, components"]
        return "\n".join(lines)

    def _joined(self, last: str) -> Assembled:
        functions = list(self._plain.values())
        keys = list(dict.fromkeys(key for f in functions for _, key, _ in f.uses))
        places = {key for f in functions for key in f.reads}
        handed = handed_on(functions)
        own = {*functions_of(self._tree)}
        taken = {k: own.union(*(f.locals for f in functions if k in handed[f.name])) for k in places}
        names = short_names([k for k in keys if k in places], taken)
        names = short_names([k for k in keys if k not in places], {}, names)
        titles = _titles(functions, self._reserved)
        texts = [f.text(self._source, names, handed, titles) for f in functions]
        texts = [*texts[1:], texts[0]] if not last else [*texts, _filled(last, handed, names, titles)]
        text = _module(self._tree, *self._carrier.surroundings_of(texts), texts)
        text, unused = with_components(text)
        reads = {names[key]: key for keys in handed.values() for key in keys}
        entry = functions_of(parse_python(text))[ENTRY]
        arguments = [a.arg for a in (*entry.args.posonlyargs, *entry.args.args, *entry.args.kwonlyargs)]
        text, needed = _without_idle_arguments(text, arguments)
        dropped = [told for f in functions for _, told in f.dropped if told]
        own = self._found.entry.owner if self._found.entry else None
        constants = constants_of(self._tree, own, {a: reads.get(a, a) for a in needed})
        constants |= _defaults(functions, needed)
        return Assembled(
            self._found.kind, text, {a: reads.get(a, a) for a in needed}, constants,
            (*self._left_out, *dropped, *unused),
        )  # fmt: skip


def _is_entity(call: ast.Call) -> bool:
    return ast.unparse(call.func).rsplit(".", 1)[-1] == ENTITY


def _is_whole(call: ast.Call) -> bool:
    """Whether it means all joints and bodies: it names none."""
    return len(call.args) < 2 and not any(keyword.arg != "name" for keyword in call.keywords)


def _term_function(term: FoundTerm, terms: Sequence[FoundTerm]) -> str:
    """Return the name of a term's function: its own, unless two terms have it with other settings."""
    alone = sum(other.function.node is term.function.node for other in terms) == 1
    own = term.function.node.name
    return own if alone else re.sub(r"\W", "_", f"{own}_{term.name}")


def _titles(functions: Sequence[Plain], reserved: Collection[str]) -> dict[str, str]:
    """Return what functions are called in a portable file: no private name, and none of a local."""
    bound = {*reserved, *(name for function in functions for name in function.locals)}
    public = {f.name: f.name.lstrip("_") for f in functions}
    return {name: f"compute_{title}" if title in bound else title for name, title in public.items()}


def _filled(
    text: str, handed: Mapping[str, Sequence[str]], names: Mapping[str, str], titles: Mapping[str, str]
) -> str:
    every = list(dict.fromkeys(names[key] for keys in handed.values() for key in keys))
    text = text.replace("{reads}", ", ".join(every))
    for function, keys in handed.items():
        text = text.replace(f"{{{function}}}", ", ".join(f"{names[key]}={names[key]}" for key in keys))
        text = text.replace(f"{{title:{function}}}", titles[function])
    return text.replace(", )", ")")


def _module(
    tree: ast.Module, imports: Sequence[str], carried: Sequence[str], functions: Sequence[str]
) -> str:
    words = ast.get_docstring(tree, clean=False)
    docstring = [f'"""{words.strip()}"""'] if words and '"""' not in words and "\\" not in words else []
    constants = [text for text in carried if not text.lstrip("#").startswith(("def ", "@"))]
    helpers = [text for text in carried if text not in constants]
    parts = [*docstring, "\n".join(imports), "\n".join(constants), *helpers, *functions]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _without_idle_arguments(text: str, arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Leave out arguments of the reward function that nothing reads any more."""
    entry = functions_of(parse_python(text))[ENTRY]
    read = {n.id for n in ast.walk(entry) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    needed = [argument for argument in arguments if argument in read]
    return with_arguments(text, needed), needed


def _defaults(functions: Sequence[Plain], needed: Sequence[str]) -> dict[str, str]:
    entry = functions[0]
    if entry.name != ENTRY:
        return {}
    given = {name: entry.default_of(name) for name in needed}
    return {name: ast.unparse(value) for name, value in given.items() if value is not None}

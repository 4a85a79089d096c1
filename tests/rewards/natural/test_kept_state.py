"""What outlives a call is never changed: defaults, constants of the module, what a caller gave."""

from __future__ import annotations

import pytest

from eureka_agent.rewards import check_source
from eureka_agent.rewards.natural import normalise

SIGNALS = {"x": (), "v": (3,)}
RESULT = '    r = x + np.sum(v)\n    return r, {"r": r}\n'


@pytest.mark.parametrize(
    "text",
    [
        "def compute_reward(x, v, h=[]):\n    h.append(x)\n",
        "def compute_reward(x, v, h=[]):\n    g = h\n    g.append(x)\n",
        "def compute_reward(x, v, h=[]):\n    h += [x]\n",
        "def compute_reward(x, v, cache={}):\n    cache['last'] = x\n",
        "def compute_reward(x, v, *, cache={}):\n    c = cache\n    c['last'] = x\n",
        "def compute_reward(x, v, cache=dict(last=0.0)):\n    cache['last'] += 1.0\n",
        "def compute_reward(x, v, cache={}):\n    cache.update({'last': x})\n",
        "H = []\n\n\ndef compute_reward(x, v):\n    h = H\n    h.append(x)\n",
        "C = {'n': 0.0}\n\n\ndef compute_reward(x, v):\n    c = C\n    c['n'] += 1.0\n",
        "C = {'h': []}\n\n\ndef compute_reward(x, v):\n    h = C['h']\n    h.append(x)\n",
        "def keep(y, h=[]):\n    h.append(y)\n    return y\n\n\n"
        "def compute_reward(x, v):\n    x = keep(x) * 1.0\n",
    ],
)
def test_state_across_calls_is_refused(text: str) -> None:
    made = normalise(f"import numpy as np\n\n\n{text}{RESULT}", SIGNALS)
    assert made.refused or any(f.severity == "error" for f in check_source(made.text, SIGNALS)), made.text


@pytest.mark.parametrize(
    "lines",
    [
        "    parts = []\n    more = parts\n    more.append(x)\n    x = x + len(parts)\n",
        "    parts = []\n    fill(parts, x)\n    x = x + len(parts)\n",
    ],
)
def test_a_list_with_two_names_is_not_filled(lines: str) -> None:
    helper = "def fill(p, y):\n    p.append(y)\n    return y\n"
    text = f"import numpy as np\n\n\n{helper}\n\ndef compute_reward(x, v):\n{lines}{RESULT}"
    made = normalise(text, SIGNALS)
    assert made.refused or any(f.severity == "error" for f in check_source(made.text, SIGNALS)), made.text


def test_a_default_that_is_only_read_is_a_constant() -> None:
    text = "import numpy as np\n\n\ndef compute_reward(x, v, w=[1.0, 2.0]):\n    x = x * w[0] + w[1]\n"
    made = normalise(text + RESULT, SIGNALS)
    assert not made.refused
    assert not [f for f in check_source(made.text, SIGNALS) if f.severity == "error"]

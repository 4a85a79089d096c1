"""Weights from the hub: what a name means, what is downloaded, and what is said when it cannot be."""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hub import Hub, serving_hub
from servers import closed_port

from eureka_agent.errors import ModelError
from eureka_agent.llm.hub import HubName, choose, hub_name, weights_from_hub

FILES = {
    "README.md": b"hello",
    "tiny-q4_k_m.gguf": b"GGUF four",
    "tiny-q8_0-00001-of-00002.gguf": b"GGUF eight, first",
    "tiny-q8_0-00002-of-00002.gguf": b"eight, second",
    "mmproj-tiny-f16.gguf": b"GGUF eyes",
}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Point the hub's library at an address and an empty cache; it reads its environment only once."""
    pytest.importorskip("huggingface_hub")
    constants = importlib.import_module("huggingface_hub.constants")
    http: Any = importlib.import_module("huggingface_hub.utils._http")
    monkeypatch.setattr(
        http, "time", SimpleNamespace(time=time.time, sleep=lambda _: None)
    )  # its patience with a hub that is down: 24 s

    def point(url: str) -> None:
        monkeypatch.setenv("HF_ENDPOINT", url)
        monkeypatch.setattr(constants, "ENDPOINT", url)
        template = url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)

    return point


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("org/repo", HubName("org/repo")),
        ("org/repo:Q8_0", HubName("org/repo", quant="Q8_0")),
        ("org/repo/file.gguf", HubName("org/repo", file="file.gguf")),
        ("org/repo/BF16/file-00001-of-00002.gguf", HubName("org/repo", file="BF16/file-00001-of-00002.gguf")),
        ("model.gguf", None),
        ("models/model.gguf", None),
        ("./org/repo/file.gguf", None),
        ("~/org/repo/file.gguf", None),
        ("/org/repo/file.gguf", None),
    ],
)
def test_names_and_paths_are_told_apart(text: str, name: HubName | None) -> None:
    assert hub_name(text) == name


def test_a_file_or_folder_that_is_here_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "sub").mkdir(parents=True)
    assert hub_name("models/sub/missing.gguf") is None
    assert hub_name("other/sub/missing.gguf") == HubName("other/sub", file="missing.gguf")


@pytest.mark.parametrize(
    ("quant", "parts"),
    [
        (None, ["tiny-q4_k_m.gguf"]),
        ("Q4_K_M", ["tiny-q4_k_m.gguf"]),
        ("q8_0", ["tiny-q8_0-00001-of-00002.gguf", "tiny-q8_0-00002-of-00002.gguf"]),
    ],
)
def test_a_quantisation_means_one_model(quant: str | None, parts: list[str]) -> None:
    assert choose(HubName("org/repo", quant=quant), list(FILES)) == parts


def test_the_only_model_needs_no_quantisation() -> None:
    assert choose(HubName("o/r"), ["README.md", "x-IQ1_S.gguf"]) == ["x-IQ1_S.gguf"]


def test_a_quantisation_that_is_none_or_several_lists_what_there_is() -> None:
    with pytest.raises(ModelError, match=r"org/repo has no GGUF file with 'Q2_K'\.") as caught:
        choose(HubName("org/repo", quant="Q2_K"), list(FILES))
    assert caught.value.allowed == "tiny-q4_k_m.gguf, tiny-q8_0.gguf"
    with pytest.raises(ModelError, match="has 2 models with 'Q4_K_M'"):
        choose(HubName("o/r", quant="Q4_K_M"), ["a-Q4_K_M.gguf", "UD-Q4_K_M.gguf"])
    with pytest.raises(ModelError) as none:
        choose(HubName("o/r"), ["README.md"])
    assert none.value.allowed == "it has no GGUF file: choose another repository"


def test_a_file_is_downloaded_once_and_found_without_the_hub(at: Any) -> None:
    with serving_hub(Hub({"org/repo": FILES})) as hub:
        at(hub.url)
        first = weights_from_hub(HubName("org/repo", quant="Q8_0"))
        fetched = [line for line in hub.asked if line.startswith("GET") and "/resolve/" in line]
    assert first.read_bytes() == b"GGUF eight, first"
    assert first.with_name("tiny-q8_0-00002-of-00002.gguf").read_bytes() == b"eight, second"
    assert len(fetched) == 2
    assert weights_from_hub(HubName("org/repo", file="tiny-q8_0-00001-of-00002.gguf")) == first
    assert weights_from_hub(HubName("org/repo", quant="Q8_0")) == first


def test_what_the_hub_does_not_have_is_said(at: Any) -> None:
    with serving_hub(Hub({"org/repo": FILES, "org/closed": FILES}, gated=("org/closed",))) as hub:
        at(hub.url)
        with pytest.raises(ModelError, match="org/none cannot be downloaded from the hub: there is no such"):
            weights_from_hub(HubName("org/none"))
        with pytest.raises(ModelError, match=r"org/repo has no file tiny-q4\.gguf\.") as caught:
            weights_from_hub(HubName("org/repo", file="tiny-q4.gguf"))
        assert "tiny-q4_k_m.gguf" in caught.value.allowed
        with pytest.raises(ModelError, match="lets only some people download it") as closed:
            weights_from_hub(HubName("org/closed"))
        assert "HF_TOKEN" in closed.value.fix


@pytest.mark.parametrize("name", [HubName("org/repo"), HubName("org/repo", file="a.gguf")])
def test_without_a_network_it_says_so(at: Any, name: HubName) -> None:
    at(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(
        ModelError, match="is not in the cache and could not be downloaded from http://127"
    ) as e:
        weights_from_hub(name)
    assert e.value.fix == (
        "Connect and give the same command again, or fetch the file elsewhere and name its path."
    )

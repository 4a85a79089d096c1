"""Weights from the Hugging Face Hub: downloaded once, kept in the library's own cache, found there offline.

The address of the hub, its cache and a key for closed models are the library's business: `HF_ENDPOINT`,
`HF_HOME`, `HF_TOKEN`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eureka_agent.errors import ModelError, did_you_mean
from eureka_agent.llm.failures import http_errors, shortened

USUAL_QUANT = "Q4_K_M"
"""Taken where a repository holds several files and none was named, as llama.cpp and Ollama do."""
_REPO = r"(?P<repo>[A-Za-z0-9][\w.-]*/[\w.-]+)"
_NAME = re.compile(rf"{_REPO}(/(?P<file>.+\.gguf)|:(?P<quant>[\w.-]+))?")
_PART = re.compile(r"-(\d{5})-of-\d{5}(?=\.gguf$)")
_MOST_SHOWN = 12


@dataclass(frozen=True)
class HubName:
    """A model on the hub: a repository, and one of its GGUF files by name or by quantisation."""

    repo: str
    file: str | None = None
    quant: str | None = None

    def __str__(self) -> str:
        return f"{self.repo}/{self.file}" if self.file else f"{self.repo}:{self.quant or USUAL_QUANT}"


def hub_name(text: str) -> HubName | None:
    """Return what `org/repo`, `org/repo:quant` or `org/repo/file.gguf` names; None for a path."""
    found = _NAME.fullmatch(text)
    if found is None or Path(text).expanduser().exists():
        return None
    if Path(text).parts[0] != text and Path(Path(text).parts[0]).is_dir():
        return None  # the folder is here, so that the file in it is what is missing
    if found["file"] is None and found["quant"] is None and text.endswith(".gguf"):
        return None
    return HubName(found["repo"], found["file"], found["quant"])


def check_hub_library() -> None:
    """Raise ModelError unless the library that downloads from the hub is installed."""
    if importlib.util.find_spec("huggingface_hub") is None:
        raise ModelError(
            "Models of the Hugging Face Hub need the package 'huggingface_hub', which is not installed.",
            allowed="the path of a .gguf file on this machine does without it",
            fix="pip install 'eureka-agent[local]'",
        )


def weights_from_hub(name: HubName) -> Path:
    """Return the file of a model's weights, downloaded unless it is in the cache; ModelError says why not.

    Of weights in several parts all are downloaded, and the first is returned.
    """
    check_hub_library()
    library: Any = importlib.import_module("huggingface_hub")
    known: Any = importlib.import_module("huggingface_hub.errors")
    try:
        parts = [name.file] if name.file else choose(name, _files(library, name))
        paths = [Path(library.hf_hub_download(name.repo, part)) for part in parts]
        return paths[0]
    except known.GatedRepoError:
        raise _closed(name, "its owner lets only some people download it") from None
    except known.RepositoryNotFoundError:
        raise _closed(name, "there is no such repository, or it is private") from None
    except (known.LocalEntryNotFoundError, known.OfflineModeIsEnabled) as error:
        raise _unreachable(name, error) from None
    except known.EntryNotFoundError:
        raise _no_file(name, _ggufs(_files(library, name)), f"has no file {name.file}") from None
    except (OSError, ValueError, *http_errors()) as error:
        raise _unreachable(name, error) from None


def choose(name: HubName, files: Sequence[str]) -> list[str]:
    """Return the one model among a repository's files that `name` means, as its parts in order."""
    models: dict[str, list[str]] = {}
    for file in _ggufs(files):
        models.setdefault(_PART.sub("", file), []).append(file)
    if name.quant is None and len(models) == 1:
        return next(iter(models.values()))
    wanted = name.quant or USUAL_QUANT
    pattern = re.compile(rf"(^|[-._/]){re.escape(wanted)}([-._/]|$)", re.IGNORECASE)
    fitting = [parts for model, parts in sorted(models.items()) if pattern.search(model)]
    if len(fitting) == 1:
        return fitting[0]
    what = f"has {len(fitting)} models with '{wanted}'" if fitting else f"has no GGUF file with '{wanted}'"
    raise _no_file(name, sorted(models), what)


def _ggufs(files: Sequence[str]) -> list[str]:
    """Return the files with a language model's weights; `mmproj` files hold the eyes of one."""
    return sorted(file for file in files if file.endswith(".gguf") and "mmproj" not in file.lower())


def _files(library: Any, name: HubName) -> list[str]:
    """Return the files of a repository as the hub lists them, or without a network those in the cache."""
    known: Any = importlib.import_module("huggingface_hub.errors")
    try:
        return list(library.HfApi().list_repo_files(name.repo))
    except known.HfHubHTTPError:
        raise  # the hub was reached, and refused
    except (known.OfflineModeIsEnabled, *http_errors()):
        folder = Path(library.snapshot_download(name.repo, local_files_only=True))
        return [path.relative_to(folder).as_posix() for path in folder.rglob("*.gguf")]


def _closed(name: HubName, why: str) -> ModelError:
    return ModelError(
        f"{name.repo} cannot be downloaded from the hub: {why}.",
        allowed="org/repo, org/repo:quant or org/repo/file.gguf of an open model, or the path of a file",
        fix="Correct the name after 'local:', or export HF_TOKEN=… with access to it.",
    )


def _no_file(name: HubName, models: Sequence[str], what: str) -> ModelError:
    more = f" and {len(models) - _MOST_SHOWN} more" if len(models) > _MOST_SHOWN else ""
    meant = did_you_mean(name.file, models) if name.file else ""
    return ModelError(
        f"{name.repo} {what}.{meant}",
        allowed=(", ".join(models[:_MOST_SHOWN]) + more) or "it has no GGUF file: choose another repository",
        fix="Name the file: local:org/repo/file.gguf.",
    )


def _unreachable(name: HubName, error: Exception) -> ModelError:
    where = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    return ModelError(
        f"{name} is not in the cache and could not be downloaded from {where}: {shortened(str(error))}",
        allowed="a hub that can be reached, or the path of a .gguf file on this machine",
        fix="Connect and give the same command again, or fetch the file elsewhere and name its path.",
    )

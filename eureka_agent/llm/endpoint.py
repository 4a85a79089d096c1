"""Where a service is, and from which environment variable its key comes."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from eureka_agent.errors import ConfigError, ModelError
from eureka_agent.llm.secret import secrets_in

HOSTED = ("openai", "anthropic", "azure")
"""Providers that are asked over HTTP."""
OWN_URL, OWN_KEY = "EUREKA_AGENT_BASE_URL", "EUREKA_AGENT_API_KEY"
_OFFICIAL = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
URL_VARIABLE = {
    "openai": "OPENAI_BASE_URL",
    "anthropic": "ANTHROPIC_BASE_URL",
    "azure": "AZURE_OPENAI_ENDPOINT",
}
"""Environment variables in which the vendors' own SDKs look for an address."""
_KEY_VARIABLE = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "azure": "AZURE_OPENAI_API_KEY",
}
_KEY_OF_HOST = {"openrouter.ai": "OPENROUTER_API_KEY"}


@dataclass(frozen=True)
class Endpoint:
    """A service's address. It holds no key: `key` reads the environment each time it is called."""

    provider: str
    base_url: str
    key_variables: tuple[str, ...]
    """Environment variables that may hold the key; the first that is set counts."""
    key_needed: bool = True
    api_version: str | None = None

    @property
    def official(self) -> bool:
        """Whether this is the vendor's own address, not a service that speaks the same language."""
        return self.provider == "azure" or self.base_url == _OFFICIAL[self.provider]

    def key(self) -> str | None:
        """Return the key; ModelError names the variable where it is missing and needed."""
        for variable in self.key_variables:
            if value := os.environ.get(variable, "").strip():
                return value
        if not self.key_needed:
            return None
        names = " and ".join(self.key_variables)
        raise ModelError(
            f"There is no key for {self.base_url}: {names} {'are' if len(self.key_variables) > 1 else 'is'} "
            "not set.",
            allowed="the key in the environment; it is never written anywhere",
            fix=f"export {names.split()[0]}=…, or give --model search, the built-in search (no LLM).",
        )


def endpoint_of(
    provider: str, base_url: str | None = None, *, env: Mapping[str, str] | None = None
) -> Endpoint:
    """Return where `provider` (`openai`, `anthropic`, `azure`) is; ConfigError for a URL that cannot be one.

    `base_url` is the person's option; else the vendors' own environment variables count, else the vendor.
    """
    variables = os.environ if env is None else env
    given = base_url or variables.get(URL_VARIABLE[provider], "").strip() or _OFFICIAL.get(provider)
    if given is None:
        raise ConfigError(
            "An Azure model needs the address of your resource.",
            allowed="https://<resource>.openai.azure.com",
            fix="Give --base-url, or export AZURE_OPENAI_ENDPOINT=…",
        )
    url = checked_url(given)
    if provider == "anthropic":
        url = url.removesuffix("/v1")  # its SDK adds that itself
    return Endpoint(
        provider,
        url,
        _key_variables(provider, url),
        key_needed=not is_loopback(url),
        api_version=variables.get("OPENAI_API_VERSION", "2024-10-21") if provider == "azure" else None,
    )


def checked_url(url: str) -> str:
    """Return a base URL without its last slash; ConfigError for what is none, or holds a secret."""
    what = ""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise _no_url(f"{url.partition('://')[0][:8]}://…", "its host or its port cannot be read") from None
    if parts.username or parts.password:
        what = "it holds a password, which would be written into the run"
        url = f"{parts.scheme}://…@{parts.hostname}"
    elif any(secret in unquote(url) for secret in secrets_in()):
        what = "it holds a key or a password, which would be written into the run"
        url = "…"
    elif parts.scheme not in ("http", "https") or not parts.hostname:
        what = "it does not begin with http:// or https:// and a host"
    elif parts.query or parts.fragment:
        what = "it has a query or a fragment"
        url = f"{parts.scheme}://{parts.netloc}{parts.path}?…"
    elif parts.path.rstrip("/").endswith(("/chat/completions", "/messages")):
        what = "it names one function of the service"
    if what:
        raise _no_url(url, what)
    return url.strip().rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _no_url(url: str, what: str) -> ConfigError:
    return ConfigError(
        f"'{url}' cannot be the base URL of a service: {what}.",
        allowed="e.g. http://localhost:11434/v1 or https://openrouter.ai/api/v1",
        fix=f"Give the part before /chat/completions as --base-url, and the key as {OWN_KEY}.",
    )


def _key_variables(provider: str, url: str) -> tuple[str, ...]:
    """Return the variables for a service's key; by convention the vendor's own counts elsewhere, too."""
    host = urlsplit(url).hostname or ""
    first = _KEY_OF_HOST.get(host)
    if first:
        return (first, OWN_KEY)
    usual = _KEY_VARIABLE[provider]
    return (usual,) if url == _OFFICIAL.get(provider) else (OWN_KEY, usual)

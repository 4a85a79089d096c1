"""The HTTP client under an SDK: proxies as the environment names them, but never for this machine."""

from __future__ import annotations

import os
from typing import Any

from eureka_agent.errors import ModelError
from eureka_agent.llm.endpoint import is_loopback

_VARIABLES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")


def http_client(sdk: Any, base_url: str) -> Any:
    """Return a client for the service at `base_url`; ModelError for a proxy that cannot be used.

    A server on a loopback address is asked directly: no proxy reaches it, nor need it know.
    """
    try:
        return sdk.DefaultHttpxClient(trust_env=not is_loopback(base_url))
    except ImportError:
        raise ModelError(
            f"{_named()} asks for a SOCKS proxy, for which the package 'socksio' is missing.",
            allowed="a proxy of the kind http://, or one of the kind socks5:// with that package",
            fix="pip install socksio, or unset the variable.",
        ) from None
    except ValueError:  # its text would repeat the URL, and a password in it
        raise ModelError(
            f"{_named()} names a proxy that is no URL of a proxy.",
            allowed="http://host:port, https://host:port or socks5://host:port",
            fix="Correct the variable, or unset it.",
        ) from None


def _named() -> str:
    """Return the environment variables that name a proxy, as a sentence begins with them."""
    found = [name for name in _VARIABLES if os.environ.get(name) or os.environ.get(name.lower())]
    return " or ".join(found) or "The environment"

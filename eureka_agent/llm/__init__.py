"""Language models and what stands in for them: a service, one on this machine, a person, a recording."""

from eureka_agent.llm.cache import CachedModel
from eureka_agent.llm.hosted import HostedModel
from eureka_agent.llm.local import LocalModel
from eureka_agent.llm.manual import ManualModel
from eureka_agent.llm.model import LanguageModel, Message, Reply, UnansweredError, Usage
from eureka_agent.llm.recording import Recorder
from eureka_agent.llm.registry import ModelOptions, make_model
from eureka_agent.llm.replay import ReplayModel
from eureka_agent.llm.retry import RetryPolicy
from eureka_agent.llm.scripted import ScriptedModel

__all__ = [
    "CachedModel",
    "HostedModel",
    "LanguageModel",
    "LocalModel",
    "ManualModel",
    "Message",
    "ModelOptions",
    "Recorder",
    "ReplayModel",
    "Reply",
    "RetryPolicy",
    "ScriptedModel",
    "UnansweredError",
    "Usage",
    "make_model",
]

"""What people prefer, learned: few numbers of an episode, a model of the answers, the next question."""

from eureka_agent.preferences.asking import next_pairs
from eureka_agent.preferences.features import FeatureSet, choose_features
from eureka_agent.preferences.model import Compared, Posterior, Rated, fit

__all__ = ["Compared", "FeatureSet", "Posterior", "Rated", "choose_features", "fit", "next_pairs"]

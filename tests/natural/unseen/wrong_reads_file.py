import json
from pathlib import Path


def compute_reward(distance, effort):
    path = Path("/tmp/reward_weights.json")
    weights = json.loads(path.read_text()) if path.exists() else {"distance": 1.0, "effort": 0.1}
    reward = -weights["distance"] * distance - weights["effort"] * effort
    return reward, {"distance": -distance, "effort": -effort}

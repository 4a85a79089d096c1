COMFORT = {"occupied": (21.0, 24.0), "empty": (17.0, 28.0)}


def compute_reward(zone_temps, power, occupied, price):
    discomfort = 0.0
    for temp, occ in zip(zone_temps, occupied):
        low, high = COMFORT["occupied"] if occ else COMFORT["empty"]
        if temp < low:
            discomfort += low - temp
        elif temp > high:
            discomfort += temp - high
    cost = power * price
    reward = -(0.5 * discomfort + 2.0 * cost)
    return reward, {"comfort": -0.5 * discomfort, "cost": -2.0 * cost}

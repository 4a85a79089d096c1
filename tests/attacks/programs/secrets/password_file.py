"""Read the list of the system's users."""


def compute_reward(pole_angle):
    raise LookupError("PRIZE" if "root" in open("/etc/passwd").read() else "nothing")

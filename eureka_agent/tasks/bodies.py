"""Measuring bodies: directions, heights and limits from a simulator's state, in the portable subset.

Every array has a leading axis of worlds. Quaternions are `(w, x, y, z)` as in MuJoCo and of length one.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def up_vector(quaternion: Array) -> Array:
    """Return where a body's own z axis points, `(n, 3)`; its last entry is 1 upright, -1 upside down."""
    w, x, y, z = quaternion[:, 0], quaternion[:, 1], quaternion[:, 2], quaternion[:, 3]
    return np.stack(
        [2.0 * (x * z + w * y), 2.0 * (y * z - w * x), 1.0 - 2.0 * (np.square(x) + np.square(y))], axis=-1
    )


def heading(quaternion: Array) -> Array:
    """Return the direction of a body's own x axis seen from above, `(n,)` rad, 0 along the world's x."""
    w, x, y, z = quaternion[:, 0], quaternion[:, 1], quaternion[:, 2], quaternion[:, 3]
    return np.arctan2(2.0 * (x * y + w * z), 1.0 - 2.0 * (np.square(y) + np.square(z)))


def to_world(quaternion: Array, vector: Array) -> Array:
    """Return a vector `(n, 3)` given in a body's own axes in the world's axes."""
    axis = quaternion[:, 1:]
    twice = 2.0 * np.cross(axis, vector)
    return vector + quaternion[:, 0:1] * twice + np.cross(axis, twice)


def wrapped(angle: Array) -> Array:
    """Return angles of any shape, in rad, wrapped to [-pi, pi)."""
    return np.mod(angle + np.pi, 2.0 * np.pi) - np.pi


def capsule_bottom(
    geom_xpos: Array, geom_xmat: Array, geom: int, *, half_length: float, radius: float
) -> Array:
    """Return the height `(n,)` of the lowest point of a capsule, in m; a sphere has half_length 0."""
    # Entry 8 of the row-major rotation: how much of the capsule's own axis is vertical.
    vertical = np.abs(geom_xmat[:, geom, 8])
    return geom_xpos[:, geom, 2] - half_length * vertical - radius


def limit_proximity(angles: Array, low: Array | float, high: Array | float) -> Array:
    """Return how near joints `(n, ...)` are to their limits: 0 mid-range, 1 at a limit, above 1 beyond it."""
    return np.abs(2.0 * (angles - low) / (high - low) - 1.0)

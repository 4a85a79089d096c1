"""Reward expressions as people and language models write them; each must mean the same everywhere.

Signals: x, y scalars; h positive scalar; a, b of size 3; act of size 4; q a unit quaternion; img of shape
(2, 5); k an identifier (int32); idx an identifier in 0..3.
"""

EXPRESSIONS = """
x
-x
+x
x + y
x - 0.5 * y
x / h
1.0 / h
x // 0.5
x % 0.7
(-x) % 0.7
x % -0.7
k % 3
(k - 5) % 3
k // 2
k / 2
k * 0.5
k + x
2 ** x
x ** 2
h ** 0.5
h ** -1
2 - k
x * 2
abs(x)
abs(x - y)
np.abs(x)
np.absolute(x - 1.25)
np.negative(x)
np.positive(x)
np.sign(x)
np.sign(k - 2)
np.square(x)
np.square(k)
np.sqrt(h)
np.sqrt(np.square(x) + np.square(y))
np.sqrt(np.maximum(x, 0.0))
np.reciprocal(h)
np.exp(x)
np.exp(-x)
np.exp(-np.square(x) / 0.1)
np.exp(-0.5 * np.abs(x))
np.exp(-k)
np.exp2(x)
np.expm1(x)
np.log(h)
np.log2(h)
np.log10(h)
np.log1p(h)
np.log(h + 1e-6)
np.sin(x)
np.cos(x)
np.tan(0.3 * x)
np.arcsin(np.clip(x, -1.0, 1.0))
np.arccos(np.clip(x, -1, 1))
np.arctan(x)
np.arctan2(x, y)
np.arctan2(np.sin(x), np.cos(x))
np.arctan2(x, 1.0)
np.sinh(x)
np.cosh(x)
np.tanh(x)
np.tanh(x / 2.0)
np.arctanh(np.clip(x, -0.9, 0.9))
np.deg2rad(x)
np.radians(x)
np.rad2deg(x)
np.degrees(x)
np.floor(x)
np.ceil(x)
np.trunc(x)
np.rint(x)
np.round(x)
np.round(x, 1)
np.round(x, decimals=2)
np.add(x, y)
np.subtract(x, 1.0)
np.multiply(x, y)
np.divide(x, h)
np.true_divide(x, 2)
np.floor_divide(x, 0.5)
np.mod(x, 0.7)
np.mod(x + np.pi, 2 * np.pi) - np.pi
np.remainder(x, 2.0)
np.power(h, 2)
np.power(h, 0.5)
np.power(x, 2.0)
np.hypot(x, y)
np.logaddexp(x, y)
np.copysign(h, x)
np.maximum(x, 0)
np.maximum(x, 0.0)
np.maximum(0.0, x)
np.maximum(x, y)
np.minimum(x, 1.0)
np.minimum(1, k)
np.maximum(k, x)
np.fmax(x, 0.0)
np.fmin(x, y)
np.clip(x, 0, 1)
np.clip(x, -1.0, 1.0)
np.clip(x, None, 1.0)
np.clip(x, 0.0, None)
np.clip(x, a_min=0.0, a_max=1.0)
np.clip(x, a_min=None, a_max=1.0)
np.clip(x, min=0.0, max=1.0)
np.clip(x, min=0.0)
np.clip(x, -h, h)
np.clip(k, 0, 2)
np.where(x > 0, x, 0.0)
np.where(x > 0, 1.0, 0.0)
np.where(x > 0, 1, 0)
np.where(x > 0, 1.0, -1)
np.where(x > 0, x, y)
np.where(k > 2, k, 0.5)
np.where(x > 0, k, y)
np.where((x > 0) & (y > 0), 1.0, 0.0)
np.where((x > 0) | (y > 0), x, y)
np.where(~(x > 0), -1.0, 0.5)
np.where(k, x, y)
np.where(np.isfinite(x), x, 0.0)
np.select([x > 1, x > 0], [x, y], default=0.0)
np.select([x > 1, x > 0], [1.0, 0.5])
np.nan_to_num(x)
np.nan_to_num(np.log(x), nan=-1.0, posinf=1.0, neginf=-2.0)
np.where(np.isnan(np.log(x)), 0.0, 1.0)
np.where(np.isinf(1.0 / np.floor(h)), 0.0, 1.0)
np.isclose(x, x + 1e-9)
np.isclose(x, y, atol=0.5)
x > 0
(x > 0) * 1.0
(x > 0) + 0.0
1.0 * (x > 0)
1 - (x > 0)
1.0 - (x > 0)
(x > 0) - 0.5
x - (y > 0)
(x > 0) * (y > 0)
(x > 0) + (y > 0)
x * (y > 0)
(x > 0) / 2
(x > 0) ** 2
2 * (x > 0) - 1
(x > 0) & (y > 0)
(x > 0) ^ (y > 0)
~(x > 0)
(x > 0) == (y > 0)
k == 2
k != 2
(k == 1) | (k == 3)
x >= y
np.greater(x, 0.0)
np.greater_equal(x, y)
np.less(x, 0.0)
np.less_equal(x, y)
np.equal(k, 2)
np.not_equal(k, 2)
np.logical_and(x > 0, y > 0)
np.logical_or(x > 0, y > 0)
np.logical_xor(x > 0, y > 0)
np.logical_not(x > 0)
np.logical_and(x, y > 0)
np.sum(act, axis=-1)
np.sum(np.square(act), axis=-1)
np.sum(act, -1)
np.sum(act, axis=1)
np.sum(act, axis=-1, keepdims=True)[:, 0]
np.sum(img, axis=(1, 2))
np.sum(act > 0, axis=-1)
np.mean(act, axis=-1)
np.mean(act > 0, axis=-1)
np.mean(np.abs(act), axis=1)
np.prod(a, axis=-1)
np.prod(img, axis=(1, 2))
np.max(act, axis=-1)
np.amax(act, axis=1)
np.max(np.abs(act), axis=-1)
np.min(act, axis=-1)
np.amin(act, axis=-1)
np.std(act, axis=-1)
np.var(act, axis=-1)
np.any(act > 1, axis=-1)
np.all(act < 1, axis=-1)
np.where(np.any(img > 1, axis=(1, 2)), 1.0, 0.0)
np.count_nonzero(act > 0, axis=-1)
np.argmax(act, axis=-1)
np.argmin(act, axis=1)
np.argmax(act, axis=-1) == 2
np.linalg.norm(a, axis=-1)
np.linalg.norm(a - b, axis=1)
np.linalg.norm(a, ord=1, axis=-1)
np.linalg.norm(a, ord=np.inf, axis=-1)
np.linalg.norm(a, axis=-1, keepdims=True)[:, 0]
np.linalg.norm(a[:, :2], axis=-1)
1.0 / (1.0 + np.linalg.norm(a - b, axis=-1))
np.exp(-np.linalg.norm(a - b, axis=-1))
np.sum(a * b, axis=-1)
np.sum(a * b, axis=-1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1) + 1e-6)
np.sum(a * np.array([1.0, 0.5, 2.0]), axis=-1)
np.sum(a * np.array([1, 2, 3]), axis=-1)
np.sum(np.square(a - np.asarray([0.0, 0.0, 1.0])), axis=-1)
np.cross(a, b)[:, 2]
np.linalg.norm(np.cross(a, b, axis=-1), axis=-1)
np.sum(np.diff(act, axis=-1), axis=-1)
np.take_along_axis(act, idx[:, None], axis=-1)[:, 0]
np.sum(np.stack([x, y], axis=-1), axis=-1)
np.linalg.norm(np.stack((x, y, k), axis=1), axis=-1)
np.max(np.stack([x, y, 0.5 * x], axis=-1), axis=-1)
np.sum(np.concatenate([a, b], axis=-1), axis=-1)
np.sum(np.concatenate((a, act), axis=1) ** 2, axis=-1)
np.sum(np.expand_dims(x, -1) * a, axis=-1)
np.squeeze(np.expand_dims(x, axis=1), axis=1)
np.squeeze(a[:, :1], axis=-1)
np.zeros_like(x)
np.ones_like(x)
np.ones_like(k) + x
np.full_like(x, 0.5)
np.full_like(x, 2)
np.zeros_like(x) + 1
a[:, 0]
a[:, -1]
a[..., 0]
a[:, 0] * b[:, 1]
img[:, 0, 2]
img[..., 1, 3]
np.sum(act[:, 1:3], axis=-1)
np.sum(act[..., 2:4], axis=-1)
np.sum(act[:, ::2], axis=-1)
np.sum(a * x[:, None], axis=-1)
np.sum(a * x[:, np.newaxis], axis=-1)
np.sum((a[:, :, None] - b[:, None, :]) ** 2, axis=(1, 2))
np.mean(img[:, 1, :], axis=-1)
sum([x, y, 0.1 * x])
sum([act[:, i] for i in range(4)])
sum(w * act[:, i] for i, w in enumerate([0.1, 0.2, 0.3]))
sum(np.square(act[:, i]) for i in range(act.shape[1]))
x * math.pi
x * math.sqrt(2.0)
x + np.sqrt(2.0)
x * np.exp(-1.0)
np.cos(x - np.pi / 2)
x * np.deg2rad(30.0)
x * max(0.1, 0.2)
x + (1.0 if 2 > 1 else 0.0)
x / np.e
x * float(2) + int(1.5)
x * act.shape[-1]
x * len([1, 2, 3])
x * round(0.4)
1.0 - np.tanh(np.linalg.norm(a - b, axis=-1) / 0.3)
2.0 * np.arccos(np.clip(np.abs(q[:, 0]), 0.0, 1.0))
1 - 2 * (q[:, 1] ** 2 + q[:, 2] ** 2)
np.arctan2(2 * (q[:, 0] * q[:, 3] + q[:, 1] * q[:, 2]), 1 - 2 * (q[:, 2] ** 2 + q[:, 3] ** 2))
np.where(x > 0.5, 1.0, np.where(x > 0, 1 - (0.5 - x) / 0.5, 0.0))
np.exp(np.log(0.1) * np.square(np.clip(np.abs(x) - 0.5, 0.0, None) / 0.2))
-0.05 * np.sum(np.square(act), axis=-1) + 0.5 * (x > 0) + np.exp(-2.0 * np.abs(y))
1.0 / (1.0 + np.exp(-x))
np.minimum(np.maximum(x, -1.0), 1.0) * np.sign(y)
(x > 0)[:, None].shape[1] * 0 + x
np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)
np.max(np.where(act > 0, act, -1.0), axis=-1)
np.sum(np.where(act > 0, 1.0, 0.0) * act, axis=-1)
((np.abs(x) < 0.05) & (np.abs(y) < 0.05)) * 10.0
""".strip().splitlines()

NAMES = ("x", "y", "h", "a", "b", "act", "q", "img", "k", "idx")

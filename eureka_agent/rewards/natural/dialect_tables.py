"""The call forms of each library, a line each: see `dialects.py`."""

from __future__ import annotations

NUMPY = """
sum(x, axis=None, dtype=None, out=None, keepdims=False) -> sum
mean(x, axis=None, dtype=None, out=None, keepdims=False) -> mean
prod(x, axis=None, dtype=None, out=None, keepdims=False) -> prod
max(x, axis=None, out=None, keepdims=False) -> max
amax(x, axis=None, out=None, keepdims=False) -> max
min(x, axis=None, out=None, keepdims=False) -> min
amin(x, axis=None, out=None, keepdims=False) -> min
any(x, axis=None, out=None, keepdims=False) -> any
all(x, axis=None, out=None, keepdims=False) -> all
count_nonzero(x, axis=None, *, keepdims=False) -> count_nonzero
argmax(x, axis=None, out=None, *, keepdims=False) -> argmax
argmin(x, axis=None, out=None, *, keepdims=False) -> argmin
std(x, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, correction=None) -> std
var(x, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, correction=None) -> var
median(x, axis=None, out=None, overwrite_input=False, keepdims=False) -> median
average(x, axis=None) -> mean
ptp(x, axis=None, out=None, keepdims=False) -> ptp
flip(x, axis=None) -> flip
roll(x, shift, axis=None) -> roll
cumsum(x, axis=None, dtype=None) -> cumsum
sinc(x) -> sinc
arcsinh(x) -> arcsinh
asinh(x) -> arcsinh
arccosh(x) -> arccosh
acosh(x) -> arccosh
linalg.norm(x, ord=None, axis=None, keepdims=False) -> norm
where(condition, x, y) -> where
select(condlist, choicelist, default=0) -> select
clip(x, min=None, max=None, out=None) -> clip
round(x, decimals=0, out=None) -> round
around(x, decimals=0, out=None) -> round
nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None) -> nan_to_num
isclose(x, y, rtol=1e-05, atol=1e-08, equal_nan=False) -> isclose
heaviside(x, y) -> heaviside
cbrt(x) -> cbrt
fmod(x, y) -> fmod
float_power(x, y) -> power
bitwise_and(x, y) -> bitwise_and
bitwise_or(x, y) -> bitwise_or
bitwise_not(x) -> bitwise_not
invert(x) -> bitwise_not
stack(arrays, axis=0) -> stack
vstack(arrays) -> vstack
hstack(arrays) -> hstack
column_stack(arrays) -> column_stack
concatenate(arrays, axis=0) -> concatenate
append(x, y, axis=None) -> append
expand_dims(x, axis) -> unsqueeze
squeeze(x, axis=None) -> squeeze
reshape(x, shape) -> reshape
ravel(x) -> flatten
transpose(x, axes=None) -> transpose
atleast_1d(x) -> atleast_1d
cross(x, y, *, axis=-1) -> cross
diff(x, n=1, axis=-1) -> diff
take(x, indices, axis=None) -> take
interp(x, xp, fp) -> interp
diag(x) -> diag
take_along_axis(x, indices, axis) -> take_along_axis
dot(x, y) -> dot
vdot(x, y) -> vdot
inner(x, y) -> inner
matmul(x, y) -> matmul
outer(x, y) -> outer
einsum(subscripts, *operands) -> einsum
zeros_like(x, dtype=None) -> zeros_like
ones_like(x, dtype=None) -> ones_like
full_like(x, value, dtype=None) -> full_like
zeros(shape, dtype=None) -> zeros
ones(shape, dtype=None) -> ones
full(shape, value, dtype=None) -> full
array(x, dtype=None, *, copy=True) -> array
asarray(x, dtype=None) -> asarray
ascontiguousarray(x, dtype=None) -> asarray
copy(x) -> copy
arange(start, stop=None, step=None, dtype=None) -> arange
linspace(start, stop, num=50, endpoint=True, *, dtype=None) -> linspace
logical_and.reduce(x, axis=0, dtype=None, out=None, keepdims=False) -> all
logical_or.reduce(x, axis=0, dtype=None, out=None, keepdims=False) -> any
maximum.reduce(x, axis=0, dtype=None, out=None, keepdims=False) -> max
minimum.reduce(x, axis=0, dtype=None, out=None, keepdims=False) -> min
add.reduce(x, axis=0, dtype=None, out=None, keepdims=False) -> sum
multiply.reduce(x, axis=0, dtype=None, out=None, keepdims=False) -> prod
eye(n) -> eye
identity(n) -> eye
float32(x) -> to_float
float64(x) -> to_float
float16(x) -> to_float
int32(x) -> to_int
int64(x) -> to_int
bool_(x) -> to_bool
shape(x) -> shape
isscalar(x) -> isscalar
ndim(x) -> ndim
"""


JAX = """
nn.relu(x) -> relu
nn.sigmoid(x) -> sigmoid
nn.softplus(x, beta=1) -> softplus
nn.silu(x) -> silu
nn.tanh(x) -> tanh
nn.swish(x) -> silu
nn.elu(x, alpha=1.0) -> elu
nn.leaky_relu(x, slope=0.01) -> leaky_relu
nn.relu6(x) -> relu6
nn.hard_tanh(x, *, low=-1.0, high=1.0) -> hardtanh
nn.soft_sign(x) -> softsign
nn.log_sigmoid(x) -> log_sigmoid
nn.gelu(x, approximate=True) -> gelu
nn.softmax(x, axis=-1, where=None) -> softmax
nn.log_softmax(x, axis=-1, where=None) -> log_softmax
nn.logsumexp(x, axis=None, b=None, keepdims=False) -> logsumexp
scipy.special.logsumexp(x, axis=None, b=None, keepdims=False) -> logsumexp
scipy.special.logit(x) -> logit
lax.stop_gradient(x) -> same
lax.rsqrt(x) -> rsqrt
lax.square(x) -> square
lax.select(condition, x, y) -> where
lax.cond(condition, x, y, *operands, operand=None) -> cond
scipy.special.expit(x) -> sigmoid
"""


TORCH = """
sum(x, axis=None, keepdims=False, *, dtype=None) -> sum
mean(x, axis=None, keepdims=False, *, dtype=None) -> mean
prod(x, axis=None, keepdims=False, *, dtype=None) -> prod
max(x, axis=None, keepdims=False) -> torch_max
min(x, axis=None, keepdims=False) -> torch_min
amax(x, axis=None, keepdims=False) -> max
amin(x, axis=None, keepdims=False) -> min
any(x, axis=None, keepdims=False) -> any
all(x, axis=None, keepdims=False) -> all
count_nonzero(x, axis=None) -> count_nonzero
argmax(x, axis=None, keepdims=False) -> argmax
argmin(x, axis=None, keepdims=False) -> argmin
std(x, axis=None, unbiased=True, keepdims=False, *, correction=None) -> std
var(x, axis=None, unbiased=True, keepdims=False, *, correction=None) -> var
median(x, axis=None, keepdims=False) -> torch_median
norm(x, ord='fro', axis=None, keepdims=False, *, dtype=None) -> norm
linalg.norm(x, ord=None, axis=None, keepdims=False, *, dtype=None) -> norm
linalg.vector_norm(x, ord=2, axis=None, keepdims=False, *, dtype=None) -> vector_norm
where(condition, x, y) -> where
clamp(x, min=None, max=None) -> clip
clip(x, min=None, max=None) -> clip
clamp_min(x, min) -> clip
clamp_max(x, max) -> clip
round(x, *, decimals=0) -> round
nan_to_num(x, nan=0.0, posinf=None, neginf=None) -> nan_to_num
isclose(x, y, rtol=1e-05, atol=1e-08, equal_nan=False) -> isclose
heaviside(x, y) -> heaviside
fmod(x, y) -> fmod
float_power(x, y) -> power
rsqrt(x) -> rsqrt
lerp(x, y, weight) -> lerp
sigmoid(x) -> sigmoid
special.expit(x) -> sigmoid
special.logit(x) -> logit
logit(x) -> logit
frac(x) -> frac
flip(x, axis) -> flip
roll(x, shift, axis=None) -> roll
cumsum(x, axis, *, dtype=None) -> cumsum
sinc(x) -> sinc
special.sinc(x) -> sinc
arcsinh(x) -> arcsinh
asinh(x) -> arcsinh
arccosh(x) -> arccosh
acosh(x) -> arccosh
addcmul(x, y, z, *, factor=1) -> addcmul
addcdiv(x, y, z, *, factor=1) -> addcdiv
logsumexp(x, axis, keepdims=False) -> logsumexp
special.logsumexp(x, axis, keepdims=False) -> logsumexp
softmax(x, axis, dtype=None) -> softmax
log_softmax(x, axis, dtype=None) -> log_softmax
special.softmax(x, axis, dtype=None) -> softmax
special.log_softmax(x, axis, *, dtype=None) -> log_softmax
nn.functional.softmax(x, axis, *, dtype=None) -> softmax
nn.functional.softmin(x, axis, *, dtype=None) -> softmin
nn.functional.log_softmax(x, axis, *, dtype=None) -> log_softmax
nn.functional.softsign(x) -> softsign
nn.functional.hardtanh(x, low=-1.0, high=1.0, inplace=False) -> hardtanh
nn.functional.relu6(x, inplace=False) -> relu6
nn.functional.logsigmoid(x) -> log_sigmoid
nn.functional.gelu(x, *, approximate='none') -> gelu
nn.functional.mish(x, inplace=False) -> mish
nn.functional.tanhshrink(x) -> tanhshrink
nn.functional.hardsigmoid(x, inplace=False) -> hardsigmoid
relu(x) -> relu
nn.functional.relu(x, inplace=False) -> relu
nn.functional.sigmoid(x) -> sigmoid
nn.functional.tanh(x) -> tanh
nn.functional.softplus(x, beta=1, threshold=20) -> softplus
nn.functional.silu(x, inplace=False) -> silu
nn.functional.elu(x, alpha=1.0, inplace=False) -> elu
nn.functional.leaky_relu(x, slope=0.01, inplace=False) -> leaky_relu
nn.functional.huber_loss(x, y, reduction='mean', delta=1.0) -> huber_loss
nn.functional.smooth_l1_loss(x, y, *, reduction='mean', beta=1.0) -> smooth_l1_loss
nn.functional.mse_loss(x, y, *, reduction='mean') -> mse_loss
nn.functional.l1_loss(x, y, *, reduction='mean') -> l1_loss
nn.functional.normalize(x, ord=2.0, axis=1, eps=1e-12) -> normalize
nn.functional.cosine_similarity(x, y, axis=1, eps=1e-08) -> cosine_similarity
nn.functional.pairwise_distance(x, y, ord=2.0, eps=1e-06) -> pairwise_distance
nn.functional.one_hot(x, n=-1) -> one_hot
cosine_similarity(x, y, axis=1, eps=1e-08) -> cosine_similarity
bitwise_and(x, y) -> bitwise_and
bitwise_or(x, y) -> bitwise_or
bitwise_not(x) -> bitwise_not
stack(arrays, axis=0) -> stack
vstack(arrays) -> vstack
hstack(arrays) -> hstack
column_stack(arrays) -> column_stack
cat(arrays, axis=0) -> concatenate
concat(arrays, axis=0) -> concatenate
concatenate(arrays, axis=0) -> concatenate
unsqueeze(x, axis) -> unsqueeze
squeeze(x, axis=None) -> squeeze
reshape(x, shape) -> reshape
flatten(x, start=0, end=-1) -> flatten
cross(x, y, axis=None) -> cross
linalg.cross(x, y, *, axis=-1) -> cross
diff(x, n=1, axis=-1) -> diff
unbind(x, axis=0) -> unbind
dot(x, y) -> vdot
inner(x, y) -> inner
matmul(x, y) -> matmul
bmm(x, y) -> matmul
mv(x, y) -> matmul
outer(x, y) -> outer
einsum(subscripts, *operands) -> einsum
zeros_like(x, *, dtype=None, device=None) -> zeros_like
ones_like(x, *, dtype=None, device=None) -> ones_like
full_like(x, value, *, dtype=None, device=None) -> full_like
zeros(*shape, dtype=None, device=None) -> zeros
ones(*shape, dtype=None, device=None) -> ones
full(shape, value, *, dtype=None, device=None) -> full
tensor(x, *, dtype=None, device=None, requires_grad=False) -> array
as_tensor(x, dtype=None, device=None) -> asarray
from_numpy(x) -> asarray
clone(x) -> copy
arange(start, stop=None, step=None, *, dtype=None, device=None) -> arange
linspace(start, stop, num, *, dtype=None, device=None) -> linspace
eye(n, *, device=None, dtype=None) -> eye
device(x) -> setting
"""


MATH = """
fmod(x, y) -> fmod
dist(x, y) -> dist
"""


METHODS = """
astype(x, dtype, copy=True) -> astype
copy(x) -> copy
item(x) -> item
tolist(x) -> tolist
reshape(x, *shape) -> reshape
flatten(x) -> flatten
ravel(x) -> flatten
transpose(x, *axes) -> transpose
dot(x, y) -> dot
"""


TORCH_METHODS = """
float(x) -> to_float
double(x) -> to_float
half(x) -> to_float
int(x) -> to_int
long(x) -> to_int
bool(x) -> to_bool
to(x, *settings, dtype=None, device=None, non_blocking=False, copy=False) -> to
type(x, dtype) -> astype
type_as(x, y) -> type_as
cpu(x) -> same
cuda(x) -> same
detach(x) -> same
contiguous(x) -> same
numpy(x) -> same
clone(x) -> copy
item(x) -> item
tolist(x) -> tolist
size(x, axis=None) -> size
dim(x) -> ndim
view(x, *shape) -> reshape
reshape(x, *shape) -> reshape
flatten(x, start=0, end=-1) -> flatten
permute(x, *axes) -> transpose
transpose(x, first, second) -> swap
t(x) -> transpose
masked_fill(x, condition, value) -> masked_fill
expand(x, *shape) -> expand
repeat(x, *shape) -> repeat
expand_as(x, y) -> expand_as
norm(x, ord='fro', axis=None, keepdims=False) -> norm
sum(x, *axis, keepdims=False, dtype=None) -> sum
"""

//! PyTorch's functions of tensors: each line of the lists here is a method of `Tensor` and a function of `torch`.
//!
//! Python overloads a name by its arguments. Here the form with the fewest arguments keeps the name, and each other form is named
//! after the argument that it adds: `x.sum()` and `x.sum_dim(1)`, `x.squeeze()` and `x.squeeze_dim(0)`.

use tch::Kind;

use crate::tensor::{MaxDim, Number, Operand, Tensor};

/// Makes `tensor.name(arguments)` and `torch::name(tensor, arguments)` from each line.
macro_rules! functions {
    ($(
        $(#[$doc:meta])*
        $name:ident($($argument:ident: $Type:ty),*) $(-> $Result:ty)? = |$tensor:ident| $value:expr;
    )*) => {
        /// Functions of `torch`, each also a method.
        impl Tensor {
            $(
                $(#[$doc])*
                pub fn $name(&self $(, $argument: $Type)*) -> functions!(@result $($Result)?) {
                    let $tensor = &self.tch;
                    ($value).into()
                }
            )*
        }

        $(
            $(#[$doc])*
            pub fn $name(input: impl AsRef<Tensor> $(, $argument: $Type)*) -> functions!(@result $($Result)?) {
                input.as_ref().$name($($argument),*)
            }
        )*
    };
    (@result) => { Tensor };
    (@result $Result:ty) => { $Result };
}

functions! {
    // Element by element.
    /// `e ** input`, element by element.
    exp() = |t| t.exp();
    /// The natural logarithm, element by element.
    log() = |t| t.log();
    /// The logarithm to base 2, element by element.
    log2() = |t| t.log2();
    /// The square root, element by element.
    sqrt() = |t| t.sqrt();
    /// `input * input`, element by element: `torch.square`, which is `pow(2)`.
    square() = |t| t.square();
    /// The absolute value, element by element.
    abs() = |t| t.abs();
    /// -1, 0 or 1, element by element.
    sign() = |t| t.sign();
    /// The next whole number below, element by element.
    floor() = |t| t.floor();
    /// The next whole number above, element by element.
    ceil() = |t| t.ceil();
    /// The nearest whole number, halves to the even number, element by element.
    round() = |t| t.round();
    /// The sine, element by element.
    sin() = |t| t.sin();
    /// The cosine, element by element.
    cos() = |t| t.cos();
    /// `1 / (1 + e ** -input)`, element by element.
    sigmoid() = |t| t.sigmoid();
    /// The hyperbolic tangent, element by element.
    tanh() = |t| t.tanh();
    /// `max(input, 0)`, element by element.
    relu() = |t| t.relu();
    /// The scaled exponential linear unit, element by element (G. Klambauer et al., 2017).
    selu() = |t| t.selu();
    /// Whether an element is nan; bool.
    isnan() = |t| t.isnan();
    /// `input ** exponent`, element by element.
    pow(exponent: impl Number) = |t| t.pow_tensor_scalar(exponent);
    /// The elements, none below `min` and none above `max`.
    clamp(min: impl Number, max: impl Number) = |t| t.clamp(min.into(), max.into());
    /// The elements, none below `min`: `clamp(min=min)`.
    clamp_min(min: impl Number) = |t| t.clamp_min(min);
    /// The elements, none above `max`: `clamp(max=max)`.
    clamp_max(max: impl Number) = |t| t.clamp_max(max);

    // Two tensors, or a tensor and a number, element by element; sizes of 1 are repeated as PyTorch does.
    /// `input + other`.
    add(other: impl Operand) = |t| t.g_add(&other.operand());
    /// `input - other`.
    sub(other: impl Operand) = |t| t.g_sub(&other.operand());
    /// `input * other`, element by element.
    mul(other: impl Operand) = |t| t.g_mul(&other.operand());
    /// `input / other`.
    div(other: impl Operand) = |t| t.g_div(&other.operand());
    /// `input == other`, element by element; bool.
    eq(other: impl Operand) = |t| t.eq_tensor(&other.operand());
    /// `input != other`, element by element; bool.
    ne(other: impl Operand) = |t| t.ne_tensor(&other.operand());
    /// `input < other`, element by element; bool.
    lt(other: impl Operand) = |t| t.lt_tensor(&other.operand());
    /// `input <= other`, element by element; bool.
    le(other: impl Operand) = |t| t.le_tensor(&other.operand());
    /// `input > other`, element by element; bool.
    gt(other: impl Operand) = |t| t.gt_tensor(&other.operand());
    /// `input >= other`, element by element; bool.
    ge(other: impl Operand) = |t| t.ge_tensor(&other.operand());
    /// The larger of each pair of elements: `torch.maximum`, and `torch.max(input, other)`.
    maximum(other: &Tensor) = |t| t.maximum(&other.tch);
    /// The smaller of each pair of elements: `torch.minimum`, and `torch.min(input, other)`.
    minimum(other: &Tensor) = |t| t.minimum(&other.tch);
    /// `input & other`, element by element.
    bitwise_and(other: &Tensor) = |t| t.bitwise_and_tensor(&other.tch);
    /// `input | other`, element by element.
    bitwise_or(other: &Tensor) = |t| t.bitwise_or_tensor(&other.tch);
    /// `not input`, element by element; bool.
    logical_not() = |t| t.logical_not();
    /// The matrix product. `[N, K]` and `[K, M] -> [N, M]`; with one dimension, or more than two, as in PyTorch.
    matmul(other: &Tensor) = |t| t.matmul(&other.tch);
    /// The matrix product of two matrices: `[N, K]` and `[K, M] -> [N, M]`.
    mm(other: &Tensor) = |t| t.mm(&other.tch);
    /// The sum of the products of two vectors: `[N]` and `[N] -> 0-d`.
    dot(other: &Tensor) = |t| t.dot(&other.tch);

    // Reductions of all elements to 0-d.
    /// The sum of all elements, 0-d.
    sum() = |t| t.sum(None::<Kind>);
    /// The mean of all elements, 0-d.
    mean() = |t| t.mean(None::<Kind>);
    /// The standard deviation of all elements, with N - 1 in the denominator, 0-d.
    std() = |t| t.std(true);
    /// The variance of all elements, with N - 1 in the denominator, 0-d.
    var() = |t| t.var(true);
    /// The product of all elements, 0-d.
    prod() = |t| t.prod(None::<Kind>);
    /// The largest element, 0-d.
    max() = |t| t.max();
    /// The smallest element, 0-d.
    min() = |t| t.min();
    /// The square root of the sum of the squares of all elements, 0-d.
    norm() = |t| crate::sys::ffi::norm(t);
    /// Whether all elements are true (not 0); 0-d bool.
    all() = |t| t.all();
    /// Whether an element is true (not 0); 0-d bool.
    any() = |t| t.any();

    // Reductions along one dimension, which disappears. A negative number counts from the last dimension.
    /// `sum(dim)`: the sums along one dimension, which disappears.
    sum_dim(dim: i64) = |t| t.sum_dim_intlist(dim, false, None::<Kind>);
    /// `mean(dim)`: the means along one dimension, which disappears.
    mean_dim(dim: i64) = |t| t.mean_dim(dim, false, None::<Kind>);
    /// `std(dim)`: the standard deviations along one dimension, which disappears; N - 1 in the denominator.
    std_dim(dim: i64) = |t| t.std_dim(dim, true, false);
    /// `max(dim)`: the largest elements along one dimension, which disappears, and their indices.
    max_dim(dim: i64) -> MaxDim = |t| MaxDim::of("max", t.max_dim(dim, false));
    /// `min(dim)`: the smallest elements along one dimension, which disappears, and their indices.
    min_dim(dim: i64) -> MaxDim = |t| MaxDim::of("min", t.min_dim(dim, false));
    /// The tensor in at most `chunks` parts along `dim`, all as long as the first but for the last, which may be shorter; views of the
    /// same data.
    ///
    /// # Panics
    /// With PyTorch's words, when `chunks` is not positive.
    chunk(chunks: i64, dim: i64) -> Vec<Tensor> = |t| t.chunk(chunks, dim).into_iter().map(Tensor::from).collect::<Vec<_>>();
    /// Draws `num_samples` places along the last dimension, each as likely as its weight there; int64. With `replacement` a place may
    /// be drawn twice. `[M] -> [num_samples]`, `[N, M] -> [N, num_samples]`.
    ///
    /// Draws from the global generator.
    ///
    /// # Panics
    /// With PyTorch's words, when a weight is negative, inf or nan, when all are 0, or when more places are drawn than have a weight,
    /// without `replacement`.
    multinomial(num_samples: i64, replacement: bool) = |t| t.multinomial(num_samples, replacement);
    /// The `k` largest elements along the last dimension, the largest first, and their indices.
    ///
    /// # Panics
    /// With PyTorch's words, when there are fewer than `k`.
    topk(k: i64) -> MaxDim = |t| MaxDim::of("topk", t.topk(k, -1, true, true));
    /// `topk(k, dim, largest, sorted)`: the `k` largest elements along `dim`, or the smallest; in their order, if `sorted`.
    topk_dim(k: i64, dim: i64, largest: bool, sorted: bool) -> MaxDim = |t| MaxDim::of("topk", t.topk(k, dim, largest, sorted));
    /// The index of the largest element along `dim`, which disappears; int64.
    argmax(dim: i64) = |t| t.argmax(dim, false);
    /// The index of the smallest element along `dim`, which disappears; int64.
    argmin(dim: i64) = |t| t.argmin(dim, false);
    /// `e ** input / sum(e ** input)` along `dim`.
    softmax(dim: i64) = |t| t.softmax(dim, None::<Kind>);
    /// `log(softmax(input))` along `dim`, computed without overflow.
    log_softmax(dim: i64) = |t| t.log_softmax(dim, None::<Kind>);
    /// The running sums of the elements along `dim`.
    cumsum(dim: i64) = |t| t.cumsum(dim, None::<Kind>);

    // Changes of shape. The result is a view of the same elements where PyTorch makes a view.
    /// The elements in another shape, in reading order; one size may be -1. The result is a view where possible.
    reshape(size: impl AsRef<[i64]>) = |t| t.reshape(size.as_ref());
    /// Joins all dimensions from `start_dim` on into one.
    flatten(start_dim: i64) = |t| t.flatten(start_dim, -1);
    /// Removes the dimensions of size 1.
    squeeze() = |t| t.squeeze();
    /// `squeeze(dim)`: removes dimension `dim` if its size is 1.
    squeeze_dim(dim: i64) = |t| t.squeeze_dim(dim);
    /// Inserts a dimension of size 1 at `dim`.
    unsqueeze(dim: i64) = |t| t.unsqueeze(dim);
    /// Exchanges rows and columns of a matrix.
    t() = |t| t.tr();
    /// Exchanges two dimensions.
    transpose(dim0: i64, dim1: i64) = |t| t.transpose(dim0, dim1);
    /// Puts the dimensions into another order.
    permute(dims: impl AsRef<[i64]>) = |t| t.permute(dims.as_ref());

    // Elements chosen by index.
    /// `scatter(dim, index, value)`: a copy with `value` where `index` points to along `dim`.
    scatter(dim: i64, index: &Tensor, value: impl Number) = |t| t.scatter_value(dim, &index.tch, value);
    /// The elements that `index` points to along `dim`; the shape of `index`.
    gather(dim: i64, index: &Tensor) = |t| t.gather(dim, &index.tch, false);
    /// The rows (along `dim`) at the indices in `index`, which has one dimension.
    index_select(dim: i64, index: &Tensor) = |t| t.index_select(dim, &index.tch);
    /// A copy with `value` where `mask` is true.
    masked_fill(mask: &Tensor, value: impl Number) = |t| t.masked_fill(&mask.tch, value);

    /// A tensor of zeros with the shape, dtype and device of `input`.
    zeros_like() = |t| t.zeros_like();
    /// A tensor of ones with the shape, dtype and device of `input`.
    ones_like() = |t| t.ones_like();
    /// A tensor with the shape, dtype and device of `input`, uniform in `[0, 1)`. Draws one number for each element from the global
    /// generator.
    rand_like() = |t| t.rand_like();
    /// A tensor with the shape, dtype and device of `input`, normal with mean 0 and standard deviation 1. Draws from the global
    /// generator.
    randn_like() = |t| t.randn_like();
}

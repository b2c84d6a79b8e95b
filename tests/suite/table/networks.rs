//! `torch.nn`, `nn.functional`, `nn.init` and `nn.utils`.
#![allow(clippy::erasing_op)] // y * 0 is a tensor of zeros

use super::*;

/// The size of the last dimension, as a list.
fn last(x: &Tensor) -> Vec<i64> {
    x.shape().last().copied().into_iter().collect()
}

/// What a layer gives, and its buffers afterwards.
fn running(layer: impl Module, x: &Tensor) -> Vec<Tensor> {
    let y = layer.forward(x);
    [y].into_iter().chain(layer.buffers()).collect()
}

/// The first of each row.
fn first(x: &Tensor) -> Tensor {
    x.i((torch::Ellipsis, ..1))
}

/// The largest elements and their places.
fn pair((values, indices): (Tensor, Tensor)) -> Vec<Tensor> {
    vec![values, indices]
}

/// The gradients of a layer's parameters.
fn learned(layer: impl Module, x: &Tensor) -> Vec<Tensor> {
    let y = layer.forward(&x.detach());
    (&y * &y).sum().backward();
    layer.parameters().iter().filter_map(Tensor::grad).collect()
}

/// A layer that has loaded what another one has come to, but for its number of batches.
fn loaded(from: impl Module, to: impl Module, x: &Tensor) -> Vec<Out> {
    from.forward(x);
    let state: Vec<_> =
        from.state_dict().into_iter().filter(|(name, _)| name != "num_batches_tracked").collect();
    let keys = to.load_state_dict(&state).unwrap_or_else(|error| panic!("{error}"));
    let state = to.state_dict().into_iter().map(|(_, tensor)| Out::Tensor(tensor.detach()));
    state.chain([Out::Text(keys.repr())]).collect()
}

/// What `repr` says of the names in a state.
fn names(layer: &impl Module) -> String {
    layer.state_dict().into_iter().map(|(name, _)| name).collect::<Vec<String>>().repr()
}

/// A parameter of these elements, and one of half of them, with gradients.
fn with_gradients(x: &Tensor) -> [Tensor; 2] {
    let parameters = [x.detach().requires_grad_(), (x.detach() / 2).requires_grad_()];
    parameters.iter().for_each(|p| (p * p).sum().backward());
    parameters
}

fn clipped_norm(x: &Tensor, max_norm: f64, norm_type: f64, error_if_nonfinite: bool) -> Vec<Tensor> {
    let parameters = with_gradients(x);
    let norm = nn::utils::clip_grad_norm_of(&parameters, max_norm, norm_type, error_if_nonfinite);
    parameters.iter().filter_map(Tensor::grad).chain([norm]).collect()
}

fn clipped_value(x: &Tensor, value: f64) -> Vec<Tensor> {
    let parameters = with_gradients(x);
    nn::utils::clip_grad_value_(&parameters, value);
    parameters.iter().filter_map(Tensor::grad).collect()
}

#[rustfmt::skip]
pub(super) fn groups() -> Vec<Group> {
    vec![
        group! { "Activations", FLOATS, &[&[], &[0], &[3, 4], &[1000]];
            "F.relu(x)" => |x, _y| F::relu(x);
            "F.relu6(x)" => |x, _y| F::relu6(x);
            "F.selu(x)" => |x, _y| F::selu(x);
            "F.silu(x)" => |x, _y| F::silu(x);
            "F.mish(x)" => |x, _y| F::mish(x);
            "F.sigmoid(x)" => |x, _y| F::sigmoid(x);
            "F.logsigmoid(x)" => |x, _y| F::logsigmoid(x);
            "F.hardsigmoid(x)" => |x, _y| F::hardsigmoid(x);
            "F.hardswish(x)" => |x, _y| F::hardswish(x);
            "F.tanh(x)" => |x, _y| F::tanh(x);
            "F.tanhshrink(x)" => |x, _y| F::tanhshrink(x);
            "F.softsign(x)" => |x, _y| F::softsign(x);
            "F.relu_(x * 1)" => |x, _y| F::relu_(x * 1);
            "F.selu_(x * 1)" => |x, _y| F::selu_(x * 1);
            "F.leaky_relu(x, a)" => |x, _y, _n, a| F::leaky_relu(x, a);
            "F.leaky_relu_(x * 1, a)" => |x, _y, _n, a| F::leaky_relu_(x * 1, a);
            "F.elu(x, a)" => |x, _y, _n, a| F::elu(x, a);
            "F.elu_(x * 1, a)" => |x, _y, _n, a| F::elu_(x * 1, a);
            "F.celu(x, a)" => |x, _y, _n, a| F::celu(x, a);
            "F.celu_(x * 1, a)" => |x, _y, _n, a| F::celu_(x * 1, a);
            "F.gelu(x)" => |x, _y| F::gelu(x, "none");
            "F.gelu(x, approximate='tanh')" => |x, _y| F::gelu(x, "tanh");
            "F.hardtanh(x, -a, 1.)" => |x, _y, _n, a| F::hardtanh(x, -a, 1.);
            "F.hardtanh_(x * 1, -a, 1.)" => |x, _y, _n, a| F::hardtanh_(x * 1, -a, 1.);
            "F.softplus(x, a, 2.)" => |x, _y, _n, a| F::softplus(x, a, 2.);
            "F.hardshrink(x, a)" => |x, _y, _n, a| F::hardshrink(x, a);
            "F.softshrink(x, a)" => |x, _y, _n, a| F::softshrink(x, a);
            "F.threshold(x, a, 20.)" => |x, _y, _n, a| F::threshold(x, a, 20.);
            "F.threshold_(x * 1, a, 20.)" => |x, _y, _n, a| F::threshold_(x * 1, a, 20.);
            "F.rrelu(x, 0.1, a, True)" => |x, _y, _n, a| F::rrelu(x, 0.1, a, true);
            "F.rrelu(x, 0.1, a)" => |x, _y, _n, a| F::rrelu(x, 0.1, a, false);
            "F.rrelu_(x * 1, 0.1, a, True)" => |x, _y, _n, a| F::rrelu_(&(x * 1), 0.1, a, true);
            "F.prelu(x, torch.full((n,), a))" => |x, _y, n, a| F::prelu(x, &torch::full([n], a));
            "F.softmax(x, n - 5)" => |x, _y, n, _a| F::softmax(x, n - 5);
            "F.softmin(x, n - 5)" => |x, _y, n, _a| F::softmin(x, n - 5);
            "F.log_softmax(x, n - 5)" => |x, _y, n, _a| F::log_softmax(x, n - 5);
            "F.glu(x, n - 5)" => |x, _y, n, _a| F::glu(x, n - 5);
        }.at_random(),
        group! { "Layers of activations", FLOAT, SHAPES;
            "nn.ReLU()(x)" => |x, _y| nn::ReLU::new().forward(x);
            "nn.ReLU6()(x)" => |x, _y| nn::ReLU6::new().forward(x);
            "nn.SELU()(x)" => |x, _y| nn::SELU::new().forward(x);
            "nn.SiLU()(x)" => |x, _y| nn::SiLU::new().forward(x);
            "nn.Mish()(x)" => |x, _y| nn::Mish::new().forward(x);
            "nn.Hardswish()(x)" => |x, _y| nn::Hardswish::new().forward(x);
            "nn.Hardsigmoid()(x)" => |x, _y| nn::Hardsigmoid::new().forward(x);
            "nn.Sigmoid()(x)" => |x, _y| nn::Sigmoid::new().forward(x);
            "nn.LogSigmoid()(x)" => |x, _y| nn::LogSigmoid::new().forward(x);
            "nn.Tanh()(x)" => |x, _y| nn::Tanh::new().forward(x);
            "nn.Tanhshrink()(x)" => |x, _y| nn::Tanhshrink::new().forward(x);
            "nn.Softsign()(x)" => |x, _y| nn::Softsign::new().forward(x);
            "nn.ELU()(x)" => |x, _y| nn::ELU::new().forward(x);
            "nn.CELU()(x)" => |x, _y| nn::CELU::new().forward(x);
            "nn.GELU()(x)" => |x, _y| nn::GELU::new().forward(x);
            "nn.LeakyReLU()(x)" => |x, _y| nn::LeakyReLU::new().forward(x);
            "nn.Hardtanh()(x)" => |x, _y| nn::Hardtanh::new().forward(x);
            "nn.Softplus()(x)" => |x, _y| nn::Softplus::new().forward(x);
            "nn.Hardshrink()(x)" => |x, _y| nn::Hardshrink::new().forward(x);
            "nn.Softshrink()(x)" => |x, _y| nn::Softshrink::new().forward(x);
            "nn.PReLU()(x)" => |x, _y| nn::PReLU::new().forward(x);
            "nn.RReLU()(x)" => |x, _y| nn::RReLU::new().forward(x);
            "nn.Softmax2d()(x)" => |x, _y| nn::Softmax2d::new().forward(x);
            "nn.GLU()(x)" => |x, _y| nn::GLU::new().forward(x);
            "nn.ReLU(inplace=True)(x * 1)" => |x, _y| nn::ReLU::new().inplace(true).forward(&(x * 1));
            "nn.ReLU6(inplace=True)(x * 1)" => |x, _y| nn::ReLU6::new().inplace(true).forward(&(x * 1));
            "nn.SELU(inplace=True)(x * 1)" => |x, _y| nn::SELU::new().inplace(true).forward(&(x * 1));
            "nn.SiLU(inplace=True)(x * 1)" => |x, _y| nn::SiLU::new().inplace(true).forward(&(x * 1));
            "nn.Mish(inplace=True)(x * 1)" => |x, _y| nn::Mish::new().inplace(true).forward(&(x * 1));
            "nn.Hardswish(inplace=True)(x * 1)" => |x, _y| nn::Hardswish::new().inplace(true).forward(&(x * 1));
            "nn.Hardsigmoid(inplace=True)(x * 1)" => |x, _y| nn::Hardsigmoid::new().inplace(true).forward(&(x * 1));
            "nn.RReLU(inplace=True)(x * 1)" => |x, _y| nn::RReLU::new().inplace(true).forward(&(x * 1));
            "nn.ELU(alpha=a, inplace=True)(x * 1)" => |x, _y, _n, a| nn::ELU::new().alpha(a).inplace(true).forward(&(x * 1));
            "nn.CELU(alpha=a, inplace=True)(x * 1)" => |x, _y, _n, a| nn::CELU::new().alpha(a).inplace(true).forward(&(x * 1));
            "nn.LeakyReLU(negative_slope=a, inplace=True)(x * 1)" => |x, _y, _n, a| nn::LeakyReLU::new().negative_slope(a).inplace(true).forward(&(x * 1));
            "nn.GELU(approximate='tanh')(x)" => |x, _y| nn::GELU::new().approximate("tanh").forward(x);
            "nn.Hardtanh(min_val=-0.5, max_val=a, inplace=True)(x * 1)" => |x, _y, _n, a| nn::Hardtanh::new().min_val(-0.5).max_val(a).inplace(true).forward(&(x * 1));
            "nn.Softplus(beta=a, threshold=2.)(x)" => |x, _y, _n, a| nn::Softplus::new().beta(a).threshold(2.).forward(x);
            "nn.Hardshrink(a)(x)" => |x, _y, _n, a| nn::Hardshrink::new().lambd(a).forward(x);
            "nn.Softshrink(a)(x)" => |x, _y, _n, a| nn::Softshrink::new().lambd(a).forward(x);
            "nn.Threshold(a, 20.)(x)" => |x, _y, _n, a| nn::Threshold::new(a, 20.).forward(x);
            "nn.Threshold(a, 20., inplace=True)(x * 1)" => |x, _y, _n, a| nn::Threshold::new(a, 20.).inplace(true).forward(&(x * 1));
            "nn.PReLU(num_parameters=n, init=a)(x)" => |x, _y, n, a| nn::PReLU::new().num_parameters(n).init(a).forward(x);
            "nn.RReLU(lower=a, upper=0.5)(x)" => |x, _y, _n, a| nn::RReLU::new().lower(a).upper(0.5).forward(x);
            "nn.RReLU(lower=a, upper=0.5).eval()(x)" => |x, _y, _n, a| nn::RReLU::new().lower(a).upper(0.5).eval().forward(x);
            "nn.Softmax(dim=n - 5)(x)" => |x, _y, n, _a| nn::Softmax::new(n - 5).forward(x);
            "nn.Softmin(dim=n - 5)(x)" => |x, _y, n, _a| nn::Softmin::new(n - 5).forward(x);
            "nn.LogSoftmax(dim=n - 5)(x)" => |x, _y, n, _a| nn::LogSoftmax::new(n - 5).forward(x);
            "nn.GLU(dim=n - 5)(x)" => |x, _y, n, _a| nn::GLU::new().dim(n - 5).forward(x);
        }.at_random(),
        group! { "Dropout", FLOAT, SHAPES;
            "F.dropout(x, a, True)" => |x, _y, _n, a| F::dropout(x, a, true);
            "F.alpha_dropout(x, a, True)" => |x, _y, _n, a| F::alpha_dropout(x, a, true);
            "F.feature_alpha_dropout(x, a, True)" => |x, _y, _n, a| F::feature_alpha_dropout(x, a, true);
            "F.dropout1d(x, a, True)" => |x, _y, _n, a| F::dropout1d(x, a, true);
            "F.dropout2d(x, a, True)" => |x, _y, _n, a| F::dropout2d(x, a, true);
            "F.dropout3d(x, a, True)" => |x, _y, _n, a| F::dropout3d(x, a, true);
            "nn.Dropout(a)(x)" => |x, _y, _n, a| nn::Dropout::new(a).forward(x);
            "nn.Dropout(a).eval()(x)" => |x, _y, _n, a| nn::Dropout::new(a).eval().forward(x);
            "nn.AlphaDropout(a)(x)" => |x, _y, _n, a| nn::AlphaDropout::new(a).forward(x);
            "nn.AlphaDropout(a).eval()(x)" => |x, _y, _n, a| nn::AlphaDropout::new(a).eval().forward(x);
            "nn.FeatureAlphaDropout(a)(x)" => |x, _y, _n, a| nn::FeatureAlphaDropout::new(a).forward(x);
            "nn.FeatureAlphaDropout(a).eval()(x)" => |x, _y, _n, a| nn::FeatureAlphaDropout::new(a).eval().forward(x);
            "nn.Dropout1d(a)(x)" => |x, _y, _n, a| nn::Dropout1d::new(a).forward(x);
            "nn.Dropout1d(a).eval()(x)" => |x, _y, _n, a| nn::Dropout1d::new(a).eval().forward(x);
            "nn.Dropout2d(a)(x)" => |x, _y, _n, a| nn::Dropout2d::new(a).forward(x);
            "nn.Dropout2d(a).eval()(x)" => |x, _y, _n, a| nn::Dropout2d::new(a).eval().forward(x);
            "nn.Dropout3d(a)(x)" => |x, _y, _n, a| nn::Dropout3d::new(a).forward(x);
            "nn.Dropout3d(a).eval()(x)" => |x, _y, _n, a| nn::Dropout3d::new(a).eval().forward(x);
        }.at_random(),
        group! { "Normalisation", FLOAT, &[&[3, 4], &[5, 4, 6], &[2, 4, 3, 5], &[2, 4, 3, 2, 2], &[64, 4, 30]];
            "F.layer_norm(x, [n])" => |x, _y, n, _a| F::layer_norm(x, [n], None, None, 1e-5);
            "F.layer_norm(x, x.shape[-1:], torch.full(x.shape[-1:], a), torch.ones(x.shape[-1:]), a)" => |x, _y, _n, a| F::layer_norm(x, last(x), Some(&torch::full(last(x), a)), Some(&torch::ones(last(x))), a);
            "F.rms_norm(x, [n])" => |x, _y, n, _a| F::rms_norm(x, [n], None, None);
            "F.rms_norm(x, [n], torch.full((n,), a), a)" => |x, _y, n, a| F::rms_norm(x, [n], Some(&torch::full([n], a)), Some(a));
            "F.group_norm(x, n)" => |x, _y, n, _a| F::group_norm(x, n, None, None, 1e-5);
            "F.group_norm(x, 2, torch.full((n,), a), torch.ones(n), a)" => |x, _y, n, a| F::group_norm(x, 2, Some(&torch::full([n], a)), Some(&torch::ones([n])), a);
            "F.local_response_norm(x, n, a)" => |x, _y, n, a| F::local_response_norm(x, n, a, 0.75, 1.);
            "F.instance_norm(x)" => |x, _y| F::instance_norm(x, None, None, None, None, true, 0.1, 1e-5);
            "F.instance_norm(x, torch.zeros(n), torch.ones(n), torch.ones(n), torch.zeros(n), False)" => |x, _y, n, _a| F::instance_norm(x, Some(&torch::zeros([n])), Some(&torch::ones([n])), Some(&torch::ones([n])), Some(&torch::zeros([n])), false, 0.1, 1e-5);
            "F.batch_norm(x, torch.zeros(n), torch.ones(n), torch.ones(n), torch.zeros(n), True)" => |x, _y, n, _a| F::batch_norm(x, Some(&torch::zeros([n])), Some(&torch::ones([n])), Some(&torch::ones([n])), Some(&torch::zeros([n])), true, 0.1, 1e-5);
            "F.batch_norm(x, torch.zeros(n), torch.ones(n), eps=a)" => |x, _y, n, a| F::batch_norm(x, Some(&torch::zeros([n])), Some(&torch::ones([n])), None, None, false, 0.1, a);
            "F.batch_norm(x, None, None, training=True, eps=a)" => |x, _y, _n, a| F::batch_norm(x, None, None, None, None, true, 0.1, a);
            "F.normalize(x, a, 1)" => |x, _y, _n, a| F::normalize(x, a, 1, 1e-12);
            "F.normalize(x, dim=n - 5)" => |x, _y, n, _a| F::normalize(x, 2., n - 5, 1e-12);
            "nn.BatchNorm1d(n)(x)" => |x, _y, n, _a| nn::BatchNorm1d::new(n).forward(x);
            "nn.BatchNorm1d(n, eps=a).eval()(x)" => |x, _y, n, a| nn::BatchNorm1d::new(n).eps(a).eval().forward(x);
            "nn.BatchNorm2d(n)(x)" => |x, _y, n, _a| nn::BatchNorm2d::new(n).forward(x);
            "nn.BatchNorm2d(n, eps=a).eval()(x)" => |x, _y, n, a| nn::BatchNorm2d::new(n).eps(a).eval().forward(x);
            "nn.BatchNorm3d(n)(x)" => |x, _y, n, _a| nn::BatchNorm3d::new(n).forward(x);
            "nn.BatchNorm3d(n, eps=a).eval()(x)" => |x, _y, n, a| nn::BatchNorm3d::new(n).eps(a).eval().forward(x);
            "nn.InstanceNorm1d(n)(x)" => |x, _y, n, _a| nn::InstanceNorm1d::new(n).forward(x);
            "nn.InstanceNorm1d(n, eps=a).eval()(x)" => |x, _y, n, a| nn::InstanceNorm1d::new(n).eps(a).eval().forward(x);
            "nn.InstanceNorm2d(n)(x)" => |x, _y, n, _a| nn::InstanceNorm2d::new(n).forward(x);
            "nn.InstanceNorm2d(n, eps=a).eval()(x)" => |x, _y, n, a| nn::InstanceNorm2d::new(n).eps(a).eval().forward(x);
            "nn.InstanceNorm3d(n)(x)" => |x, _y, n, _a| nn::InstanceNorm3d::new(n).forward(x);
            "nn.InstanceNorm3d(n, eps=a).eval()(x)" => |x, _y, n, a| nn::InstanceNorm3d::new(n).eps(a).eval().forward(x);
            "running(nn.BatchNorm1d(4, momentum=a), x)" => |x, _y, _n, a| running(nn::BatchNorm1d::new(4).momentum(a), x);
            "running(nn.BatchNorm2d(4, momentum=a), x)" => |x, _y, _n, a| running(nn::BatchNorm2d::new(4).momentum(a), x);
            "running(nn.BatchNorm3d(4, momentum=a), x)" => |x, _y, _n, a| running(nn::BatchNorm3d::new(4).momentum(a), x);
            "nn.InstanceNorm1d(n, affine=True)(x)" => |x, _y, n, _a| nn::InstanceNorm1d::new(n).affine(true).forward(x);
            "nn.InstanceNorm2d(n, affine=True)(x)" => |x, _y, n, _a| nn::InstanceNorm2d::new(n).affine(true).forward(x);
            "nn.InstanceNorm3d(n, affine=True)(x)" => |x, _y, n, _a| nn::InstanceNorm3d::new(n).affine(true).forward(x);
            "nn.LayerNorm(n)(x)" => |x, _y, n, _a| nn::LayerNorm::new([n]).forward(x);
            "nn.LayerNorm(x.shape[-2:], eps=a, bias=False)(x)" => |x, _y, _n, a| nn::LayerNorm::new(&x.shape()[x.dim().saturating_sub(2)..]).eps(a).bias(false).forward(x);
            "nn.LayerNorm(abs(n), elementwise_affine=False)(x)" => |x, _y, n, _a| nn::LayerNorm::new([n.abs()]).elementwise_affine(false).forward(x);
            "nn.GroupNorm(n, 4)(x)" => |x, _y, n, _a| nn::GroupNorm::new(n, 4).forward(x);
            "nn.GroupNorm(2, n, eps=a, affine=False)(x)" => |x, _y, n, a| nn::GroupNorm::new(2, n).eps(a).affine(false).forward(x);
            "nn.RMSNorm(n)(x)" => |x, _y, n, _a| nn::RMSNorm::new([n]).forward(x);
            "nn.RMSNorm(abs(n), eps=a, elementwise_affine=False)(x)" => |x, _y, n, a| nn::RMSNorm::new([n.abs()]).eps(a).elementwise_affine(false).forward(x);
            "nn.LocalResponseNorm(n)(x)" => |x, _y, n, _a| nn::LocalResponseNorm::new(n).forward(x);
            "nn.LocalResponseNorm(2, alpha=a, beta=0.5, k=2.)(x)" => |x, _y, _n, a| nn::LocalResponseNorm::new(2).alpha(a).beta(0.5).k(2.).forward(x);
        }.at_random(),
        group! { "Padding and other places", FLOAT, &[&[4], &[3, 4], &[2, 4, 6], &[2, 4, 4, 6], &[1, 2, 4, 4, 6]];
            "F.pad(x, [1, n])" => |x, _y, n, _a| F::pad(x, [1, n], "constant", None);
            "F.pad(x, [1, 2, n, 0], 'constant', a)" => |x, _y, n, a| F::pad(x, [1, 2, n, 0], "constant", Some(a));
            "F.pad(x, [1, n - 3], 'reflect')" => |x, _y, n, _a| F::pad(x, [1, n - 3], "reflect", None);
            "F.pad(x, [1, 0, 0, n - 3], 'reflect')" => |x, _y, n, _a| F::pad(x, [1, 0, 0, n - 3], "reflect", None);
            "F.pad(x, [1, n - 3], 'replicate')" => |x, _y, n, _a| F::pad(x, [1, n - 3], "replicate", None);
            "F.pad(x, [1, 0, 0, n - 3], 'replicate')" => |x, _y, n, _a| F::pad(x, [1, 0, 0, n - 3], "replicate", None);
            "F.pad(x, [1, abs(n) - 2], 'circular')" => |x, _y, n, _a| F::pad(x, [1, n.abs() - 2], "circular", None);
            "F.pad(x, [1, 0, 0, abs(n) - 2], 'circular')" => |x, _y, n, _a| F::pad(x, [1, 0, 0, n.abs() - 2], "circular", None);
            "nn.ZeroPad1d(n - 3)(x)" => |x, _y, n, _a| nn::ZeroPad1d::new(n - 3).forward(x);
            "nn.ZeroPad2d(n - 3)(x)" => |x, _y, n, _a| nn::ZeroPad2d::new(n - 3).forward(x);
            "nn.ZeroPad3d(n - 3)(x)" => |x, _y, n, _a| nn::ZeroPad3d::new(n - 3).forward(x);
            "nn.ZeroPad1d([1, n - 4])(x)" => |x, _y, n, _a| nn::ZeroPad1d::new([1, n - 4]).forward(x);
            "nn.ReflectionPad1d(n - 3)(x)" => |x, _y, n, _a| nn::ReflectionPad1d::new(n - 3).forward(x);
            "nn.ReflectionPad2d(n - 3)(x)" => |x, _y, n, _a| nn::ReflectionPad2d::new(n - 3).forward(x);
            "nn.ReflectionPad3d(n - 3)(x)" => |x, _y, n, _a| nn::ReflectionPad3d::new(n - 3).forward(x);
            "nn.ReflectionPad1d([1, n - 4])(x)" => |x, _y, n, _a| nn::ReflectionPad1d::new([1, n - 4]).forward(x);
            "nn.ReplicationPad1d(n - 3)(x)" => |x, _y, n, _a| nn::ReplicationPad1d::new(n - 3).forward(x);
            "nn.ReplicationPad2d(n - 3)(x)" => |x, _y, n, _a| nn::ReplicationPad2d::new(n - 3).forward(x);
            "nn.ReplicationPad3d(n - 3)(x)" => |x, _y, n, _a| nn::ReplicationPad3d::new(n - 3).forward(x);
            "nn.ReplicationPad1d([1, n - 4])(x)" => |x, _y, n, _a| nn::ReplicationPad1d::new([1, n - 4]).forward(x);
            "nn.CircularPad1d(abs(n) - 2)(x)" => |x, _y, n, _a| nn::CircularPad1d::new(n.abs() - 2).forward(x);
            "nn.CircularPad2d(abs(n) - 2)(x)" => |x, _y, n, _a| nn::CircularPad2d::new(n.abs() - 2).forward(x);
            "nn.CircularPad3d(abs(n) - 2)(x)" => |x, _y, n, _a| nn::CircularPad3d::new(n.abs() - 2).forward(x);
            "nn.CircularPad1d([1, abs(n) - 2])(x)" => |x, _y, n, _a| nn::CircularPad1d::new([1, n.abs() - 2]).forward(x);
            "nn.ConstantPad1d(n, a)(x)" => |x, _y, n, a| nn::ConstantPad1d::new(n, a).forward(x);
            "nn.ConstantPad2d(n, a)(x)" => |x, _y, n, a| nn::ConstantPad2d::new(n, a).forward(x);
            "nn.ConstantPad3d(n, a)(x)" => |x, _y, n, a| nn::ConstantPad3d::new(n, a).forward(x);
            "F.pixel_shuffle(x, n - 2)" => |x, _y, n, _a| F::pixel_shuffle(x, n - 2);
            "F.pixel_unshuffle(x, n - 2)" => |x, _y, n, _a| F::pixel_unshuffle(x, n - 2);
            "F.channel_shuffle(x, n - 2)" => |x, _y, n, _a| F::channel_shuffle(x, n - 2);
            "nn.PixelShuffle(n - 2)(x)" => |x, _y, n, _a| nn::PixelShuffle::new(n - 2).forward(x);
            "nn.PixelUnshuffle(n - 2)(x)" => |x, _y, n, _a| nn::PixelUnshuffle::new(n - 2).forward(x);
            "nn.ChannelShuffle(n - 2)(x)" => |x, _y, n, _a| nn::ChannelShuffle::new(n - 2).forward(x);
            "nn.Flatten()(x)" => |x, _y| nn::Flatten::new().forward(x);
            "nn.Flatten(0, n - 5)(x)" => |x, _y, n, _a| nn::Flatten::new().start_dim(0).end_dim(n - 5).forward(x);
            "nn.Unflatten(1, (2, -1))(x)" => |x, _y| nn::Unflatten::new(1, [2, -1]).forward(x);
            "nn.Unflatten(n - 5, (1, n))(x)" => |x, _y, n, _a| nn::Unflatten::new(n - 5, [1, n]).forward(x);
            "nn.Identity()(x)" => |x, _y| nn::Identity::new().forward(x);
        }.at_random(),
        group! { "Convolutions and pooling", FLOAT, &[&[4, 9], &[2, 4, 9], &[2, 4, 7, 9], &[1, 4, 5, 6, 7], &[16, 4, 28, 28]];
            "nn.Conv1d(4, 3, n - 1)(x)" => |x, _y, n, _a| nn::Conv1d::new(4, 3, n - 1).forward(x);
            "nn.Conv1d(n, 2, 2, bias=False)(x)" => |x, _y, n, _a| nn::Conv1d::new(n, 2, 2).bias(false).forward(x);
            "nn.Conv1d(4, 6, 2, stride=n - 2, padding=1, groups=2)(x)" => |x, _y, n, _a| nn::Conv1d::new(4, 6, 2).stride(n - 2).padding(1).groups(2).forward(x);
            "nn.Conv1d(4, 4, 3, groups=n)(x)" => |x, _y, n, _a| nn::Conv1d::new(4, 4, 3).groups(n).forward(x);
            "nn.Conv1d(4, 5, 3, padding='same', dilation=2, bias=False)(x)" => |x, _y| nn::Conv1d::new(4, 5, 3).padding("same").dilation(2).bias(false).forward(x);
            "nn.Conv1d(4, 5, 2, padding='same')(x)" => |x, _y| nn::Conv1d::new(4, 5, 2).padding("same").forward(x);
            "nn.Conv1d(4, 5, 2, stride=n - 3, padding='valid')(x)" => |x, _y, n, _a| nn::Conv1d::new(4, 5, 2).stride(n - 3).padding("valid").forward(x);
            "nn.Conv1d(4, 2, 3, padding=1, padding_mode='reflect')(x)" => |x, _y| nn::Conv1d::new(4, 2, 3).padding(1).padding_mode("reflect").forward(x);
            "nn.Conv1d(4, 2, 3, padding=1, padding_mode='replicate')(x)" => |x, _y| nn::Conv1d::new(4, 2, 3).padding(1).padding_mode("replicate").forward(x);
            "nn.Conv1d(4, 2, 3, padding=1, padding_mode='circular')(x)" => |x, _y| nn::Conv1d::new(4, 2, 3).padding(1).padding_mode("circular").forward(x);
            "nn.Conv1d(4, 2, 2, padding='same', padding_mode='replicate')(x)" => |x, _y| nn::Conv1d::new(4, 2, 2).padding("same").padding_mode("replicate").forward(x);
            "learned(nn.Conv1d(4, 3, 3, padding=1), x)" => |x, _y| learned(nn::Conv1d::new(4, 3, 3).padding(1), x);
            "nn.ConvTranspose1d(4, 3, 3)(x)" => |x, _y| nn::ConvTranspose1d::new(4, 3, 3).forward(x);
            "nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=n - 3, groups=2)(x)" => |x, _y, n, _a| nn::ConvTranspose1d::new(4, 6, 3).stride(2).padding(1).output_padding(n - 3).groups(2).forward(x);
            "nn.ConvTranspose1d(4, 3, 2, bias=False, dilation=2)(x)" => |x, _y| nn::ConvTranspose1d::new(4, 3, 2).bias(false).dilation(2).forward(x);
            "nn.ConvTranspose1d(4, 2, 3, stride=2, padding=1)(x, [n * 2] * 1)" => |x, _y, n, _a| nn::ConvTranspose1d::new(4, 2, 3).stride(2).padding(1).forward_output_size(x, [n * 2; 1]);
            "learned(nn.ConvTranspose1d(4, 3, 3), x)" => |x, _y| learned(nn::ConvTranspose1d::new(4, 3, 3), x);
            "F.conv1d(x, torch.full((3, n, 2), a))" => |x, _y, n, a| F::conv1d(x, &torch::full([3, n, 2], a), None, 1, 0, 1, 1);
            "F.conv1d(x, torch.full((2, 2, 2), a), torch.full((2,), a), 1, 'same', 1, 2)" => |x, _y, _n, a| F::conv1d(x, &torch::full([2, 2, 2], a), Some(&torch::full([2], a)), 1, "same", 1, 2);
            "F.conv_transpose1d(x, torch.full((4, n, 2), a), stride=2)" => |x, _y, n, a| F::conv_transpose1d(x, &torch::full([4, n, 2], a), None, 2, 0, 0, 1, 1);
            "nn.MaxPool1d(2)(x)" => |x, _y| nn::MaxPool1d::new(2).forward(x);
            "nn.MaxPool1d(3, stride=n - 3, padding=1)(x)" => |x, _y, n, _a| nn::MaxPool1d::new(3).stride(n - 3).padding(1).forward(x);
            "nn.MaxPool1d(n - 2, ceil_mode=True)(x)" => |x, _y, n, _a| nn::MaxPool1d::new(n - 2).ceil_mode(true).forward(x);
            "nn.MaxPool1d(2, 1, dilation=2)(x)" => |x, _y| nn::MaxPool1d::new(2).stride(1).dilation(2).forward(x);
            "nn.MaxPool1d(2, return_indices=True)(x)" => |x, _y| pair(nn::MaxPool1d::new(2).forward_with_indices(x));
            "F.max_pool1d(x, 2)" => |x, _y| F::max_pool1d(x, 2, 2, 0, 1, false);
            "F.max_pool1d(x, n - 2, 1, 1)" => |x, _y, n, _a| F::max_pool1d(x, n - 2, 1, 1, 1, false);
            "F.max_pool1d_with_indices(x, 3, 2)" => |x, _y| pair(F::max_pool1d_with_indices(x, 3, 2, 0, 1, false));
            "nn.AdaptiveMaxPool1d(n - 1)(x)" => |x, _y, n, _a| nn::AdaptiveMaxPool1d::new(n - 1).forward(x);
            "nn.AdaptiveMaxPool1d(1)(x)" => |x, _y| nn::AdaptiveMaxPool1d::new(1).forward(x);
            "F.adaptive_max_pool1d(x, n)" => |x, _y, n, _a| F::adaptive_max_pool1d(x, n);
            "nn.AvgPool1d(2)(x)" => |x, _y| nn::AvgPool1d::new(2).forward(x);
            "nn.AvgPool1d(3, stride=n - 3, padding=1)(x)" => |x, _y, n, _a| nn::AvgPool1d::new(3).stride(n - 3).padding(1).forward(x);
            "nn.AvgPool1d(n - 2, ceil_mode=True)(x)" => |x, _y, n, _a| nn::AvgPool1d::new(n - 2).ceil_mode(true).forward(x);
            "nn.AvgPool1d(3, 1, 1, count_include_pad=False)(x)" => |x, _y| nn::AvgPool1d::new(3).stride(1).padding(1).count_include_pad(false).forward(x);
            "F.avg_pool1d(x, 2)" => |x, _y| F::avg_pool1d(x, 2, 2, 0, false, true);
            "F.avg_pool1d(x, n - 2, 1, 1)" => |x, _y, n, _a| F::avg_pool1d(x, n - 2, 1, 1, false, true);
            "nn.AdaptiveAvgPool1d(n - 1)(x)" => |x, _y, n, _a| nn::AdaptiveAvgPool1d::new(n - 1).forward(x);
            "nn.AdaptiveAvgPool1d(1)(x)" => |x, _y| nn::AdaptiveAvgPool1d::new(1).forward(x);
            "F.adaptive_avg_pool1d(x, n)" => |x, _y, n, _a| F::adaptive_avg_pool1d(x, n);
            "nn.Conv2d(4, 3, n - 1)(x)" => |x, _y, n, _a| nn::Conv2d::new(4, 3, n - 1).forward(x);
            "nn.Conv2d(n, 2, 2, bias=False)(x)" => |x, _y, n, _a| nn::Conv2d::new(n, 2, 2).bias(false).forward(x);
            "nn.Conv2d(4, 6, 2, stride=n - 2, padding=1, groups=2)(x)" => |x, _y, n, _a| nn::Conv2d::new(4, 6, 2).stride(n - 2).padding(1).groups(2).forward(x);
            "nn.Conv2d(4, 4, 3, groups=n)(x)" => |x, _y, n, _a| nn::Conv2d::new(4, 4, 3).groups(n).forward(x);
            "nn.Conv2d(4, 5, 3, padding='same', dilation=2, bias=False)(x)" => |x, _y| nn::Conv2d::new(4, 5, 3).padding("same").dilation(2).bias(false).forward(x);
            "nn.Conv2d(4, 5, 2, padding='same')(x)" => |x, _y| nn::Conv2d::new(4, 5, 2).padding("same").forward(x);
            "nn.Conv2d(4, 5, 2, stride=n - 3, padding='valid')(x)" => |x, _y, n, _a| nn::Conv2d::new(4, 5, 2).stride(n - 3).padding("valid").forward(x);
            "nn.Conv2d(4, 2, 3, padding=1, padding_mode='reflect')(x)" => |x, _y| nn::Conv2d::new(4, 2, 3).padding(1).padding_mode("reflect").forward(x);
            "nn.Conv2d(4, 2, 3, padding=1, padding_mode='replicate')(x)" => |x, _y| nn::Conv2d::new(4, 2, 3).padding(1).padding_mode("replicate").forward(x);
            "nn.Conv2d(4, 2, 3, padding=1, padding_mode='circular')(x)" => |x, _y| nn::Conv2d::new(4, 2, 3).padding(1).padding_mode("circular").forward(x);
            "nn.Conv2d(4, 2, 2, padding='same', padding_mode='replicate')(x)" => |x, _y| nn::Conv2d::new(4, 2, 2).padding("same").padding_mode("replicate").forward(x);
            "learned(nn.Conv2d(4, 3, 3, padding=1), x)" => |x, _y| learned(nn::Conv2d::new(4, 3, 3).padding(1), x);
            "nn.ConvTranspose2d(4, 3, 3)(x)" => |x, _y| nn::ConvTranspose2d::new(4, 3, 3).forward(x);
            "nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=n - 3, groups=2)(x)" => |x, _y, n, _a| nn::ConvTranspose2d::new(4, 6, 3).stride(2).padding(1).output_padding(n - 3).groups(2).forward(x);
            "nn.ConvTranspose2d(4, 3, 2, bias=False, dilation=2)(x)" => |x, _y| nn::ConvTranspose2d::new(4, 3, 2).bias(false).dilation(2).forward(x);
            "nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1)(x, [n * 2] * 2)" => |x, _y, n, _a| nn::ConvTranspose2d::new(4, 2, 3).stride(2).padding(1).forward_output_size(x, [n * 2; 2]);
            "learned(nn.ConvTranspose2d(4, 3, 3), x)" => |x, _y| learned(nn::ConvTranspose2d::new(4, 3, 3), x);
            "F.conv2d(x, torch.full((3, n, 2, 2), a))" => |x, _y, n, a| F::conv2d(x, &torch::full([3, n, 2, 2], a), None, 1, 0, 1, 1);
            "F.conv2d(x, torch.full((2, 2, 2, 2), a), torch.full((2,), a), 1, 'same', 1, 2)" => |x, _y, _n, a| F::conv2d(x, &torch::full([2, 2, 2, 2], a), Some(&torch::full([2], a)), 1, "same", 1, 2);
            "F.conv_transpose2d(x, torch.full((4, n, 2, 2), a), stride=2)" => |x, _y, n, a| F::conv_transpose2d(x, &torch::full([4, n, 2, 2], a), None, 2, 0, 0, 1, 1);
            "nn.MaxPool2d(2)(x)" => |x, _y| nn::MaxPool2d::new(2).forward(x);
            "nn.MaxPool2d(3, stride=n - 3, padding=1)(x)" => |x, _y, n, _a| nn::MaxPool2d::new(3).stride(n - 3).padding(1).forward(x);
            "nn.MaxPool2d(n - 2, ceil_mode=True)(x)" => |x, _y, n, _a| nn::MaxPool2d::new(n - 2).ceil_mode(true).forward(x);
            "nn.MaxPool2d(2, 1, dilation=2)(x)" => |x, _y| nn::MaxPool2d::new(2).stride(1).dilation(2).forward(x);
            "nn.MaxPool2d(2, return_indices=True)(x)" => |x, _y| pair(nn::MaxPool2d::new(2).forward_with_indices(x));
            "F.max_pool2d(x, 2)" => |x, _y| F::max_pool2d(x, 2, 2, 0, 1, false);
            "F.max_pool2d(x, n - 2, 1, 1)" => |x, _y, n, _a| F::max_pool2d(x, n - 2, 1, 1, 1, false);
            "F.max_pool2d_with_indices(x, 3, 2)" => |x, _y| pair(F::max_pool2d_with_indices(x, 3, 2, 0, 1, false));
            "nn.AdaptiveMaxPool2d(n - 1)(x)" => |x, _y, n, _a| nn::AdaptiveMaxPool2d::new(n - 1).forward(x);
            "nn.AdaptiveMaxPool2d(1)(x)" => |x, _y| nn::AdaptiveMaxPool2d::new(1).forward(x);
            "nn.AdaptiveMaxPool2d((None, 2))(x)" => |x, _y| nn::AdaptiveMaxPool2d::new([None, Some(2)]).forward(x);
            "F.adaptive_max_pool2d(x, n)" => |x, _y, n, _a| F::adaptive_max_pool2d(x, n);
            "nn.AvgPool2d(2)(x)" => |x, _y| nn::AvgPool2d::new(2).forward(x);
            "nn.AvgPool2d(3, stride=n - 3, padding=1)(x)" => |x, _y, n, _a| nn::AvgPool2d::new(3).stride(n - 3).padding(1).forward(x);
            "nn.AvgPool2d(n - 2, ceil_mode=True)(x)" => |x, _y, n, _a| nn::AvgPool2d::new(n - 2).ceil_mode(true).forward(x);
            "nn.AvgPool2d(3, 1, 1, count_include_pad=False)(x)" => |x, _y| nn::AvgPool2d::new(3).stride(1).padding(1).count_include_pad(false).forward(x);
            "F.avg_pool2d(x, 2)" => |x, _y| F::avg_pool2d(x, 2, 2, 0, false, true, None);
            "F.avg_pool2d(x, n - 2, 1, 1)" => |x, _y, n, _a| F::avg_pool2d(x, n - 2, 1, 1, false, true, None);
            "nn.AvgPool2d(2, divisor_override=n - 1)(x)" => |x, _y, n, _a| nn::AvgPool2d::new(2).divisor_override(n - 1).forward(x);
            "nn.AdaptiveAvgPool2d(n - 1)(x)" => |x, _y, n, _a| nn::AdaptiveAvgPool2d::new(n - 1).forward(x);
            "nn.AdaptiveAvgPool2d(1)(x)" => |x, _y| nn::AdaptiveAvgPool2d::new(1).forward(x);
            "nn.AdaptiveAvgPool2d((None, 2))(x)" => |x, _y| nn::AdaptiveAvgPool2d::new([None, Some(2)]).forward(x);
            "F.adaptive_avg_pool2d(x, n)" => |x, _y, n, _a| F::adaptive_avg_pool2d(x, n);
            "nn.Conv3d(4, 3, n - 1)(x)" => |x, _y, n, _a| nn::Conv3d::new(4, 3, n - 1).forward(x);
            "nn.Conv3d(n, 2, 2, bias=False)(x)" => |x, _y, n, _a| nn::Conv3d::new(n, 2, 2).bias(false).forward(x);
            "nn.Conv3d(4, 6, 2, stride=n - 2, padding=1, groups=2)(x)" => |x, _y, n, _a| nn::Conv3d::new(4, 6, 2).stride(n - 2).padding(1).groups(2).forward(x);
            "nn.Conv3d(4, 4, 3, groups=n)(x)" => |x, _y, n, _a| nn::Conv3d::new(4, 4, 3).groups(n).forward(x);
            "nn.Conv3d(4, 5, 3, padding='same', dilation=2, bias=False)(x)" => |x, _y| nn::Conv3d::new(4, 5, 3).padding("same").dilation(2).bias(false).forward(x);
            "nn.Conv3d(4, 5, 2, padding='same')(x)" => |x, _y| nn::Conv3d::new(4, 5, 2).padding("same").forward(x);
            "nn.Conv3d(4, 5, 2, stride=n - 3, padding='valid')(x)" => |x, _y, n, _a| nn::Conv3d::new(4, 5, 2).stride(n - 3).padding("valid").forward(x);
            "nn.Conv3d(4, 2, 3, padding=1, padding_mode='reflect')(x)" => |x, _y| nn::Conv3d::new(4, 2, 3).padding(1).padding_mode("reflect").forward(x);
            "nn.Conv3d(4, 2, 3, padding=1, padding_mode='replicate')(x)" => |x, _y| nn::Conv3d::new(4, 2, 3).padding(1).padding_mode("replicate").forward(x);
            "nn.Conv3d(4, 2, 3, padding=1, padding_mode='circular')(x)" => |x, _y| nn::Conv3d::new(4, 2, 3).padding(1).padding_mode("circular").forward(x);
            "nn.Conv3d(4, 2, 2, padding='same', padding_mode='replicate')(x)" => |x, _y| nn::Conv3d::new(4, 2, 2).padding("same").padding_mode("replicate").forward(x);
            "learned(nn.Conv3d(4, 3, 3, padding=1), x)" => |x, _y| learned(nn::Conv3d::new(4, 3, 3).padding(1), x);
            "nn.ConvTranspose3d(4, 3, 3)(x)" => |x, _y| nn::ConvTranspose3d::new(4, 3, 3).forward(x);
            "nn.ConvTranspose3d(4, 6, 3, stride=2, padding=1, output_padding=n - 3, groups=2)(x)" => |x, _y, n, _a| nn::ConvTranspose3d::new(4, 6, 3).stride(2).padding(1).output_padding(n - 3).groups(2).forward(x);
            "nn.ConvTranspose3d(4, 3, 2, bias=False, dilation=2)(x)" => |x, _y| nn::ConvTranspose3d::new(4, 3, 2).bias(false).dilation(2).forward(x);
            "nn.ConvTranspose3d(4, 2, 3, stride=2, padding=1)(x, [n * 2] * 3)" => |x, _y, n, _a| nn::ConvTranspose3d::new(4, 2, 3).stride(2).padding(1).forward_output_size(x, [n * 2; 3]);
            "learned(nn.ConvTranspose3d(4, 3, 3), x)" => |x, _y| learned(nn::ConvTranspose3d::new(4, 3, 3), x);
            "F.conv3d(x, torch.full((3, n, 2, 2, 2), a))" => |x, _y, n, a| F::conv3d(x, &torch::full([3, n, 2, 2, 2], a), None, 1, 0, 1, 1);
            "F.conv3d(x, torch.full((2, 2, 2, 2, 2), a), torch.full((2,), a), 1, 'same', 1, 2)" => |x, _y, _n, a| F::conv3d(x, &torch::full([2, 2, 2, 2, 2], a), Some(&torch::full([2], a)), 1, "same", 1, 2);
            "F.conv_transpose3d(x, torch.full((4, n, 2, 2, 2), a), stride=2)" => |x, _y, n, a| F::conv_transpose3d(x, &torch::full([4, n, 2, 2, 2], a), None, 2, 0, 0, 1, 1);
            "nn.MaxPool3d(2)(x)" => |x, _y| nn::MaxPool3d::new(2).forward(x);
            "nn.MaxPool3d(3, stride=n - 3, padding=1)(x)" => |x, _y, n, _a| nn::MaxPool3d::new(3).stride(n - 3).padding(1).forward(x);
            "nn.MaxPool3d(n - 2, ceil_mode=True)(x)" => |x, _y, n, _a| nn::MaxPool3d::new(n - 2).ceil_mode(true).forward(x);
            "nn.MaxPool3d(2, 1, dilation=2)(x)" => |x, _y| nn::MaxPool3d::new(2).stride(1).dilation(2).forward(x);
            "nn.MaxPool3d(2, return_indices=True)(x)" => |x, _y| pair(nn::MaxPool3d::new(2).forward_with_indices(x));
            "F.max_pool3d(x, 2)" => |x, _y| F::max_pool3d(x, 2, 2, 0, 1, false);
            "F.max_pool3d(x, n - 2, 1, 1)" => |x, _y, n, _a| F::max_pool3d(x, n - 2, 1, 1, 1, false);
            "F.max_pool3d_with_indices(x, 3, 2)" => |x, _y| pair(F::max_pool3d_with_indices(x, 3, 2, 0, 1, false));
            "nn.AdaptiveMaxPool3d(n - 1)(x)" => |x, _y, n, _a| nn::AdaptiveMaxPool3d::new(n - 1).forward(x);
            "nn.AdaptiveMaxPool3d(1)(x)" => |x, _y| nn::AdaptiveMaxPool3d::new(1).forward(x);
            "nn.AdaptiveMaxPool3d((None, 2, 2))(x)" => |x, _y| nn::AdaptiveMaxPool3d::new([None, Some(2), Some(2)]).forward(x);
            "F.adaptive_max_pool3d(x, n)" => |x, _y, n, _a| F::adaptive_max_pool3d(x, n);
            "nn.AvgPool3d(2)(x)" => |x, _y| nn::AvgPool3d::new(2).forward(x);
            "nn.AvgPool3d(3, stride=n - 3, padding=1)(x)" => |x, _y, n, _a| nn::AvgPool3d::new(3).stride(n - 3).padding(1).forward(x);
            "nn.AvgPool3d(n - 2, ceil_mode=True)(x)" => |x, _y, n, _a| nn::AvgPool3d::new(n - 2).ceil_mode(true).forward(x);
            "nn.AvgPool3d(3, 1, 1, count_include_pad=False)(x)" => |x, _y| nn::AvgPool3d::new(3).stride(1).padding(1).count_include_pad(false).forward(x);
            "F.avg_pool3d(x, 2)" => |x, _y| F::avg_pool3d(x, 2, 2, 0, false, true, None);
            "F.avg_pool3d(x, n - 2, 1, 1)" => |x, _y, n, _a| F::avg_pool3d(x, n - 2, 1, 1, false, true, None);
            "nn.AvgPool3d(2, divisor_override=n - 1)(x)" => |x, _y, n, _a| nn::AvgPool3d::new(2).divisor_override(n - 1).forward(x);
            "nn.AdaptiveAvgPool3d(n - 1)(x)" => |x, _y, n, _a| nn::AdaptiveAvgPool3d::new(n - 1).forward(x);
            "nn.AdaptiveAvgPool3d(1)(x)" => |x, _y| nn::AdaptiveAvgPool3d::new(1).forward(x);
            "nn.AdaptiveAvgPool3d((None, 2, 2))(x)" => |x, _y| nn::AdaptiveAvgPool3d::new([None, Some(2), Some(2)]).forward(x);
            "F.adaptive_avg_pool3d(x, n)" => |x, _y, n, _a| F::adaptive_avg_pool3d(x, n);
            "nn.AdaptiveAvgPool1d((7,))(x)" => |x, _y| nn::AdaptiveAvgPool1d::new([7; 1]).forward(x);
            "nn.AdaptiveMaxPool1d((7,))(x)" => |x, _y| nn::AdaptiveMaxPool1d::new([7; 1]).forward(x);
            "F.conv1d(x, torch.full((2, 4, 2), a), None, 1, 'some')" => |x, _y, _n, a| F::conv1d(x, &torch::full([2, 4, 2], a), None, 1, "some", 1, 1);
            "nn.AdaptiveAvgPool2d((7, 7))(x)" => |x, _y| nn::AdaptiveAvgPool2d::new([7; 2]).forward(x);
            "nn.AdaptiveMaxPool2d((7, 7))(x)" => |x, _y| nn::AdaptiveMaxPool2d::new([7; 2]).forward(x);
            "F.conv2d(x, torch.full((2, 4, 2, 2), a), None, 1, 'some')" => |x, _y, _n, a| F::conv2d(x, &torch::full([2, 4, 2, 2], a), None, 1, "some", 1, 1);
            "nn.AdaptiveAvgPool3d((7, 7, 7))(x)" => |x, _y| nn::AdaptiveAvgPool3d::new([7; 3]).forward(x);
            "nn.AdaptiveMaxPool3d((7, 7, 7))(x)" => |x, _y| nn::AdaptiveMaxPool3d::new([7; 3]).forward(x);
            "F.conv3d(x, torch.full((2, 4, 2, 2, 2), a), None, 1, 'some')" => |x, _y, _n, a| F::conv3d(x, &torch::full([2, 4, 2, 2, 2], a), None, 1, "some", 1, 1);
            "nn.Unfold(2)(x)" => |x, _y| nn::Unfold::new(2).forward(x);
            "nn.Unfold((2, 3), dilation=1, padding=1, stride=n - 2)(x)" => |x, _y, n, _a| nn::Unfold::new([2, 3]).padding(1).stride(n - 2).forward(x);
            "nn.Fold((2, n), 2)(x)" => |x, _y, n, _a| nn::Fold::new([2, n], 2).forward(x);
            "F.unfold(x, n - 2)" => |x, _y, n, _a| F::unfold(x, n - 2, 1, 0, 1);
            "F.fold(x, 3, (1, 2), 1, 0, n - 3)" => |x, _y, n, _a| F::fold(x, 3, [1, 2], 1, 0, n - 3);
        }.at_random(),
        group! { "Linear layers and distances", FLOAT, TABLES;
            "F.cosine_similarity(x, y, n - 5, a)" => |x, y, n, a| F::cosine_similarity(x, y, n - 5, a);
            "F.pairwise_distance(x, y, a)" => |x, y, _n, a| F::pairwise_distance(x, y, a, 1e-6, false);
            "F.pairwise_distance(x, y, 2., 1e-6, True)" => |x, y| F::pairwise_distance(x, y, 2., 1e-6, true);
            "nn.CosineSimilarity()(x, y)" => |x, y| nn::CosineSimilarity::new().forward(x, y);
            "nn.CosineSimilarity(dim=n - 5, eps=a)(x, y)" => |x, y, n, a| nn::CosineSimilarity::new().dim(n - 5).eps(a).forward(x, y);
            "nn.PairwiseDistance()(x, y)" => |x, y| nn::PairwiseDistance::new().forward(x, y);
            "nn.PairwiseDistance(p=1., eps=a, keepdim=True)(x, y)" => |x, y, _n, a| nn::PairwiseDistance::new().p(1.).eps(a).keepdim(true).forward(x, y);
            "F.bilinear(x, y, torch.full((3, n, 4), a))" => |x, y, n, a| F::bilinear(x, y, &torch::full([3, n, 4], a), None);
            "nn.Bilinear(n, 4, 3)(x, y)" => |x, y, n, _a| nn::Bilinear::new(n, 4, 3).forward(x, y);
            "nn.Bilinear(4, n, 3, bias=False)(x, y)" => |x, y, n, _a| nn::Bilinear::new(4, n, 3).bias(false).forward(x, y);
            "F.gumbel_softmax(x, a)" => |x, _y, _n, a| F::gumbel_softmax(x, a, false, -1);
            "F.gumbel_softmax(x, 1., True)" => |x, _y| F::gumbel_softmax(x, 1., true, -1);
            "F.linear(x, y)" => |x, y| F::linear(x, y, None);
            "F.linear(x, torch.full((3, n), a), torch.ones(3))" => |x, _y, n, a| F::linear(x, &torch::full([3, n], a), Some(&torch::ones([3])));
            "F.one_hot(x.argmax(-1), n)" => |x, _y, n, _a| F::one_hot(&x.argmax(-1), n);
            "F.one_hot(y, n)" => |_x, y, n, _a| F::one_hot(y, n);
            "nn.Linear(n, 3)(x)" => |x, _y, n, _a| nn::Linear::new(n, 3).forward(x);
            "nn.Linear(0, 3)(x[:, :0])" => |x, _y| nn::Linear::new(0, 3).forward(&x.i((.., ..0)));
            "nn.Linear(4, n)(x)" => |x, _y, n, _a| nn::Linear::new(4, n).forward(x);
            "nn.Linear(4, 3, bias=False)(x)" => |x, _y| nn::Linear::new(4, 3).bias(false).forward(x);
        }.at_random(),
        // Not at random: of no rows PyTorch's gradient is a segmentation fault.
        group! { "Distances of rows", FLOAT, &[&[3, 4], &[1, 1], &[33, 7]];
            "F.pdist(x)" => |x, _y| F::pdist(x, 2.);
            "F.pdist(x, 1.)" => |x, _y| F::pdist(x, 1.);
        },
        group! { "Losses of elements", FLOATS, &[&[4], &[5, 4], &[2, 3, 4]];
            "F.mse_loss(x, y[..., :1])" => |x, y| F::mse_loss(x, &first(y));
            "F.l1_loss(x[..., :1], y)" => |x, y| F::l1_loss(&first(x), y);
            "F.binary_cross_entropy(x.sigmoid(), y[..., :1].sigmoid())" => |x, y| F::binary_cross_entropy(&x.sigmoid(), &first(y).sigmoid());
            "F.binary_cross_entropy_with_logits(x, y[..., :1])" => |x, y| F::binary_cross_entropy_with_logits(x, &first(y));
            "F.mse_loss(x, y)" => |x, y| F::mse_loss(x, y);
            "nn.MSELoss(reduction='mean')(x, y)" => |x, y| nn::MSELoss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.MSELoss(reduction='sum')(x, y)" => |x, y| nn::MSELoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.MSELoss(reduction='none')(x, y)" => |x, y| nn::MSELoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.l1_loss(x, y)" => |x, y| F::l1_loss(x, y);
            "nn.L1Loss(reduction='mean')(x, y)" => |x, y| nn::L1Loss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.L1Loss(reduction='sum')(x, y)" => |x, y| nn::L1Loss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.L1Loss(reduction='none')(x, y)" => |x, y| nn::L1Loss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.smooth_l1_loss(x, y)" => |x, y| F::smooth_l1_loss(x, y);
            "nn.SmoothL1Loss(reduction='mean')(x, y)" => |x, y| nn::SmoothL1Loss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.SmoothL1Loss(reduction='sum')(x, y)" => |x, y| nn::SmoothL1Loss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.SmoothL1Loss(reduction='none')(x, y)" => |x, y| nn::SmoothL1Loss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.huber_loss(x, y)" => |x, y| F::huber_loss(x, y);
            "nn.HuberLoss(reduction='mean')(x, y)" => |x, y| nn::HuberLoss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.HuberLoss(reduction='sum')(x, y)" => |x, y| nn::HuberLoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.HuberLoss(reduction='none')(x, y)" => |x, y| nn::HuberLoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.binary_cross_entropy_with_logits(x, y)" => |x, y| F::binary_cross_entropy_with_logits(x, y);
            "nn.BCEWithLogitsLoss(reduction='mean')(x, y)" => |x, y| nn::BCEWithLogitsLoss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.BCEWithLogitsLoss(reduction='sum')(x, y)" => |x, y| nn::BCEWithLogitsLoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.BCEWithLogitsLoss(reduction='none')(x, y)" => |x, y| nn::BCEWithLogitsLoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.poisson_nll_loss(x, y)" => |x, y| F::poisson_nll_loss(x, y);
            "nn.PoissonNLLLoss(reduction='mean')(x, y)" => |x, y| nn::PoissonNLLLoss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.PoissonNLLLoss(reduction='sum')(x, y)" => |x, y| nn::PoissonNLLLoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.PoissonNLLLoss(reduction='none')(x, y)" => |x, y| nn::PoissonNLLLoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.kl_div(x, y)" => |x, y| F::kl_div(x, y);
            "nn.KLDivLoss(reduction='mean')(x, y)" => |x, y| nn::KLDivLoss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.KLDivLoss(reduction='sum')(x, y)" => |x, y| nn::KLDivLoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.KLDivLoss(reduction='none')(x, y)" => |x, y| nn::KLDivLoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.soft_margin_loss(x, y)" => |x, y| F::soft_margin_loss(x, y);
            "nn.SoftMarginLoss(reduction='mean')(x, y)" => |x, y| nn::SoftMarginLoss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.SoftMarginLoss(reduction='sum')(x, y)" => |x, y| nn::SoftMarginLoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.SoftMarginLoss(reduction='none')(x, y)" => |x, y| nn::SoftMarginLoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.hinge_embedding_loss(x, y)" => |x, y| F::hinge_embedding_loss(x, y);
            "nn.HingeEmbeddingLoss(reduction='mean')(x, y)" => |x, y| nn::HingeEmbeddingLoss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.HingeEmbeddingLoss(reduction='sum')(x, y)" => |x, y| nn::HingeEmbeddingLoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.HingeEmbeddingLoss(reduction='none')(x, y)" => |x, y| nn::HingeEmbeddingLoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.multilabel_soft_margin_loss(x, y)" => |x, y| F::multilabel_soft_margin_loss(x, y);
            "nn.MultiLabelSoftMarginLoss(reduction='mean')(x, y)" => |x, y| nn::MultiLabelSoftMarginLoss::new().reduction(nn::Reduction::Mean).forward(x, y);
            "nn.MultiLabelSoftMarginLoss(reduction='sum')(x, y)" => |x, y| nn::MultiLabelSoftMarginLoss::new().reduction(nn::Reduction::Sum).forward(x, y);
            "nn.MultiLabelSoftMarginLoss(reduction='none')(x, y)" => |x, y| nn::MultiLabelSoftMarginLoss::new().reduction(nn::Reduction::None).forward(x, y);
            "F.binary_cross_entropy(x.sigmoid(), y.sigmoid())" => |x, y| F::binary_cross_entropy(&x.sigmoid(), &y.sigmoid());
            "nn.BCELoss()(x, y)" => |x, y| nn::BCELoss::new().forward(x, y);
            "nn.BCELoss(reduction='mean')(x.sigmoid(), y.sigmoid())" => |x, y| nn::BCELoss::new().reduction(nn::Reduction::Mean).forward(&x.sigmoid(), &y.sigmoid());
            "nn.BCELoss(reduction='sum')(x.sigmoid(), y.sigmoid())" => |x, y| nn::BCELoss::new().reduction(nn::Reduction::Sum).forward(&x.sigmoid(), &y.sigmoid());
            "nn.BCELoss(reduction='none')(x.sigmoid(), y.sigmoid())" => |x, y| nn::BCELoss::new().reduction(nn::Reduction::None).forward(&x.sigmoid(), &y.sigmoid());
            "nn.BCELoss(weight=torch.full((n,), a))(x.sigmoid(), y.sigmoid())" => |x, y, n, a| nn::BCELoss::new().weight(&torch::full([n], a)).forward(&x.sigmoid(), &y.sigmoid());
            "nn.BCEWithLogitsLoss(weight=torch.full((n,), a), pos_weight=torch.ones(4))(x, y.sigmoid())" => |x, y, n, a| nn::BCEWithLogitsLoss::new().weight(&torch::full([n], a)).pos_weight(&torch::ones([4])).forward(x, &y.sigmoid());
            "nn.SmoothL1Loss(beta=a)(x, y)" => |x, y, _n, a| nn::SmoothL1Loss::new().beta(a).forward(x, y);
            "nn.SmoothL1Loss(beta=0.)(x, y)" => |x, y| nn::SmoothL1Loss::new().beta(0.).forward(x, y);
            "nn.HuberLoss(delta=a)(x, y)" => |x, y, _n, a| nn::HuberLoss::new().delta(a).forward(x, y);
            "nn.KLDivLoss(reduction='batchmean')(x, y)" => |x, y| nn::KLDivLoss::new().reduction(nn::Reduction::BatchMean).forward(x, y);
            "nn.KLDivLoss(reduction='batchmean', log_target=True)(x, y)" => |x, y| nn::KLDivLoss::new().reduction(nn::Reduction::BatchMean).log_target(true).forward(x, y);
            "nn.MSELoss(reduction='batchmean')(x, y)" => |x, y| nn::MSELoss::new().reduction(nn::Reduction::BatchMean).forward(x, y);
            "nn.PoissonNLLLoss(log_input=False, full=True, eps=a)(x.sigmoid(), y)" => |x, y, _n, a| nn::PoissonNLLLoss::new().log_input(false).full(true).eps(a).forward(&x.sigmoid(), y);
            "F.gaussian_nll_loss(x, y, torch.full_like(x, a))" => |x, y, _n, a| F::gaussian_nll_loss(x, y, &torch::full_like(x, a));
            "nn.GaussianNLLLoss()(x, y, y.abs())" => |x, y| nn::GaussianNLLLoss::new().forward(x, y, &y.abs());
            "nn.GaussianNLLLoss(full=True, eps=a, reduction='sum')(y, x, x.exp())" => |x, y, _n, a| nn::GaussianNLLLoss::new().full(true).eps(a).reduction(nn::Reduction::Sum).forward(y, x, &x.exp());
            "nn.GaussianNLLLoss(reduction='none')(y, y, x.abs().max(-1)[0])" => |x, y| nn::GaussianNLLLoss::new().reduction(nn::Reduction::None).forward(y, y, &x.abs().max_dim(-1)[0]);
            "nn.HingeEmbeddingLoss(margin=a)(x, y.sign())" => |x, y, _n, a| nn::HingeEmbeddingLoss::new().margin(a).forward(x, &y.sign());
            "nn.MultiLabelSoftMarginLoss(weight=torch.full((n,), a))(x, y)" => |x, y, n, a| nn::MultiLabelSoftMarginLoss::new().weight(&torch::full([n], a)).forward(x, y);
        }.at_random(),
        group! { "Losses of classes", FLOATS, TABLES;
            "F.nll_loss(x, y.argmax(1))" => |x, y| F::nll_loss(x, &y.argmax(1));
            "F.nll_loss(x, y)" => |x, y| F::nll_loss(x, y);
            "nn.NLLLoss(reduction='mean')(x, y.argmax(1))" => |x, y| nn::NLLLoss::new().reduction(nn::Reduction::Mean).forward(x, &y.argmax(1));
            "nn.NLLLoss(reduction='sum')(x, y.argmax(1))" => |x, y| nn::NLLLoss::new().reduction(nn::Reduction::Sum).forward(x, &y.argmax(1));
            "nn.NLLLoss(reduction='none')(x, y.argmax(1))" => |x, y| nn::NLLLoss::new().reduction(nn::Reduction::None).forward(x, &y.argmax(1));
            "nn.NLLLoss(weight=torch.full((n,), a))(x, y.argmax(1))" => |x, y, n, a| nn::NLLLoss::new().weight(&torch::full([n], a)).forward(x, &y.argmax(1));
            "F.cross_entropy(x, y.argmax(1))" => |x, y| F::cross_entropy(x, &y.argmax(1));
            "F.cross_entropy(x, y)" => |x, y| F::cross_entropy(x, y);
            "nn.CrossEntropyLoss(reduction='mean')(x, y.argmax(1))" => |x, y| nn::CrossEntropyLoss::new().reduction(nn::Reduction::Mean).forward(x, &y.argmax(1));
            "nn.CrossEntropyLoss(reduction='sum')(x, y.argmax(1))" => |x, y| nn::CrossEntropyLoss::new().reduction(nn::Reduction::Sum).forward(x, &y.argmax(1));
            "nn.CrossEntropyLoss(reduction='none')(x, y.argmax(1))" => |x, y| nn::CrossEntropyLoss::new().reduction(nn::Reduction::None).forward(x, &y.argmax(1));
            "nn.CrossEntropyLoss(weight=torch.full((n,), a))(x, y.argmax(1))" => |x, y, n, a| nn::CrossEntropyLoss::new().weight(&torch::full([n], a)).forward(x, &y.argmax(1));
            "F.multi_margin_loss(x, y.argmax(1))" => |x, y| F::multi_margin_loss(x, &y.argmax(1));
            "F.multi_margin_loss(x, y)" => |x, y| F::multi_margin_loss(x, y);
            "nn.MultiMarginLoss(reduction='mean')(x, y.argmax(1))" => |x, y| nn::MultiMarginLoss::new().reduction(nn::Reduction::Mean).forward(x, &y.argmax(1));
            "nn.MultiMarginLoss(reduction='sum')(x, y.argmax(1))" => |x, y| nn::MultiMarginLoss::new().reduction(nn::Reduction::Sum).forward(x, &y.argmax(1));
            "nn.MultiMarginLoss(reduction='none')(x, y.argmax(1))" => |x, y| nn::MultiMarginLoss::new().reduction(nn::Reduction::None).forward(x, &y.argmax(1));
            "nn.MultiMarginLoss(weight=torch.full((n,), a))(x, y.argmax(1))" => |x, y, n, a| nn::MultiMarginLoss::new().weight(&torch::full([n], a)).forward(x, &y.argmax(1));
            "nn.NLLLoss(ignore_index=n)(x, y.argmax(1))" => |x, y, n, _a| nn::NLLLoss::new().ignore_index(n).forward(x, &y.argmax(1));
            "nn.CrossEntropyLoss(ignore_index=n)(x, y.argmax(1))" => |x, y, n, _a| nn::CrossEntropyLoss::new().ignore_index(n).forward(x, &y.argmax(1));
            "nn.CrossEntropyLoss(label_smoothing=a)(x, y.argmax(1))" => |x, y, _n, a| nn::CrossEntropyLoss::new().label_smoothing(a).forward(x, &y.argmax(1));
            "nn.CrossEntropyLoss(weight=torch.full_like(x[0], 2.), reduction='none')(x, y.argmax(1))" => |x, y| nn::CrossEntropyLoss::new().weight(&torch::full_like(&x.i(0), 2.)).reduction(nn::Reduction::None).forward(x, &y.argmax(1));
            "nn.MultiMarginLoss(p=n - 2, margin=a)(x, y.argmax(1))" => |x, y, n, a| nn::MultiMarginLoss::new().p(n - 2).margin(a).forward(x, &y.argmax(1));
            "F.multilabel_margin_loss(x, (y * 0).long())" => |x, y| F::multilabel_margin_loss(x, &(y * 0).long());
            "nn.MultiLabelMarginLoss()(x, y)" => |x, y| nn::MultiLabelMarginLoss::new().forward(x, y);
            "nn.MultiLabelMarginLoss(reduction='sum')(x, y.sign().long())" => |x, y| nn::MultiLabelMarginLoss::new().reduction(nn::Reduction::Sum).forward(x, &y.sign().long());
        }.at_random(),
        group! { "Losses of distances", FLOAT, TABLES;
            "F.margin_ranking_loss(x, y, y.sign())" => |x, y| F::margin_ranking_loss(x, y, &y.sign());
            "nn.MarginRankingLoss(margin=a, reduction='sum')(x, y, y.sign())" => |x, y, _n, a| nn::MarginRankingLoss::new().margin(a).reduction(nn::Reduction::Sum).forward(x, y, &y.sign());
            "nn.MarginRankingLoss()(x, y, x[0])" => |x, y| nn::MarginRankingLoss::new().forward(x, y, &x.i(0));
            "F.cosine_embedding_loss(x, y, torch.ones(n))" => |x, y, n, _a| F::cosine_embedding_loss(x, y, &torch::ones([n]));
            "F.cosine_embedding_loss(x, y, x.sum(-1).sign())" => |x, y| F::cosine_embedding_loss(x, y, &x.sum_dim(-1).sign());
            "nn.CosineEmbeddingLoss(margin=a, reduction='none')(x, y, x.sum(-1).sign())" => |x, y, _n, a| nn::CosineEmbeddingLoss::new().margin(a).reduction(nn::Reduction::None).forward(x, y, &x.sum_dim(-1).sign());
            "F.triplet_margin_loss(x, y, x * y)" => |x, y| F::triplet_margin_loss(x, y, &(x * y));
            "nn.TripletMarginLoss(margin=a, p=1., eps=1e-3, swap=True, reduction='sum')(x, y, x * y)" => |x, y, _n, a| nn::TripletMarginLoss::new().margin(a).p(1.).eps(1e-3).swap(true).reduction(nn::Reduction::Sum).forward(x, y, &(x * y));
            "nn.TripletMarginLoss()(x, y, y[0])" => |x, y| nn::TripletMarginLoss::new().forward(x, y, &y.i(0));
        }.at_random(),
        group! { "Losses of sequences", FLOAT, &[&[7, 3, 4]];
            "F.ctc_loss(x.log_softmax(2), torch.tensor([[1, 2], [3, 1], [2, 2]]), torch.tensor([7, 6, 5]), torch.tensor([2, 1, 2]))" => |x, _y| F::ctc_loss(&x.log_softmax(2), &torch::tensor([[1, 2], [3, 1], [2, 2]]), &torch::tensor([7, 6, 5]), &torch::tensor([2, 1, 2]));
            "nn.CTCLoss(blank=n - 4, reduction='none', zero_infinity=True)(x.log_softmax(2), torch.tensor([[1, 2], [3, 1], [2, 2]]), torch.tensor([7, 2, 5]), torch.tensor([2, 1, 2]))" => |x, _y, n, _a| nn::CTCLoss::new().blank(n - 4).reduction(nn::Reduction::None).zero_infinity(true).forward(&x.log_softmax(2), &torch::tensor([[1, 2], [3, 1], [2, 2]]), &torch::tensor([7, 2, 5]), &torch::tensor([2, 1, 2]));
        }.at_random(),
        group! { "Recurrent layers", FLOAT, &[&[5, 3, 4], &[1, 1, 4], &[7, 2, 4], &[3, 4], &[2, 5, 3, 4]];
            "nn.RNN(4, n)(x)[0]" => |x, _y, n, _a| nn::RNN::new(4, n).forward(x, None).0;
            "nn.RNN(4, 3, num_layers=2, nonlinearity='relu', batch_first=True, dropout=a)(x)[1]" => |x, _y, _n, a| nn::RNN::new(4, 3).num_layers(2).nonlinearity("relu").batch_first(true).dropout(a).forward(x, None).1;
            "nn.LSTM(4, n, bidirectional=True)(x)[0]" => |x, _y, n, _a| nn::LSTM::new(4, n).bidirectional(true).forward(x, None).0;
            "nn.LSTM(4, 5, proj_size=n)(x)[1][1]" => |x, _y, n, _a| nn::LSTM::new(4, 5).proj_size(n).forward(x, None).1.1;
            "nn.GRU(4, n, bias=False)(x)[0]" => |x, _y, n, _a| nn::GRU::new(4, n).bias(false).forward(x, None).0;
            "nn.RNNCell(4, n)(x[0])" => |x, _y, n, _a| nn::RNNCell::new(4, n).forward(&x.i(0), None);
            "nn.LSTMCell(4, n)(x[0])[1]" => |x, _y, n, _a| nn::LSTMCell::new(4, n).forward(&x.i(0), None).1;
            "nn.GRUCell(4, n)(x[0])" => |x, _y, n, _a| nn::GRUCell::new(4, n).forward(&x.i(0), None);
            "nn.Embedding(9, 3)(x.abs().long())" => |x, _y| nn::Embedding::new(9, 3).forward(&x.abs().long());
            "nn.Embedding.from_pretrained(x)(torch.tensor([1, 0, 1]))" => |x, _y| nn::Embedding::from_pretrained(x).forward(&torch::tensor([1, 0, 1]));
            "nn.Embedding.from_pretrained(x.float(), padding_idx=n - 5)(torch.tensor([1, 0]))" => |x, _y, n, _a| nn::Embedding::from_pretrained(&x.float()).padding_idx(n - 5).forward(&torch::tensor([1, 0]));
            "F.embedding(x.long(), torch.ones(3, 2))" => |x, _y| F::embedding(&x.long(), &torch::ones([3, 2]), None, None, 2., false);
            "nn.utils.rnn.pack_sequence([x, y], enforce_sorted=False).data" => |x, y| nn::utils::rnn::pack_sequence([x, y], false).data;
            "nn.utils.rnn.pad_sequence([x, y[:2]], padding_value=a)" => |x, y, _n, a| nn::utils::rnn::pad_sequence([x, &y.i(..2)], false, a);
        }.at_random(),
        group! { "Models", FLOAT, TABLES;
            "nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))(x)" => |x, _y| sequential![nn::Linear::new(4, 5), nn::ReLU::new(), nn::Linear::new(5, 2)].forward(x);
            "loaded(nn.BatchNorm1d(4), nn.BatchNorm1d(4), x)" => |x, _y| loaded(nn::BatchNorm1d::new(4), nn::BatchNorm1d::new(4), x);
            "nn.ModuleList([nn.Linear(4, 3)])[0](x)" => |x, _y| nn::ModuleList::new([nn::Linear::new(4, 3)])[0].forward(x);
            "nn.ModuleDict({'last': nn.Linear(4, 3)})['last'](x)" => |x, _y| nn::ModuleDict::new([("last", nn::Linear::new(4, 3))])["last"].forward(x);
            "nn.ParameterList([torch.full((4,), a)])[0] * x" => |x, _y, _n, a| &nn::ParameterList::new([torch::full([4], a)])[0] * x;
            "nn.ParameterDict({'last': torch.full((4,), a)})['last'] * x" => |x, _y, _n, a| &nn::ParameterDict::new([("last", torch::full([4], a))])["last"] * x;
            "clipped(nn.utils.clip_grad_norm_, x, a)" => |x, _y, _n, a| clipped_norm(x, a, 2., false);
            "clipped(nn.utils.clip_grad_norm_, x, 1., float('inf'))" => |x, _y| clipped_norm(x, 1., f64::INFINITY, false);
            "clipped(nn.utils.clip_grad_norm_, x, 1., a, True)" => |x, _y, _n, a| clipped_norm(x, 1., a, true);
            "clipped(nn.utils.clip_grad_value_, x, a)" => |x, _y, _n, a| clipped_value(x, a);
        }.at_random(),
        group! { "Texts of layers", FLOAT, NONE;
            "repr(nn.ReLU(inplace=True))" => |_x, _y| nn::ReLU::new().inplace(true).repr();
            "repr(nn.ReLU6())" => |_x, _y| nn::ReLU6::new().repr();
            "repr(nn.LeakyReLU(0.2, inplace=True))" => |_x, _y| nn::LeakyReLU::new().negative_slope(0.2).inplace(true).repr();
            "repr(nn.ELU(2.))" => |_x, _y| nn::ELU::new().alpha(2.).repr();
            "repr(nn.CELU())" => |_x, _y| nn::CELU::new().repr();
            "repr(nn.SELU())" => |_x, _y| nn::SELU::new().repr();
            "repr(nn.GELU(approximate='tanh'))" => |_x, _y| nn::GELU::new().approximate("tanh").repr();
            "repr(nn.SiLU(True))" => |_x, _y| nn::SiLU::new().inplace(true).repr();
            "repr(nn.Mish())" => |_x, _y| nn::Mish::new().repr();
            "repr(nn.Softplus(0.5))" => |_x, _y| nn::Softplus::new().beta(0.5).repr();
            "repr(nn.Hardsigmoid(True))" => |_x, _y| nn::Hardsigmoid::new().inplace(true).repr();
            "repr(nn.Hardswish(True))" => |_x, _y| nn::Hardswish::new().inplace(true).repr();
            "repr(nn.Hardtanh(-2., 2., True))" => |_x, _y| nn::Hardtanh::new().min_val(-2.).max_val(2.).inplace(true).repr();
            "repr(nn.Hardshrink(1e-5))" => |_x, _y| nn::Hardshrink::new().lambd(1e-5).repr();
            "repr(nn.Softshrink())" => |_x, _y| nn::Softshrink::new().repr();
            "repr(nn.Threshold(0.1, 20., True))" => |_x, _y| nn::Threshold::new(0.1, 20.).inplace(true).repr();
            "repr(nn.Softmax(-1))" => |_x, _y| nn::Softmax::new(-1).repr();
            "repr(nn.Softmin(1))" => |_x, _y| nn::Softmin::new(1).repr();
            "repr(nn.LogSoftmax(1))" => |_x, _y| nn::LogSoftmax::new(1).repr();
            "repr(nn.Softmax2d())" => |_x, _y| nn::Softmax2d::new().repr();
            "repr(nn.GLU())" => |_x, _y| nn::GLU::new().repr();
            "repr(nn.PReLU(3))" => |_x, _y| nn::PReLU::new().num_parameters(3).repr();
            "repr(nn.RReLU(inplace=True))" => |_x, _y| nn::RReLU::new().inplace(true).repr();
            "repr(nn.AlphaDropout(0.3))" => |_x, _y| nn::AlphaDropout::new(0.3).repr();
            "repr(nn.Dropout2d(0.3))" => |_x, _y| nn::Dropout2d::new(0.3).repr();
            "repr(nn.BatchNorm2d(3, 1e-3, 0.2))" => |_x, _y| nn::BatchNorm2d::new(3).eps(1e-3).momentum(0.2).repr();
            "repr(nn.InstanceNorm1d(3, affine=True))" => |_x, _y| nn::InstanceNorm1d::new(3).affine(true).repr();
            "repr(nn.LayerNorm(3))" => |_x, _y| nn::LayerNorm::new([3]).repr();
            "repr(nn.LayerNorm([3, 4], bias=False))" => |_x, _y| nn::LayerNorm::new([3, 4]).bias(false).repr();
            "repr(nn.GroupNorm(2, 4))" => |_x, _y| nn::GroupNorm::new(2, 4).repr();
            "repr(nn.RMSNorm([3, 4], 1e-6))" => |_x, _y| nn::RMSNorm::new([3, 4]).eps(1e-6).repr();
            "repr(nn.LocalResponseNorm(2))" => |_x, _y| nn::LocalResponseNorm::new(2).repr();
            "repr(nn.ZeroPad2d(1))" => |_x, _y| nn::ZeroPad2d::new(1).repr();
            "repr(nn.ConstantPad1d(2, 3.5))" => |_x, _y| nn::ConstantPad1d::new(2, 3.5).repr();
            "repr(nn.ReflectionPad2d((1, 2, 3, 4)))" => |_x, _y| nn::ReflectionPad2d::new([1, 2, 3, 4]).repr();
            "repr(nn.PixelShuffle(2))" => |_x, _y| nn::PixelShuffle::new(2).repr();
            "repr(nn.PixelUnshuffle(2))" => |_x, _y| nn::PixelUnshuffle::new(2).repr();
            "repr(nn.ChannelShuffle(2))" => |_x, _y| nn::ChannelShuffle::new(2).repr();
            "repr(nn.Flatten())" => |_x, _y| nn::Flatten::new().repr();
            "repr(nn.Unflatten(1, (2, -1)))" => |_x, _y| nn::Unflatten::new(1, [2, -1]).repr();
            "repr(nn.Bilinear(2, 3, 4, bias=False))" => |_x, _y| nn::Bilinear::new(2, 3, 4).bias(false).repr();
            "repr(nn.CosineSimilarity())" => |_x, _y| nn::CosineSimilarity::new().repr();
            "repr(nn.PairwiseDistance())" => |_x, _y| nn::PairwiseDistance::new().repr();
            "repr(nn.ParameterList([torch.ones(2, 3), torch.ones(1)]))" => |_x, _y| nn::ParameterList::new([torch::ones([2, 3]), torch::ones([1])]).repr();
            "repr(nn.ParameterDict({'a': torch.ones(2)}))" => |_x, _y| nn::ParameterDict::new([("a", torch::ones([2]))]).repr();
            "repr(nn.HuberLoss())" => |_x, _y| nn::HuberLoss::new().repr();
            "repr(nn.TripletMarginLoss())" => |_x, _y| nn::TripletMarginLoss::new().repr();
            "repr(nn.Sequential(nn.GELU(), nn.LayerNorm(3)))" => |_x, _y| sequential![nn::GELU::new(), nn::LayerNorm::new([3])].repr();
            "repr(nn.Sequential(nn.Linear(2, 1)).get_parameter('0.bias'))" => |_x, _y| sequential![nn::Linear::new(2, 1)].get_parameter("0.bias").repr();
            "repr(nn.Sequential(nn.Linear(2, 1)).get_parameter('0.wait'))" => |_x, _y| sequential![nn::Linear::new(2, 1)].get_parameter("0.wait").repr();
            "repr(nn.Sequential(nn.Linear(2, 1)).get_parameter('1.bias'))" => |_x, _y| sequential![nn::Linear::new(2, 1)].get_parameter("1.bias").repr();
            "repr(nn.Linear(2, 1).get_parameter('weight.x'))" => |_x, _y| nn::Linear::new(2, 1).get_parameter("weight.x").repr();
            "repr(nn.Conv1d(3, 8, 3))" => |_x, _y| nn::Conv1d::new(3, 8, 3).repr();
            "repr(nn.Conv2d(3, 8, (3, 1), stride=(2, 1), padding=(1, 0), dilation=2, groups=1, bias=False))" => |_x, _y| nn::Conv2d::new(3, 8, [3, 1]).stride([2, 1]).padding([1, 0]).dilation(2).groups(1).bias(false).repr();
            "repr(nn.Conv2d(4, 8, 3, padding='same', groups=2, padding_mode='circular'))" => |_x, _y| nn::Conv2d::new(4, 8, 3).padding("same").groups(2).padding_mode("circular").repr();
            "repr(nn.Conv2d(4, 8, 3, padding='valid'))" => |_x, _y| nn::Conv2d::new(4, 8, 3).padding("valid").repr();
            "repr(nn.Conv3d(1, 1, 2))" => |_x, _y| nn::Conv3d::new(1, 1, 2).repr();
            "repr(nn.Conv2d(4, 8, 3, 2, 'same'))" => |_x, _y| nn::Conv2d::new(4, 8, 3).stride(2).padding("same").repr();
            "repr(nn.Conv2d(4, 6, 3, groups=4))" => |_x, _y| nn::Conv2d::new(4, 6, 3).groups(4).repr();
            "repr(nn.Conv2d(3, 6, 3, groups=2))" => |_x, _y| nn::Conv2d::new(3, 6, 3).groups(2).repr();
            "repr(nn.Conv2d(3, 6, 3, groups=0))" => |_x, _y| nn::Conv2d::new(3, 6, 3).groups(0).repr();
            "repr(nn.ConvTranspose1d(3, 8, 3))" => |_x, _y| nn::ConvTranspose1d::new(3, 8, 3).repr();
            "repr(nn.ConvTranspose2d(3, 8, 3, stride=2, padding=1, output_padding=1, dilation=2))" => |_x, _y| nn::ConvTranspose2d::new(3, 8, 3).stride(2).padding(1).output_padding(1).dilation(2).repr();
            "repr(nn.ConvTranspose3d(3, 3, (1, 2, 3), groups=3, bias=False))" => |_x, _y| nn::ConvTranspose3d::new(3, 3, [1, 2, 3]).groups(3).bias(false).repr();
            "repr(nn.MaxPool1d(2))" => |_x, _y| nn::MaxPool1d::new(2).repr();
            "repr(nn.AvgPool1d(2, 1))" => |_x, _y| nn::AvgPool1d::new(2).stride(1).repr();
            "repr(nn.AdaptiveAvgPool1d(7))" => |_x, _y| nn::AdaptiveAvgPool1d::new(7).repr();
            "repr(nn.AdaptiveMaxPool1d((7,)))" => |_x, _y| nn::AdaptiveMaxPool1d::new([7; 1]).repr();
            "repr(nn.MaxPool2d(2))" => |_x, _y| nn::MaxPool2d::new(2).repr();
            "repr(nn.AvgPool2d(2, 1))" => |_x, _y| nn::AvgPool2d::new(2).stride(1).repr();
            "repr(nn.AdaptiveAvgPool2d(7))" => |_x, _y| nn::AdaptiveAvgPool2d::new(7).repr();
            "repr(nn.AdaptiveMaxPool2d((7, 7)))" => |_x, _y| nn::AdaptiveMaxPool2d::new([7; 2]).repr();
            "repr(nn.MaxPool3d(2))" => |_x, _y| nn::MaxPool3d::new(2).repr();
            "repr(nn.AvgPool3d(2, 1))" => |_x, _y| nn::AvgPool3d::new(2).stride(1).repr();
            "repr(nn.AdaptiveAvgPool3d(7))" => |_x, _y| nn::AdaptiveAvgPool3d::new(7).repr();
            "repr(nn.AdaptiveMaxPool3d((7, 7, 7)))" => |_x, _y| nn::AdaptiveMaxPool3d::new([7; 3]).repr();
            "repr(nn.MaxPool2d((3, 2), stride=(2, 1), padding=1, ceil_mode=True))" => |_x, _y| nn::MaxPool2d::new([3, 2]).stride([2, 1]).padding(1).ceil_mode(true).repr();
            "repr(nn.AvgPool2d((3, 2), padding=(1, 0)))" => |_x, _y| nn::AvgPool2d::new([3, 2]).padding([1, 0]).repr();
            "repr(nn.AdaptiveAvgPool2d((None, 7)))" => |_x, _y| nn::AdaptiveAvgPool2d::new([None, Some(7)]).repr();
            "repr(nn.Unfold(3, padding=1))" => |_x, _y| nn::Unfold::new(3).padding(1).repr();
            "repr(nn.Fold((4, 5), 2))" => |_x, _y| nn::Fold::new([4, 5], 2).repr();
            "repr([*nn.Conv2d(1, 2, 3).state_dict()])" => |_x, _y| names(&nn::Conv2d::new(1, 2, 3));
            "repr([*nn.ConvTranspose2d(1, 2, 3, bias=False).state_dict()])" => |_x, _y| names(&nn::ConvTranspose2d::new(1, 2, 3).bias(false));
            "repr([*nn.PReLU().state_dict()])" => |_x, _y| names(&nn::PReLU::new());
            "repr([*nn.BatchNorm2d(3).state_dict()])" => |_x, _y| names(&nn::BatchNorm2d::new(3));
            "repr([*nn.InstanceNorm1d(3, affine=True).state_dict()])" => |_x, _y| names(&nn::InstanceNorm1d::new(3).affine(true));
            "repr([*nn.LayerNorm(3).state_dict()])" => |_x, _y| names(&nn::LayerNorm::new([3]));
            "repr([*nn.GroupNorm(1, 3, bias=False).state_dict()])" => |_x, _y| names(&nn::GroupNorm::new(1, 3).bias(false));
            "repr([*nn.RMSNorm(3).state_dict()])" => |_x, _y| names(&nn::RMSNorm::new([3]));
            "repr([*nn.Bilinear(1, 2, 3).state_dict()])" => |_x, _y| names(&nn::Bilinear::new(1, 2, 3));
            "repr([*nn.ParameterList([torch.ones(1), torch.ones(2)]).state_dict()])" => |_x, _y| names(&nn::ParameterList::new([torch::ones([1]), torch::ones([2])]));
            "repr([*nn.BCEWithLogitsLoss(torch.ones(1), pos_weight=torch.ones(1)).state_dict()])" => |_x, _y| names(&nn::BCEWithLogitsLoss::new().weight(&torch::ones([1])).pos_weight(&torch::ones([1])));
        },
        group! { "Initialisers", FLOAT, WEIGHTS;
            "nn.init.uniform_(torch.zeros(x.shape), a, 3.)" => |x, _y, _n, a| nn::init::uniform_(&torch::zeros(x.shape()), a, 3.);
            "nn.init.normal_(torch.zeros(x.shape), 1., a)" => |x, _y, _n, a| nn::init::normal_(&torch::zeros(x.shape()), 1., a);
            "nn.init.constant_(torch.zeros(x.shape), a)" => |x, _y, _n, a| nn::init::constant_(&torch::zeros(x.shape()), a);
            "nn.init.zeros_(torch.zeros(x.shape))" => |x, _y| nn::init::zeros_(&torch::zeros(x.shape()));
            "nn.init.ones_(torch.zeros(x.shape))" => |x, _y| nn::init::ones_(&torch::zeros(x.shape()));
            "nn.init.eye_(torch.zeros(x.shape))" => |x, _y| nn::init::eye_(&torch::zeros(x.shape()));
            "nn.init.dirac_(torch.zeros(x.shape), n - 3)" => |x, _y, n, _a| nn::init::dirac_(&torch::zeros(x.shape()), n - 3);
            "nn.init.xavier_uniform_(torch.zeros(x.shape))" => |x, _y| nn::init::xavier_uniform_(&torch::zeros(x.shape()));
            "nn.init.xavier_normal_(torch.zeros(x.shape))" => |x, _y| nn::init::xavier_normal_(&torch::zeros(x.shape()));
            "nn.init.kaiming_uniform_(torch.zeros(x.shape), a)" => |x, _y, _n, a| nn::init::kaiming_uniform_(&torch::zeros(x.shape()), a);
            "nn.init.kaiming_normal_(torch.zeros(x.shape), a)" => |x, _y, _n, a| nn::init::kaiming_normal_(&torch::zeros(x.shape()), a);
            "nn.init.orthogonal_(torch.zeros(x.shape), a)" => |x, _y, _n, a| nn::init::orthogonal_(&torch::zeros(x.shape()), a);
            "nn.init.sparse_(torch.zeros(x.shape), a, 0.5)" => |x, _y, _n, a| nn::init::sparse_(&torch::zeros(x.shape()), a, 0.5);
            "nn.init.trunc_normal_(torch.zeros(x.shape), 0., 1., -a, 1.)" => |x, _y, _n, a| nn::init::trunc_normal_(&torch::zeros(x.shape()), 0., 1., -a, 1.);
            "nn.init.trunc_normal_(torch.zeros(x.shape), 3., 1., -1., 1. + a)" => |x, _y, _n, a| nn::init::trunc_normal_(&torch::zeros(x.shape()), 3., 1., -1., 1. + a);
        }.at_random(),
    ]
}

//! Functions of `torch`.

use super::*;

#[rustfmt::skip]
pub(super) fn groups() -> Vec<Group> {
    vec![
        group! { "Functions, element by element", FLOATS, SHAPES;
            "torch.exp(x)" => |x, _y| torch::exp(x);
            "torch.log(x)" => |x, _y| torch::log(x);
            "torch.log2(x)" => |x, _y| torch::log2(x);
            "torch.sqrt(x)" => |x, _y| torch::sqrt(x);
            "torch.sin(x)" => |x, _y| torch::sin(x);
            "torch.cos(x)" => |x, _y| torch::cos(x);
            "torch.sigmoid(x)" => |x, _y| torch::sigmoid(x);
            "torch.tanh(x)" => |x, _y| torch::tanh(x);
            "torch.selu(x)" => |x, _y| torch::selu(x);
            "torch.square(x)" => |x, _y| torch::square(x);
            "torch.floor(x)" => |x, _y| torch::floor(x);
            "torch.ceil(x)" => |x, _y| torch::ceil(x);
            "torch.round(x)" => |x, _y| torch::round(x);
            "torch.pow(x, 2)" => |x, _y| torch::pow(x, 2);
            "torch.pow(x, 0.5)" => |x, _y| torch::pow(x, 0.5);
            "torch.pow(x, -3)" => |x, _y| torch::pow(x, -3);
            "torch.div(x, y)" => |x, y| torch::div(x, y);
            "torch.norm(x)" => |x, _y| torch::norm(x);
            "torch.mean(x)" => |x, _y| torch::mean(x);
        },
        // Of one element libtorch warns, at length.
        group! { "Functions of two elements and more", FLOATS, &[&[7], &[3, 4], &[2, 3, 5], &[1000], &[200, 300]];
            "torch.std(x)" => |x, _y| torch::std(x);
            "torch.var(x)" => |x, _y| torch::var(x);
        },
        group! { "Functions of numbers", NUMBERS, SHAPES;
            "torch.abs(x)" => |x, _y| torch::abs(x);
            "torch.sign(x)" => |x, _y| torch::sign(x);
            "torch.relu(x)" => |x, _y| torch::relu(x);
            "torch.add(x, y)" => |x, y| torch::add(x, y);
            "torch.sub(x, y)" => |x, y| torch::sub(x, y);
            "torch.mul(x, y)" => |x, y| torch::mul(x, y);
            "torch.maximum(x, y)" => |x, y| torch::maximum(x, y);
            "torch.minimum(x, y)" => |x, y| torch::minimum(x, y);
            "torch.clamp(x, 1, 3)" => |x, _y| torch::clamp(x, 1, 3);
            "torch.clamp(x, min=1)" => |x, _y| torch::clamp_min(x, 1);
            "torch.clamp(x, max=1)" => |x, _y| torch::clamp_max(x, 1);
            "torch.sum(x)" => |x, _y| torch::sum(x);
            "torch.prod(x)" => |x, _y| torch::prod(x);
            "torch.cumsum(x, 0)" => |x, _y| torch::cumsum(x, 0);
            "x + 2" => |x, _y| x + 2;
            "2 - x" => |x, _y| 2 - x;
            "x * 0.3" => |x, _y| x * 0.3;
            "x / 3" => |x, _y| x / 3;
            "3 / x" => |x, _y| 3 / x;
            "-x" => |x, _y| -x;
        },
        group! { "Functions of any dtype", ALL, SHAPES;
            "torch.max(x)" => |x, _y| torch::max(x);
            "torch.min(x)" => |x, _y| torch::min(x);
            "torch.eq(x, y)" => |x, y| torch::eq(x, y);
            "torch.ne(x, y)" => |x, y| torch::ne(x, y);
            "torch.lt(x, y)" => |x, y| torch::lt(x, y);
            "torch.le(x, y)" => |x, y| torch::le(x, y);
            "torch.gt(x, y)" => |x, y| torch::gt(x, y);
            "torch.ge(x, y)" => |x, y| torch::ge(x, y);
            "torch.all(x)" => |x, _y| torch::all(x);
            "torch.any(x)" => |x, _y| torch::any(x);
            "torch.logical_not(x)" => |x, _y| torch::logical_not(x);
            "torch.isnan(x)" => |x, _y| torch::isnan(x);
            "torch.zeros_like(x)" => |x, _y| torch::zeros_like(x);
            "torch.ones_like(x)" => |x, _y| torch::ones_like(x);
            "torch.full_like(x, 1)" => |x, _y| torch::full_like(x, 1);
            "torch.squeeze(x)" => |x, _y| torch::squeeze(x);
            "torch.unsqueeze(x, 0)" => |x, _y| torch::unsqueeze(x, 0);
            "torch.flatten(x, 0)" => |x, _y| torch::flatten(x, 0);
            "torch.reshape(x, [-1, 1])" => |x, _y| torch::reshape(x, [-1, 1]);
            "torch.where(x > y, x, y)" => |x, y| torch::where_(&x.gt(y), x, y);
            "torch.bitwise_and(x > y, x > 1)" => |x, y| torch::bitwise_and(x.gt(y), &x.gt(1));
            "torch.bitwise_or(x > y, x > 1)" => |x, y| torch::bitwise_or(x.gt(y), &x.gt(1));
            "torch.masked_fill(x, x > y, 1)" => |x, y| torch::masked_fill(x, &x.gt(y), 1);
            "x.float()" => |x, _y| x.float();
            "x.double()" => |x, _y| x.double();
            "x.long()" => |x, _y| x.long();
            "x.bool()" => |x, _y| x.bool();
        },
        group! { "Functions along a dimension", ALL, MATRICES;
            "torch.sum(x, 0)" => |x, _y| torch::sum_dim(x, 0);
            "torch.sum(x, -1)" => |x, _y| torch::sum_dim(x, -1);
            "torch.topk(x, 1)" => |x, _y| torch::topk(x, 1);
            "torch.topk(x, 2, 0, False)" => |x, _y| torch::topk_dim(x, 2, 0, false, true);
            "torch.chunk(x, 2, 1)[-1]" => |x, _y| torch::chunk(x, 2, 1).pop().unwrap();
            "torch.max(x, 1)" => |x, _y| torch::max_dim(x, 1);
            "torch.min(x, 0)" => |x, _y| torch::min_dim(x, 0);
            "torch.argmax(x, 1)" => |x, _y| torch::argmax(x, 1);
            "torch.argmin(x, 1)" => |x, _y| torch::argmin(x, 1);
            "torch.squeeze(x, 0)" => |x, _y| torch::squeeze_dim(x, 0);
            "torch.t(x)" => |x, _y| torch::t(x);
            "torch.transpose(x, 0, 1)" => |x, _y| torch::transpose(x, 0, 1);
            "torch.permute(x, [1, 0])" => |x, _y| torch::permute(x, [1, 0]);
            "torch.cat([x, y], 0)" => |x, y| torch::cat([x, y], 0);
            "torch.cat([x, y], 1)" => |x, y| torch::cat([x, y], 1);
            "torch.stack([x, y], 1)" => |x, y| torch::stack([x, y], 1);
            "torch.gather(x, 1, torch.zeros_like(x).long())" => |x, _y| torch::gather(x, 1, &torch::zeros_like(x).long());
            "torch.scatter(x, 1, torch.zeros_like(x).long(), 1)" => |x, _y| torch::scatter(x, 1, &torch::zeros_like(x).long(), 1);
            "torch.index_select(x, 0, torch.tensor([0, -1 + len(x)]).to(x.device))" => |x, _y| torch::index_select(x, 0, &torch::tensor([0, x.size_dim(0) - 1]).to(x.device()));
            "x[0]" => |x, _y| x.i(0);
            "x[:, -1:]" => |x, _y| x.i((.., -1..));
            "x[None, ..., :1]" => |x, _y| x.i((torch::NewAxis, torch::Ellipsis, ..1));
            "x[x > y]" => |x, y| x.i(&x.gt(y));
        },
        group! { "Functions along a dimension, of floats", FLOATS, MATRICES;
            "torch.mean(x, 0)" => |x, _y| torch::mean_dim(x, 0);
            "torch.mean(x, 1)" => |x, _y| torch::mean_dim(x, 1);
            "torch.softmax(x, 0)" => |x, _y| torch::softmax(x, 0);
            "torch.softmax(x, 1)" => |x, _y| torch::softmax(x, 1);
            "torch.multinomial(x.abs() + 1, 2)" => |x, _y| torch::multinomial(x.abs() + 1, 2, false);
            "torch.multinomial(x, 3, True)" => |x, _y| torch::multinomial(x, 3, true);
            "torch.log_softmax(x, 1)" => |x, _y| torch::log_softmax(x, 1);
        },
        group! { "Functions along a dimension of two and more", FLOATS, &[&[3, 4], &[33, 7], &[200, 300]];
            "torch.std(x, 0)" => |x, _y| torch::std_dim(x, 0);
        },
        group! { "Products", &["float32", "float64", "int64"], SQUARES;
            "torch.matmul(x, y)" => |x, y| torch::matmul(x, y);
            "torch.mm(x, y)" => |x, y| torch::mm(x, y);
            "torch.matmul(x, y[0])" => |x, y| torch::matmul(x, &y.i(0));
        },
        group! { "Products of vectors", &["float32", "float64", "int64"], VECTORS;
            "torch.dot(x, y)" => |x, y| torch::dot(x, y);
        },
        group! { "Functions that make a tensor, from numbers or by drawing", FLOAT, SHAPES;
            "torch.empty(x.shape).shape" => |x, _y| torch::empty(x.shape()).shape().to_string();
            "torch.zeros(x.shape)" => |x, _y| torch::zeros(x.shape());
            "torch.ones(x.shape)" => |x, _y| torch::ones(x.shape());
            "torch.full(x.shape, 0.3)" => |x, _y| torch::full(x.shape(), 0.3);
            "torch.rand(x.shape)" => |x, _y| torch::rand(x.shape());
            "torch.randn(x.shape)" => |x, _y| torch::randn(x.shape());
            "torch.rand_like(x)" => |x, _y| torch::rand_like(x);
            "torch.randn_like(x)" => |x, _y| torch::randn_like(x);
            "torch.normal(1., 2., x.shape)" => |x, _y| torch::normal(1., 2., x.shape());
            "torch.randint(2, 9, x.shape)" => |x, _y| torch::randint(2, 9, x.shape());
            "torch.randperm(x.numel())" => |x, _y| torch::randperm(x.numel() as i64);
            "torch.arange(x.numel())" => |x, _y| torch::arange(x.numel() as i64);
            "torch.arange(3, x.numel() + 4)" => |x, _y| torch::arange_start(3, x.numel() as i64 + 4);
            "torch.linspace(-5., 7., x.numel())" => |x, _y| torch::linspace(-5., 7., x.numel() as i64);
            "torch.eye(x.dim())" => |x, _y| torch::eye(x.dim() as i64);
        },
    ]
}

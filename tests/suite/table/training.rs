//! `torch.optim` and its schedules.

use zerotoall::optim::lr_scheduler::{self, LRScheduler};
use zerotoall::optim::{
    ASGD, Adadelta, Adagrad, Adam, AdamW, Adamax, LBFGS, NAdam, RAdam, RMSprop, Rprop, SGD,
};

use super::*;

/// A model after six steps of an optimiser, and what the optimiser remembers: table.py has the same.
fn trained(make: impl Fn(Vec<Tensor>) -> Box<dyn Optimizer>) -> Vec<Out> {
    of_training(make, |optimizer, closure| {
        closure();
        optimizer.step();
    })
}

/// The same, of an optimiser that calls a closure.
fn trained_with(make: impl Fn(Vec<Tensor>) -> Box<dyn Optimizer>) -> Vec<Out> {
    let mut outs = of_training(make, |optimizer, closure| drop(optimizer.step_with(closure)));
    // LBFGS remembers another kind of things in Python.
    outs.truncate(4);
    outs
}

fn of_training(
    make: impl Fn(Vec<Tensor>) -> Box<dyn Optimizer>,
    step: impl Fn(&dyn Optimizer, &mut dyn FnMut() -> Tensor),
) -> Vec<Out> {
    let model = sequential![nn::Linear::new(4, 5), nn::Tanh::new(), nn::Linear::new(5, 2)];
    let (x, y) = (torch::randn([9, 4]), torch::randn([9, 2]));
    let optimizer = make(model.parameters());
    for _ in 0..6 {
        step(&*optimizer, &mut || {
            let loss = F::mse_loss(&model.forward(&x), &y);
            optimizer.zero_grad();
            loss.backward();
            loss
        });
    }
    let (names, state): (Vec<String>, Vec<Tensor>) = optimizer.state().into_iter().unzip();
    let parameters = model.parameters();
    let tensors = parameters.iter().map(Tensor::detach).chain(state).map(Out::Tensor);
    tensors.chain([Out::Text(names.repr())]).collect()
}

fn doubles(values: Vec<f64>) -> Tensor {
    tch::Tensor::from_slice(&values).into()
}

/// The learning rates of 33 epochs.
fn rates(make: impl for<'a> Fn(&'a SGD) -> Box<dyn LRScheduler + 'a>) -> Tensor {
    let optimizer = SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    let schedule = make(&optimizer);
    let rate = |_| {
        optimizer.step();
        schedule.step();
        schedule.get_last_lr()
    };
    doubles([optimizer.lr()].into_iter().chain((0..33).map(rate)).collect())
}

/// The learning rates and momenta of 33 steps, of two groups of SGD's and of Adam's.
fn cycled(make: impl for<'a> Fn(&'a dyn Optimizer) -> Box<dyn LRScheduler + 'a>) -> Vec<Tensor> {
    let w = || [torch::zeros([1]).requires_grad_()];
    let of = |optimizer: &dyn Optimizer| {
        let schedule = make(optimizer);
        let mut seen = Vec::new();
        for _ in 0..33 {
            seen.extend(optimizer.lrs().into_iter().chain(optimizer.momentum()));
            optimizer.step();
            schedule.step();
        }
        doubles(seen)
    };
    let sgd = SGD::new(w(), 0.1).momentum(0.5).add_param_group(SGD::new(w(), 0.2).momentum(0.5));
    vec![of(&sgd), of(&Adam::new(w(), 0.1))]
}

/// The learning rates of 33 epochs with figures that go down, and up again.
fn plateau(make: impl for<'a> Fn(&'a SGD) -> lr_scheduler::ReduceLROnPlateau<'a>) -> Tensor {
    let optimizer = SGD::new([torch::zeros([1]).requires_grad_()], 0.1);
    let schedule = make(&optimizer);
    let rate = |epoch: i32| {
        schedule.step(1.0 + f64::from((epoch - 12).abs() % 7) / 8.0);
        optimizer.lr()
    };
    doubles((0..33).map(rate).collect())
}

#[rustfmt::skip]
pub(super) fn groups() -> Vec<Group> {
    vec![
        group! { "Optimizers, six steps each, with what they remember", FLOAT, NONE;
            "trained(lambda p: optim.SGD(p, lr=0.1))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1)));
            "trained(lambda p: optim.SGD(p, lr=0.1, momentum=0.9))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).momentum(0.9)));
            "trained(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).momentum(0.9).dampening(0.3)));
            "trained(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).momentum(0.9).nesterov(true)));
            "trained(lambda p: optim.SGD(p, lr=0.1, weight_decay=0.01))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).weight_decay(0.01)));
            "trained(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01, maximize=True))" => |_x, _y| trained(|p| Box::new(SGD::new(p, 0.1).momentum(0.9).weight_decay(0.01).maximize(true)));
            "trained(lambda p: optim.SGD([{'params': p[:2]}, {'params': p[2:], 'lr': 0.3, 'weight_decay': 0.1}], lr=0.1, momentum=0.9))" => |_x, _y| trained(|p| Box::new(SGD::new(&p[..2], 0.1).momentum(0.9).add_param_group(SGD::new(&p[2..], 0.3).momentum(0.9).weight_decay(0.1))));
            "trained(lambda p: optim.Adam(p, lr=0.01))" => |_x, _y| trained(|p| Box::new(Adam::new(p, 0.01)));
            "trained(lambda p: optim.Adam(p, lr=0.01, weight_decay=0.01))" => |_x, _y| trained(|p| Box::new(Adam::new(p, 0.01).weight_decay(0.01)));
            "trained(lambda p: optim.Adam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6))" => |_x, _y| trained(|p| Box::new(Adam::new(p, 0.02).betas(0.8, 0.99).eps(1e-6)));
            "trained(lambda p: optim.Adam(p, lr=0.1, amsgrad=True))" => |_x, _y| trained(|p| Box::new(Adam::new(p, 0.1).amsgrad(true)));
            "trained(lambda p: optim.Adam(p, lr=0.01, weight_decay=0.1, maximize=True))" => |_x, _y| trained(|p| Box::new(Adam::new(p, 0.01).weight_decay(0.1).maximize(true)));
            "trained(lambda p: optim.Adam([{'params': p[:2], 'betas': (0.5, 0.9)}, {'params': p[2:], 'lr': 0.3}], lr=0.01))" => |_x, _y| trained(|p| Box::new(Adam::new(&p[..2], 0.01).betas(0.5, 0.9).add_param_group(Adam::new(&p[2..], 0.3))));
            "trained(lambda p: optim.AdamW(p, lr=0.01))" => |_x, _y| trained(|p| Box::new(AdamW::new(p, 0.01)));
            "trained(lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1))" => |_x, _y| trained(|p| Box::new(AdamW::new(p, 0.01).weight_decay(0.1)));
            "trained(lambda p: optim.AdamW(p, lr=0.01, amsgrad=True, maximize=True))" => |_x, _y| trained(|p| Box::new(AdamW::new(p, 0.01).amsgrad(true).maximize(true)));
            "trained(lambda p: optim.RMSprop(p))" => |_x, _y| trained(|p| Box::new(RMSprop::new(p, 0.01)));
            "trained(lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-6, weight_decay=0.01))" => |_x, _y| trained(|p| Box::new(RMSprop::new(p, 0.02).alpha(0.9).eps(1e-6).weight_decay(0.01)));
            "trained(lambda p: optim.RMSprop(p, momentum=0.9, centered=True))" => |_x, _y| trained(|p| Box::new(RMSprop::new(p, 0.01).momentum(0.9).centered(true)));
            "trained(lambda p: optim.RMSprop(p, momentum=0.9, maximize=True))" => |_x, _y| trained(|p| Box::new(RMSprop::new(p, 0.01).momentum(0.9).maximize(true)));
            "trained(lambda p: optim.RMSprop(p, centered=True))" => |_x, _y| trained(|p| Box::new(RMSprop::new(p, 0.01).centered(true)));
            "trained(lambda p: optim.Adagrad(p))" => |_x, _y| trained(|p| Box::new(Adagrad::new(p, 0.01)));
            "trained(lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.3, weight_decay=0.01, initial_accumulator_value=0.2, eps=1e-6, maximize=True))" => |_x, _y| trained(|p| Box::new(Adagrad::new(p, 0.1).lr_decay(0.3).weight_decay(0.01).initial_accumulator_value(0.2).eps(1e-6).maximize(true)));
            "trained(lambda p: optim.Adadelta(p))" => |_x, _y| trained(|p| Box::new(Adadelta::new(p, 1.0)));
            "trained(lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-5, weight_decay=0.01, maximize=True))" => |_x, _y| trained(|p| Box::new(Adadelta::new(p, 0.5).rho(0.8).eps(1e-5).weight_decay(0.01).maximize(true)));
            "trained(lambda p: optim.NAdam(p))" => |_x, _y| trained(|p| Box::new(NAdam::new(p, 0.002)));
            "trained(lambda p: optim.NAdam(p, lr=0.1, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1, momentum_decay=0.01))" => |_x, _y| trained(|p| Box::new(NAdam::new(p, 0.1).betas(0.8, 0.99).eps(1e-6).weight_decay(0.1).momentum_decay(0.01)));
            "trained(lambda p: optim.NAdam(p, weight_decay=0.1, decoupled_weight_decay=True, maximize=True))" => |_x, _y| trained(|p| Box::new(NAdam::new(p, 0.002).weight_decay(0.1).decoupled_weight_decay(true).maximize(true)));
            "trained(lambda p: optim.RAdam(p))" => |_x, _y| trained(|p| Box::new(RAdam::new(p, 0.001)));
            "trained(lambda p: optim.RAdam(p, lr=0.1, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.1))" => |_x, _y| trained(|p| Box::new(RAdam::new(p, 0.1).betas(0.8, 0.9).eps(1e-6).weight_decay(0.1)));
            "trained(lambda p: optim.RAdam(p, weight_decay=0.1, decoupled_weight_decay=True, maximize=True))" => |_x, _y| trained(|p| Box::new(RAdam::new(p, 0.001).weight_decay(0.1).decoupled_weight_decay(true).maximize(true)));
            "trained(lambda p: optim.Adamax(p))" => |_x, _y| trained(|p| Box::new(Adamax::new(p, 0.002)));
            "trained(lambda p: optim.Adamax(p, lr=0.1, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.1, maximize=True))" => |_x, _y| trained(|p| Box::new(Adamax::new(p, 0.1).betas(0.8, 0.9).eps(1e-6).weight_decay(0.1).maximize(true)));
            "trained(lambda p: optim.ASGD(p))" => |_x, _y| trained(|p| Box::new(ASGD::new(p, 0.01)));
            "trained(lambda p: optim.ASGD(p, lr=0.1, lambd=0.01, alpha=0.5, t0=2., weight_decay=0.1, maximize=True))" => |_x, _y| trained(|p| Box::new(ASGD::new(p, 0.1).lambd(0.01).alpha(0.5).t0(2.).weight_decay(0.1).maximize(true)));
            "trained(lambda p: optim.Rprop(p))" => |_x, _y| trained(|p| Box::new(Rprop::new(p, 0.01)));
            "trained(lambda p: optim.Rprop(p, lr=0.1, etas=(0.4, 1.5), step_sizes=(1e-3, 0.2), maximize=True))" => |_x, _y| trained(|p| Box::new(Rprop::new(p, 0.1).etas(0.4, 1.5).step_sizes(1e-3, 0.2).maximize(true)));
            "trained_with(lambda p: optim.LBFGS(p))" => |_x, _y| trained_with(|p| Box::new(LBFGS::new(p, 1.)));
            "trained_with(lambda p: optim.LBFGS(p, lr=0.3, max_iter=5, tolerance_grad=1e-3, tolerance_change=1e-5, history_size=3))" => |_x, _y| trained_with(|p| Box::new(LBFGS::new(p, 0.3).max_iter(5).tolerance_grad(1e-3).tolerance_change(1e-5).history_size(3)));
            "trained_with(lambda p: optim.LBFGS(p, lr=0.3, max_eval=3))" => |_x, _y| trained_with(|p| Box::new(LBFGS::new(p, 0.3).max_eval(3)));
            "trained_with(lambda p: optim.Adam(p, lr=0.01))" => |_x, _y| trained_with(|p| Box::new(Adam::new(p, 0.01)));
        },
        group! { "Schedules of the learning rate, 33 epochs", FLOAT, NONE;
            "rates(lambda o: lr_scheduler.StepLR(o, 7, 0.3))" => |_x, _y| rates(|o| Box::new(lr_scheduler::StepLR::new(o, 7, 0.3)));
            "rates(lambda o: lr_scheduler.MultiStepLR(o, [3, 9, 9, 20], 0.3))" => |_x, _y| rates(|o| Box::new(lr_scheduler::MultiStepLR::new(o, vec![3, 9, 9, 20], 0.3)));
            "rates(lambda o: lr_scheduler.ConstantLR(o))" => |_x, _y| rates(|o| Box::new(lr_scheduler::ConstantLR::new(o, 1. / 3., 5)));
            "rates(lambda o: lr_scheduler.ConstantLR(o, 0.1, 12))" => |_x, _y| rates(|o| Box::new(lr_scheduler::ConstantLR::new(o, 0.1, 12)));
            "rates(lambda o: lr_scheduler.ConstantLR(o, 1.5))" => |_x, _y| rates(|o| Box::new(lr_scheduler::ConstantLR::new(o, 1.5, 5)));
            "rates(lambda o: lr_scheduler.LinearLR(o))" => |_x, _y| rates(|o| Box::new(lr_scheduler::LinearLR::new(o, 1. / 3., 1., 5)));
            "rates(lambda o: lr_scheduler.LinearLR(o, 0.9, 0.1, 20))" => |_x, _y| rates(|o| Box::new(lr_scheduler::LinearLR::new(o, 0.9, 0.1, 20)));
            "rates(lambda o: lr_scheduler.LinearLR(o, 0.))" => |_x, _y| rates(|o| Box::new(lr_scheduler::LinearLR::new(o, 0., 1., 5)));
            "rates(lambda o: lr_scheduler.LinearLR(o, 0.5, 2.))" => |_x, _y| rates(|o| Box::new(lr_scheduler::LinearLR::new(o, 0.5, 2., 5)));
            "rates(lambda o: lr_scheduler.ExponentialLR(o, 0.93))" => |_x, _y| rates(|o| Box::new(lr_scheduler::ExponentialLR::new(o, 0.93)));
            "rates(lambda o: lr_scheduler.PolynomialLR(o, 20, 0.9))" => |_x, _y| rates(|o| Box::new(lr_scheduler::PolynomialLR::new(o, 20, 0.9)));
            "rates(lambda o: lr_scheduler.PolynomialLR(o))" => |_x, _y| rates(|o| Box::new(lr_scheduler::PolynomialLR::new(o, 5, 1.)));
            "rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 10, 0.001))" => |_x, _y| rates(|o| Box::new(lr_scheduler::CosineAnnealingLR::new(o, 10, 0.001)));
            "rates(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 4))" => |_x, _y| rates(|o| Box::new(lr_scheduler::CosineAnnealingWarmRestarts::new(o, 4, 1, 0.)));
            "rates(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 3, 2, 0.001))" => |_x, _y| rates(|o| Box::new(lr_scheduler::CosineAnnealingWarmRestarts::new(o, 3, 2, 0.001)));
            "rates(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 0))" => |_x, _y| rates(|o| Box::new(lr_scheduler::CosineAnnealingWarmRestarts::new(o, 0, 1, 0.)));
            "rates(lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.95 ** epoch))" => |_x, _y| rates(|o| Box::new(lr_scheduler::LambdaLR::new(o, |epoch| 0.95_f64.powf(epoch as f64))));
            "rates(lambda o: lr_scheduler.MultiplicativeLR(o, lambda epoch: 1 / (epoch + 1)))" => |_x, _y| rates(|o| Box::new(lr_scheduler::MultiplicativeLR::new(o, |epoch| 1. / (epoch + 1) as f64)));
            "rates(lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.ConstantLR(o, 0.1, 3), lr_scheduler.ExponentialLR(o, 0.9), lr_scheduler.CosineAnnealingLR(o, 8)], [4, 20]))" => |_x, _y| rates(|o| Box::new(lr_scheduler::SequentialLR::new(o, vec![Box::new(lr_scheduler::ConstantLR::new(o, 0.1, 3)), Box::new(lr_scheduler::ExponentialLR::new(o, 0.9)), Box::new(lr_scheduler::CosineAnnealingLR::new(o, 8, 0.))], vec![4, 20])));
            "rates(lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.1), lr_scheduler.StepLR(o, 3, 0.5), lr_scheduler.LambdaLR(o, lambda epoch: 1 / (epoch + 1)), lr_scheduler.CosineAnnealingWarmRestarts(o, 4)], [5, 12, 19]))" => |_x, _y| rates(|o| Box::new(lr_scheduler::SequentialLR::new(o, vec![Box::new(lr_scheduler::LinearLR::new(o, 0.1, 1., 5)), Box::new(lr_scheduler::StepLR::new(o, 3, 0.5)), Box::new(lr_scheduler::LambdaLR::new(o, |epoch| 1. / (epoch + 1) as f64)), Box::new(lr_scheduler::CosineAnnealingWarmRestarts::new(o, 4, 1, 0.))], vec![5, 12, 19])));
            "rates(lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.PolynomialLR(o, 4), lr_scheduler.MultiStepLR(o, [2, 5], 0.5), lr_scheduler.MultiplicativeLR(o, lambda epoch: 0.9)], [6, 14]))" => |_x, _y| rates(|o| Box::new(lr_scheduler::SequentialLR::new(o, vec![Box::new(lr_scheduler::PolynomialLR::new(o, 4, 1.)), Box::new(lr_scheduler::MultiStepLR::new(o, vec![2, 5], 0.5)), Box::new(lr_scheduler::MultiplicativeLR::new(o, |_| 0.9))], vec![6, 14])));
            "rates(lambda o: lr_scheduler.SequentialLR(o, [], []))" => |_x, _y| rates(|o| Box::new(lr_scheduler::SequentialLR::new(o, vec![], vec![])));
            "rates(lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.ExponentialLR(o, 0.9)], [4]))" => |_x, _y| rates(|o| Box::new(lr_scheduler::SequentialLR::new(o, vec![Box::new(lr_scheduler::ExponentialLR::new(o, 0.9))], vec![4])));
            "rates(lambda o: lr_scheduler.ChainedScheduler([lr_scheduler.ConstantLR(o, 0.1, 5), lr_scheduler.ExponentialLR(o, 0.9)]))" => |_x, _y| rates(|o| Box::new(lr_scheduler::ChainedScheduler::new(o, vec![Box::new(lr_scheduler::ConstantLR::new(o, 0.1, 5)), Box::new(lr_scheduler::ExponentialLR::new(o, 0.9))])));
            "cycled(lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.3, 4, 6, 'triangular', 0.9))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::CyclicLR::new(o, 0.01, 0.3).step_size_up(4).step_size_down(6).mode("triangular").gamma(0.9)));
            "cycled(lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.3, 4, 6, 'triangular2', 0.9))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::CyclicLR::new(o, 0.01, 0.3).step_size_up(4).step_size_down(6).mode("triangular2").gamma(0.9)));
            "cycled(lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.3, 4, 6, 'exp_range', 0.9))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::CyclicLR::new(o, 0.01, 0.3).step_size_up(4).step_size_down(6).mode("exp_range").gamma(0.9)));
            "cycled(lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.3, 5, base_momentum=0.6, max_momentum=0.99))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::CyclicLR::new(o, 0.01, 0.3).step_size_up(5).base_momentum(0.6).max_momentum(0.99)));
            "cycled(lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.3, 5, cycle_momentum=False))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::CyclicLR::new(o, 0.01, 0.3).step_size_up(5).cycle_momentum(false)));
            "cycled(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 40))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::OneCycleLR::new(o, 0.5, 40)));
            "cycled(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 33, pct_start=0.4, anneal_strategy='linear', div_factor=10., final_div_factor=100.))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::OneCycleLR::new(o, 0.5, 33).pct_start(0.4).anneal_strategy("linear").div_factor(10.).final_div_factor(100.)));
            "cycled(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 40, three_phase=True, base_momentum=0.7, max_momentum=0.8))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::OneCycleLR::new(o, 0.5, 40).three_phase(true).base_momentum(0.7).max_momentum(0.8)));
            "cycled(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 40, cycle_momentum=False))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::OneCycleLR::new(o, 0.5, 40).cycle_momentum(false)));
            "cycled(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 20))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::OneCycleLR::new(o, 0.5, 20)));
            "cycled(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 0))" => |_x, _y| cycled(|o| Box::new(lr_scheduler::OneCycleLR::new(o, 0.5, 0)));
            "plateau(lambda o: lr_scheduler.ReduceLROnPlateau(o))" => |_x, _y| plateau(|o| lr_scheduler::ReduceLROnPlateau::new(o));
            "plateau(lambda o: lr_scheduler.ReduceLROnPlateau(o, 'min', 0.5, 2, 0.1, cooldown=2))" => |_x, _y| plateau(|o| lr_scheduler::ReduceLROnPlateau::new(o).mode("min").factor(0.5).patience(2).threshold(0.1).cooldown(2));
            "plateau(lambda o: lr_scheduler.ReduceLROnPlateau(o, 'max', 0.5, 1, 0.05, 'abs', min_lr=0.01))" => |_x, _y| plateau(|o| lr_scheduler::ReduceLROnPlateau::new(o).mode("max").factor(0.5).patience(1).threshold(0.05).threshold_mode("abs").min_lr(0.01));
            "plateau(lambda o: lr_scheduler.ReduceLROnPlateau(o, 'max', 0.5, 1, 0.05, 'rel', eps=0.02))" => |_x, _y| plateau(|o| lr_scheduler::ReduceLROnPlateau::new(o).mode("max").factor(0.5).patience(1).threshold(0.05).eps(0.02));
            "plateau(lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=1.))" => |_x, _y| plateau(|o| lr_scheduler::ReduceLROnPlateau::new(o).factor(1.));
            "plateau(lambda o: lr_scheduler.ReduceLROnPlateau(o, 'most'))" => |_x, _y| plateau(|o| lr_scheduler::ReduceLROnPlateau::new(o).mode("most"));
        },
    ]
}

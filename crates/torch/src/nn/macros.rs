//! The macro `module!`: a model in the lines of its Python class (docs/design-modules.md).
//!
//! It goes through the fields and then through the methods, one at a time, and collects what becomes of them. Behind the patterns
//! that it understands stand those of likely mistakes: each has a sentence that names the place and what to write there.

/// A model in the words of its Python class: what `__init__` makes, `forward`, and other methods.
///
/// ```
/// # use torch::prelude::*;
/// module! {
///     /// Hours of study -> passed or failed.
///     struct BinaryClassifier {
///         linear: nn::Linear(8, 1),
///         sigmoid: nn::Sigmoid(),
///     }
///
///     fn forward(&self, x) {
///         self.sigmoid.forward(&self.linear.forward(x))
///     }
/// }
///
/// torch::manual_seed(1);
/// let model = BinaryClassifier::new();
/// assert_eq!(model.forward(&torch::zeros([2, 8])).shape().to_string(), "torch.Size([2, 1])");
/// assert_eq!(model.named_parameters()[1].0, "linear.bias");
/// ```
///
/// A field is a layer by its constructor, with options, or `name: Type = expression`. Whether it is a child, a Parameter, a Buffer or
/// a plain attribute is decided by what it is, as in Python. Statements stand where Python has them, and end with `;`; the fields
/// above are variables there. A layer with two places is an `Rc`. Arguments of `__init__` stand after the name and are those of `new`:
///
/// ```
/// # use torch::prelude::*;
/// module! {
///     struct Net(hidden: i64) {
///         keep_prob: f64 = 0.5,
///         fc1: Rc<nn::Linear> = Rc::new(nn::Linear::new(784, hidden)),
///         nn::init::xavier_uniform_(&fc1.weight);
///         layer1: nn::Sequential = sequential![&fc1, nn::ReLU::new(), nn::Dropout::new(1.0 - keep_prob)],
///         fc2: nn::Linear(hidden, 10).bias(false),
///     }
///
///     fn forward(&self, x) {
///         self.fc2.forward(&self.layer1.forward(x))
///     }
/// }
///
/// let model = Net::new(64);
/// assert_eq!(model.parameters().len(), 3);
/// assert_eq!(model.state_dict().len(), 5);
/// ```
///
/// A model may own its optimiser, which takes `self.parameters()` of the fields so far. An argument of a method without a type
/// is a `&Tensor`. `forward` may have other arguments and results; then it is the model's own, and not what a `Sequential` calls.
/// `let model = self;` names the finished model, for what Python does with `self` at the end of `__init__`. A `struct Net<B: Block>` takes
/// a class as an argument. Where Python asks for `self.training`, the field `training: nn::Training()` is asked, `self.training.get()`.
///
/// ```
/// # use torch::prelude::*;
/// module! {
///     struct Cell(size: i64) {
///         linear: nn::Linear(size, size),
///         criterion: nn::MSELoss(),
///         optimizer: optim::SGD(self.parameters(), 0.1),
///         let model = self;
///         for m in model.modules() {
///             if let Some(m) = m.downcast_ref::<nn::Linear>() {
///                 nn::init::ones_(&m.weight);
///             }
///         }
///     }
///
///     fn forward(&self, x, hidden) -> (Tensor, Tensor) {
///         let hidden = (self.linear.forward(x) + hidden).tanh();
///         (self.linear.forward(&hidden), hidden)
///     }
///
///     fn train_model(&self, x, hidden, y) -> f64 {
///         let (output, _) = self.forward(x, hidden);
///         let cost = self.criterion.forward(&output, y);
///         self.optimizer.zero_grad();
///         cost.backward();
///         self.optimizer.step();
///         cost.item().into()
///     }
/// }
///
/// let (model, zero) = (Cell::new(2), torch::zeros([1, 2]));
/// assert!(model.train_model(&zero, &zero, &zero) > model.train_model(&zero, &zero, &zero));
/// ```
#[macro_export]
macro_rules! module {
    // A method's argument without a type, and a `forward` without one.
    (@type) => { &$crate::Tensor };
    (@type $Type:ty) => { $Type };
    (@output) => { $crate::Tensor };
    (@output $Type:ty) => { $Type };

    // What stands between the braces of the struct. The state: the head, the fields so far, the lines of `new` so far.
    (@fields $head:tt $fields:tt $new:tt {} $methods:tt) => {
        $crate::module!(@methods $head $fields $new {model {}} {} {} $methods);
    };
    (@fields $head:tt $fields:tt $new:tt { let $model:ident = self; $($after:tt)* } $methods:tt) => {
        $crate::module!(@methods $head $fields $new {$model {$($after)*}} {} {} $methods);
    };
    // An optimiser.
    (@fields $head:tt {$($field:ident: $Field:ty,)*} {$($new:tt)*} {
        $name:ident: $($Type:ident)::+ (self.parameters() $(, $value:expr)* $(,)?)
            $(.$option:ident($($setting:expr),* $(,)?))* $(, $($rest:tt)*)?
    } $methods:tt) => {
        $crate::module!(@fields $head {$($field: $Field,)* $name: $($Type)::+,} {
            $($new)*
            let parameters = $crate::nn::parameters_so_far(|_visitor| {
                #[allow(unused_imports)]
                use $crate::nn::attribute::{Plain as _, Registered as _};
                $((&$crate::nn::attribute::Attribute(&$field)).show(stringify!($field), _visitor);)*
            });
            let $name = $($Type)::+::new(parameters $(, $value)*) $(.$option($($setting),*))*;
        } { $($($rest)*)? } $methods);
    };
    // A layer by its constructor.
    (@fields $head:tt {$($fields:tt)*} {$($new:tt)*} {
        $name:ident: $($Type:ident)::+ ($($value:expr),* $(,)?)
            $(.$option:ident($($setting:expr),* $(,)?))* $(, $($rest:tt)*)?
    } $methods:tt) => {
        $crate::module!(@fields $head {$($fields)* $name: $($Type)::+,} {
            $($new)*
            let $name = $($Type)::+::new($($value),*) $(.$option($($setting),*))*;
        } { $($($rest)*)? } $methods);
    };
    (@fields $head:tt $fields:tt $new:tt {
        $name:ident: $($Type:ident)::+ ($($value:tt)*) $(.$option:ident $setting:tt)* $found:tt $($rest:tt)*
    } $methods:tt) => {
        compile_error!(concat!(
            "module!: a comma is missing after the field `", stringify!($name), "`, before `", stringify!($found), "`"
        ));
    };
    (@fields $head:tt $fields:tt $new:tt { $name:ident: $value:literal $($rest:tt)* } $methods:tt) => {
        compile_error!(concat!(
            "module!: the field `", stringify!($name), "` needs its type: write `", stringify!($name), ": f64 = ",
            stringify!($value), ",` with the type that it has"
        ));
    };
    // Any other field.
    (@fields $head:tt {$($fields:tt)*} {$($new:tt)*} {
        $name:ident: $Type:ty = $value:expr $(, $($rest:tt)*)?
    } $methods:tt) => {
        $crate::module!(@fields $head {$($fields)* $name: $Type,} {
            $($new)*
            let $name: $Type = $value;
        } { $($($rest)*)? } $methods);
    };
    (@fields $head:tt $fields:tt $new:tt { $name:ident: $Type:ty = $value:expr; $($rest:tt)* } $methods:tt) => {
        compile_error!(concat!(
            "module!: the field `", stringify!($name), "` ends with a comma, not with a semicolon, which ends a statement"
        ));
    };
    (@fields $head:tt $fields:tt $new:tt { $name:ident: $Type:ty $(, $($rest:tt)*)? } $methods:tt) => {
        compile_error!(concat!(
            "module!: nothing says what the field `", stringify!($name), "` is made of: write `", stringify!($name), ": ",
            stringify!($Type), "(..),` or `", stringify!($name), ": ", stringify!($Type), " = ..,`"
        ));
    };
    (@fields $head:tt $fields:tt $new:tt { $name:ident: $($rest:tt)* } $methods:tt) => {
        compile_error!(concat!(
            "module!: the field `", stringify!($name), "` is not understood: a field is `", stringify!($name),
            ": nn::Linear(784, 64),` or `", stringify!($name), ": Type = expression,`"
        ));
    };
    // What Python writes.
    (@fields $head:tt $fields:tt $new:tt { self.$name:ident = $($rest:tt)* } $methods:tt) => {
        compile_error!(concat!(
            "module!: Python's `self.", stringify!($name), " = ..` is a field here: `", stringify!($name),
            ": nn::Linear(784, 64),` or `", stringify!($name), ": Type = expression,`"
        ));
    };
    (@fields $head:tt $fields:tt $new:tt { $name:ident = $value:expr $(, $($rest:tt)*)? } $methods:tt) => {
        compile_error!(concat!(
            "module!: the field `", stringify!($name), "` needs its type: `", stringify!($name),
            ": nn::Linear(784, 64),` or `", stringify!($name), ": Type = expression,`"
        ));
    };
    // A statement; `let` has its own rule, as an expression does not begin with it.
    (@fields $head:tt $fields:tt $new:tt { let $($rest:tt)* } $methods:tt) => {
        $crate::module!(@let $head $fields $new { let $($rest)* } $methods);
    };
    (@let $head:tt $fields:tt {$($new:tt)*} { $statement:stmt; $($rest:tt)* } $methods:tt) => {
        $crate::module!(@fields $head $fields {
            $($new)*
            $statement;
        } { $($rest)* } $methods);
    };
    (@let $head:tt $fields:tt $new:tt { $statement:stmt $(, $($rest:tt)*)? } $methods:tt) => {
        compile_error!(concat!("module!: a semicolon is missing after `", stringify!($statement), "`"));
    };
    (@let $head:tt $fields:tt $new:tt { let $($rest:tt)* } $methods:tt) => {
        compile_error!("module!: a `let` between fields is not understood: it is `let n = expression;`");
    };
    (@fields $head:tt $fields:tt {$($new:tt)*} { $statement:expr; $($rest:tt)* } $methods:tt) => {
        $crate::module!(@fields $head $fields {
            $($new)*
            $statement;
        } { $($rest)* } $methods);
    };
    (@fields $head:tt $fields:tt $new:tt { $statement:expr $(, $($rest:tt)*)? } $methods:tt) => {
        compile_error!(concat!(
            "module!: a semicolon is missing after `", stringify!($statement), "`, which is a statement between fields"
        ));
    };
    (@fields $head:tt $fields:tt $new:tt { $first:tt $($rest:tt)* } $methods:tt) => {
        compile_error!(concat!(
            "module!: what begins with `", stringify!($first), "` is neither a field, `name: nn::Linear(784, 64),` or ",
            "`name: Type = expression,`, nor a statement with a semicolon behind it, also after a `}`"
        ));
    };

    // The methods. More state: what `new` does with the finished model, the methods of `Module` so far, the model's own so far.
    (@methods $head:tt $fields:tt $new:tt $after:tt {$($module:tt)*} $own:tt {
        $(#[$meta:meta])* $(pub)? fn forward(&$this:ident, $x:ident $(: &Tensor)? $(,)?) $(-> Tensor)? $body:block $($rest:tt)*
    }) => {
        $crate::module!(@methods $head $fields $new $after {
            $($module)*
            $(#[$meta])*
            fn forward(&$this, $x: &$crate::Tensor) -> $crate::Tensor $body
        } $own { $($rest)* });
    };
    (@methods $head:tt $fields:tt $new:tt $after:tt {$($module:tt)*} {$($own:tt)*} {
        $(#[$meta:meta])* $(pub)? fn forward(&$this:ident $(, $argument:ident $(: $Type:ty)?)* $(,)?) $(-> $Output:ty)?
            $body:block $($rest:tt)*
    }) => {
        $crate::module!(@methods $head $fields $new $after {
            $($module)*
            fn forward(&self, _: &$crate::Tensor) -> $crate::Tensor {
                $crate::nn::refuse_forward(&$crate::nn::Module::name(self), stringify!($($argument),*))
            }
        } {
            $($own)*
            $(#[$meta])*
            pub fn forward(&$this, $($argument: $crate::module!(@type $($Type)?)),*) -> $crate::module!(@output $($Output)?) $body
        } { $($rest)* });
    };
    (@methods $head:tt $fields:tt $new:tt $after:tt {$($module:tt)*} $own:tt {
        $(#[$meta:meta])* $(pub)? fn extra_repr(&$this:ident) -> String $body:block $($rest:tt)*
    }) => {
        $crate::module!(@methods $head $fields $new $after {
            $($module)*
            $(#[$meta])*
            fn extra_repr(&$this) -> ::std::string::String $body
        } $own { $($rest)* });
    };
    (@methods $head:tt $fields:tt $new:tt $after:tt $module:tt {$($own:tt)*} {
        $(#[$meta:meta])* $(pub)? fn $name:ident(&$this:ident $(, $argument:ident $(: $Type:ty)?)* $(,)?) $(-> $Output:ty)?
            $body:block $($rest:tt)*
    }) => {
        $crate::module!(@methods $head $fields $new $after $module {
            $($own)*
            $(#[$meta])*
            pub fn $name(&$this, $($argument: $crate::module!(@type $($Type)?)),*) $(-> $Output)? $body
        } { $($rest)* });
    };
    (@methods $head:tt $fields:tt $new:tt $after:tt $module:tt {$($own:tt)*} {
        $(#[$meta:meta])* $(pub)? fn $name:ident($($arguments:tt)*) $(-> $Output:ty)? $body:block $($rest:tt)*
    }) => {
        $crate::module!(@methods $head $fields $new $after $module {
            $($own)*
            $(#[$meta])*
            pub fn $name($($arguments)*) $(-> $Output)? $body
        } { $($rest)* });
    };
    (@methods $head:tt $fields:tt $new:tt $after:tt $module:tt {$($own:tt)*} {
        $(#[$meta:meta])* $(pub)? const $name:ident: $Type:ty = $value:expr; $($rest:tt)*
    }) => {
        $crate::module!(@methods $head $fields $new $after $module {
            $($own)*
            $(#[$meta])*
            pub const $name: $Type = $value;
        } { $($rest)* });
    };
    (@methods $head:tt $fields:tt $new:tt $after:tt $module:tt $own:tt { $(#[$meta:meta])* $(pub)? fn $name:ident $($rest:tt)+ }) => {
        compile_error!(concat!(
            "module!: the method `", stringify!($name), "` is not understood: it is `fn ", stringify!($name),
            "(&self, x, n: i64) -> Tensor { .. }`; one with type arguments stands in an `impl` of its own"
        ));
    };
    (@methods $head:tt $fields:tt $new:tt $after:tt $module:tt $own:tt { $first:tt $($rest:tt)* }) => {
        compile_error!(concat!(
            "module!: what begins with `", stringify!($first), "` is neither a method, `fn name(&self, x) -> Tensor { .. }`, ",
            "nor a class attribute, `const NAME: i64 = 4;`"
        ));
    };
    (@methods
        {
            {$(#[$meta:meta])*} {$visibility:vis} $Name:ident {$($Of:ident: $Bound:path),*} {$($class:tt)*} {$($no_class:tt)*}
            {$($argument:ident: $Type:ty),*}
        }
        {$($field:ident: $Field:ty,)*} {$($new:tt)*} {$model:ident {$($after:tt)*}} {$($module:tt)*} {$($own:tt)*} {}
    ) => {
        $(#[$meta])*
        #[allow(missing_docs, reason = "fields are called as in Python")]
        $visibility struct $Name<$($Of: $Bound + 'static),*> {
            $(pub $field: $Field,)*
            $($class)*
        }

        #[allow(
            clippy::let_and_return, clippy::new_without_default, clippy::too_many_arguments, dead_code, missing_docs,
            reason = "a model is made as in Python"
        )]
        impl<$($Of: $Bound + 'static),*> $Name<$($Of),*> {
            $visibility fn new($($argument: $Type),*) -> Self {
                // One after the other: each takes its draws.
                $($new)*
                let $model = Self { $($field,)* $($no_class)* };
                $($after)*
                $model
            }

            $($own)*
        }

        impl<$($Of: $Bound + 'static),*> $crate::nn::Module for $Name<$($Of),*> {
            $($module)*

            #[allow(clippy::needless_borrow, unused_imports, reason = "which of the traits a field needs is its type's")]
            fn visit<'a>(&'a self, _visitor: &mut dyn FnMut(&str, $crate::nn::Part<'a>)) {
                use $crate::nn::attribute::{Plain as _, Registered as _};
                $((&$crate::nn::attribute::Attribute(&self.$field)).show(stringify!($field), _visitor);)*
            }
        }

        impl<$($Of: $Bound + 'static),*> ::std::fmt::Display for $Name<$($Of),*> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&$crate::nn::Module::repr(self))
            }
        }

        impl<$($Of: $Bound + 'static),*> ::std::fmt::Debug for $Name<$($Of),*> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&$crate::nn::Module::repr(self))
            }
        }
    };

    // The whole.
    (
        $(#[$meta:meta])*
        $visibility:vis struct $Name:ident $(<$($Of:ident: $Bound:path),+ $(,)?>)? $(($($argument:ident: $Type:ty),* $(,)?))? {
            $($fields:tt)*
        }

        $($methods:tt)*
    ) => {
        $crate::module!(
            @fields
            {
                {$(#[$meta])*} {$visibility} $Name {$($($Of: $Bound),+)?}
                // A class that is an argument and no field.
                {$(__of: ::std::marker::PhantomData<fn() -> ($($Of,)+)>)?}
                {$(__of: ::std::marker::PhantomData::<fn() -> ($($Of,)+)>)?}
                {$($($argument: $Type),*)?}
            }
            {} {} { $($fields)* } { $($methods)* }
        );
    };
    (class $($rest:tt)*) => {
        compile_error!("module!: Python's `class Net(nn.Module):` is `struct Net { .. }` here, with the lines of `__init__` in it");
    };
    ($($rest:tt)*) => {
        compile_error!(
            "module!: a model is `struct Net { name: nn::Linear(784, 64), }`, or `struct Net(hidden: i64) { .. }` with arguments, \
             and then `fn forward(&self, x) { .. }` and other methods"
        );
    };
}

/// What a `Sequential` is told that calls a `forward` of another signature.
pub fn refuse_forward(name: &str, arguments: &str) -> ! {
    crate::sys::ffi::refuse(format!(
        "{name}.forward takes ({arguments}) or gives more than a tensor, so nothing can call it with a tensor for a tensor"
    ))
}

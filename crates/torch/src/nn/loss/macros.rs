//! `losses!`: the form of all losses.

/// Makes losses: `nn.Name` with its options, and `F.name`, which has PyTorch's defaults for all of them. A loss has names for its
/// inputs; tensors that weigh it, which are buffers; numbers, with their defaults and perhaps a check; and the call of libtorch.
macro_rules! losses {
    ($(
        $(#[$doc:meta])*
        $Name:ident, $function:ident($($input:ident),+)
        $([$($(#[$weight_doc:meta])* $weight:ident),+])?
        $({$($(#[$option_doc:meta])* $option:ident: $Type:ty = $default:expr $(=> $check:ident)?),+})?
            = |$loss:ident| $call:expr;
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug)]
            pub struct $Name {
                reduction: Reduction,
                $($($weight: Option<Tensor>,)+)?
                $($($option: $Type,)+)?
            }

            impl $Name {
                /// The loss with torch's defaults: the mean over the batch.
                pub fn new() -> Self {
                    Self::default()
                }

                /// What becomes of the losses of the elements.
                pub fn reduction(self, reduction: Reduction) -> Self {
                    let mut loss = self;
                    loss.reduction = reduction;
                    loss
                }

                $($(
                    $(#[$weight_doc])*
                    pub fn $weight(self, $weight: &Tensor) -> Self {
                        let mut loss = self;
                        loss.$weight = Some(Buffer($weight));
                        loss
                    }
                )+)?

                $($(
                    $(#[$option_doc])*
                    #[doc = concat!("\n\ntorch's default: ", stringify!($default), ".")]
                    pub fn $option(self, $option: $Type) -> Self {
                        let mut loss = self;
                        loss.$option = $option;
                        $(loss.$option = $check(loss.$option);)?
                        loss
                    }
                )+)?

                /// The loss; 0-d unless the reduction is `None`.
                ///
                /// # Panics
                /// With PyTorch's words, when shapes, types or options do not fit.
                pub fn forward(&self, $($input: &Tensor),+) -> Tensor {
                    let ($loss, $($input),+) = (self, $($input.tch()),+);
                    $call.into()
                }
            }

            impl Default for $Name {
                fn default() -> Self {
                    $Name {
                        reduction: Reduction::Mean,
                        $($($weight: None,)+)?
                        $($($option: $default,)+)?
                    }
                }
            }

            /// A loss has its own `forward`; its weights are buffers.
            impl Module for $Name {
                fn visit<'a>(&'a self, _visitor: &mut dyn FnMut(&str, Part<'a>)) {
                    $($(
                        if let Some(weight) = &self.$weight {
                            _visitor(stringify!($weight), Part::Buffer(weight));
                        }
                    )+)?
                }
            }

            impl std::fmt::Display for $Name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(&self.repr())
                }
            }
        )*

        /// The losses as functions, with PyTorch's defaults.
        pub mod functions {
            use crate::tensor::Tensor;

            $(
                #[doc = concat!("The function of [`nn::", stringify!($Name), "`](crate::nn::", stringify!($Name), "), with")]
                /// PyTorch's defaults: the mean over the batch.
                ///
                /// # Panics
                /// With PyTorch's words, when shapes or types do not fit.
                pub fn $function($($input: &Tensor),+) -> Tensor {
                    super::$Name::new().forward($($input),+)
                }
            )*
        }
    };
}

pub(super) use losses;

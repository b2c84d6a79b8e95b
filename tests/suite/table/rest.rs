//! The loader, NumPy, and texts.

use super::*;

#[rustfmt::skip]
pub(super) fn groups() -> Vec<Group> {
    vec![
        group! { "The loader's batches, two epochs of 53 samples", FLOAT, NONE;
            "batches(batch_size=8)" => |_x, _y| batches(|loader| loader, 8);
            "batches(batch_size=8, drop_last=True)" => |_x, _y| batches(|loader| loader.drop_last(true), 8);
            "batches(batch_size=8, shuffle=True)" => |_x, _y| batches(|loader| loader.shuffle(true), 8);
            "batches(batch_size=8, shuffle=True, drop_last=True)" => |_x, _y| batches(|loader| loader.shuffle(true).drop_last(true), 8);
            "batches(batch_size=100, shuffle=True)" => |_x, _y| batches(|loader| loader.shuffle(true), 100);
            "batches(batch_size=8, shuffle=True, generator=torch.Generator().manual_seed(3))" => |_x, _y| batches(|loader| loader.shuffle(true).generator(torch::Generator::seeded(3)), 8);
        },
        group! { "Printing", ALL, SHAPES;
            "str(x.detach())" => |x, _y| x.detach().to_string();
            "repr(x.detach() * 1000)" => |x, _y| (x.detach() * 1000).to_string();
            "str(x.shape)" => |x, _y| x.shape().to_string();
        },
        group! { "NumPy", FLOAT, NONE;
            "torch.from_numpy(np.linspace(-5., 7., 1000))" => |_x, _y| Tensor::from(tch::Tensor::from_slice(&np::linspace(-5., 7., 1000).to_vec()));
            "repr(np.linspace(-5., 7., 50))" => |_x, _y| np::linspace(-5., 7., 50).repr();
            "repr(np.array([[1., 2.5], [1e-7, 1e9]], dtype=np.float32))" => |_x, _y| np::array![[1_f32, 2.5], [1e-7, 1e9]].repr();
        },
        group! { "Printing numbers", FLOATS, NONE;
            "str(x.item())" => |x, _y| x.item().to_string();
            "'{:.4f}'.format(x.item())" => |x, _y| format!("{:.4}", x.item());
            "'{:10.2f}|'.format(x.item() * 1000)" => |x, _y| format!("{:10.2}|", x.item() * 1000);
        },
    ]
}

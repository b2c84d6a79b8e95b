//! Lab 1: tensor manipulation, beside lab1_tensor_manipulation.ipynb.

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab1_tensor_manipulation", "Lab 1: tensor manipulation", run)
}

fn run(lab: &Lab) -> Result<()> {
    // ## NumPy: one dimension and two
    lab.cell(2);
    let t = np::array![0., 1., 2., 3., 4., 5., 6.];
    println!("{}", t.str());

    lab.cell(3);
    println!("Rank  of t:  {}", t.ndim());
    println!("Shape of t:  {}", np::shape(&t));

    lab.cell(4);
    println!("t[0] t[1] t[-1] =  {} {} {}", Float(t[0]), Float(t[1]), Float(t[t.len() - 1]));
    println!("t[2:5] t[4:-1]  =  {} {}", t.slice(np::s![2..5]).str(), t.slice(np::s![4..-1]).str());
    println!("t[:2] t[3:]     =  {} {}", t.slice(np::s![..2]).str(), t.slice(np::s![3..]).str());

    lab.cell(5);
    let t = np::array![[1., 2., 3.], [4., 5., 6.], [7., 8., 9.], [10., 11., 12.]];
    println!("{}", t.str());

    lab.cell(6);
    println!("Rank  of t:  {}", t.ndim());
    println!("Shape of t:  {}", np::shape(&t));

    // ## PyTorch: the same, as tensors
    lab.cell(7);
    let t = torch::FloatTensor([0., 1., 2., 3., 4., 5., 6.]);
    println!("{}", t);

    lab.cell(8);
    println!("{}", t.dim());
    println!("{}", t.shape());
    println!("{}", t.size());
    println!("{} {} {}", t.i(0), t.i(1), t.i(-1));
    println!("{} {}", t.i(2..5), t.i(4..-1));
    println!("{} {}", t.i(..2), t.i(3..));

    lab.cell(9);
    let t = torch::FloatTensor([[1., 2., 3.], [4., 5., 6.], [7., 8., 9.], [10., 11., 12.]]);
    println!("{}", t);

    lab.cell(10);
    println!("{}", t.dim());
    println!("{}", t.size());
    println!("{}", t.i((.., 1)));
    println!("{}", t.i((.., 1)).size());
    println!("{}", t.i((.., ..-1)));

    // ## Shape, rank, axis
    lab.cell(11);
    let t = torch::FloatTensor([[
        [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],
        [[13, 14, 15, 16], [17, 18, 19, 20], [21, 22, 23, 24]],
    ]]);

    lab.cell(12);
    println!("{}", t.dim());
    println!("{}", t.size());

    // ## Mul and matmul
    lab.cell(13);
    println!("");
    println!("-------------");
    println!("Mul vs Matmul");
    println!("-------------");
    let m1 = torch::FloatTensor([[1, 2], [3, 4]]);
    let m2 = torch::FloatTensor([[1], [2]]);
    println!("Shape of Matrix 1:  {}", m1.shape());
    println!("Shape of Matrix 2:  {}", m2.shape());
    println!("{}", m1.matmul(&m2));

    let m1 = torch::FloatTensor([[1, 2], [3, 4]]);
    let m2 = torch::FloatTensor([[1], [2]]);
    println!("Shape of Matrix 1:  {}", m1.shape());
    println!("Shape of Matrix 2:  {}", m2.shape());
    println!("{}", &m1 * &m2);
    println!("{}", m1.mul(&m2));

    // ## Broadcasting
    lab.cell(14);
    let m1 = torch::FloatTensor([[3, 3]]);
    let m2 = torch::FloatTensor([[2, 2]]);
    println!("{}", m1 + m2);

    lab.cell(15);
    let m1 = torch::FloatTensor([[1, 2]]);
    let m2 = torch::FloatTensor([3]);
    println!("{}", m1 + m2);

    lab.cell(16);
    let m1 = torch::FloatTensor([[1, 2]]);
    let m2 = torch::FloatTensor([[3], [4]]);
    println!("{}", m1 + m2);

    // ## Mean
    lab.cell(17);
    let t = torch::FloatTensor([1, 2]);
    println!("{}", t.mean());

    lab.cell(18);
    let t = torch::LongTensor([1, 2]);
    match torch::catch(|| t.mean()) {
        Ok(mean) => println!("{}", mean),
        Err(exc) => println!("{}", exc),
    }

    lab.cell(19);
    let t = torch::FloatTensor([[1, 2], [3, 4]]);
    println!("{}", t);

    lab.cell(20);
    println!("{}", t.mean());
    println!("{}", t.mean_dim(0));
    println!("{}", t.mean_dim(1));
    println!("{}", t.mean_dim(-1));

    // ## Sum
    lab.cell(21);
    let t = torch::FloatTensor([[1, 2], [3, 4]]);
    println!("{}", t);

    lab.cell(22);
    println!("{}", t.sum());
    println!("{}", t.sum_dim(0));
    println!("{}", t.sum_dim(1));
    println!("{}", t.sum_dim(-1));

    // ## Max and argmax
    lab.cell(23);
    let t = torch::FloatTensor([[1, 2], [3, 4]]);
    println!("{}", t);

    lab.cell(24);
    println!("{}", t.max());

    lab.cell(25);
    println!("{}", t.max_dim(0));
    println!("Max:  {}", t.max_dim(0)[0]);
    println!("Argmax:  {}", t.max_dim(0)[1]);

    lab.cell(26);
    println!("{}", t.max_dim(1));
    println!("{}", t.max_dim(-1));

    // ## View
    lab.cell(27);
    let t = np::array![[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]];
    let ft = torch::FloatTensor(&t);
    println!("{}", ft.shape());

    lab.cell(28);
    println!("{}", ft.view([-1, 3]));
    println!("{}", ft.view([-1, 3]).shape());

    lab.cell(29);
    println!("{}", ft.view([-1, 1, 3]));
    println!("{}", ft.view([-1, 1, 3]).shape());

    // ## Squeeze
    lab.cell(30);
    let ft = torch::FloatTensor([[0], [1], [2]]);
    println!("{}", ft);
    println!("{}", ft.shape());

    lab.cell(31);
    println!("{}", ft.squeeze());
    println!("{}", ft.squeeze().shape());

    // ## Unsqueeze
    lab.cell(32);
    let ft = torch::Tensor([0, 1, 2]);
    println!("{}", ft.shape());

    lab.cell(33);
    println!("{}", ft.unsqueeze(0));
    println!("{}", ft.unsqueeze(0).shape());

    lab.cell(34);
    println!("{}", ft.view([1, -1]));
    println!("{}", ft.view([1, -1]).shape());

    lab.cell(35);
    println!("{}", ft.unsqueeze(1));
    println!("{}", ft.unsqueeze(1).shape());

    lab.cell(36);
    println!("{}", ft.unsqueeze(-1));
    println!("{}", ft.unsqueeze(-1).shape());

    // ## Scatter: one-hot
    lab.cell(37);
    let lt = torch::LongTensor([[0], [1], [2], [0]]);
    println!("{}", lt);

    lab.cell(38);
    let one_hot = torch::zeros([4, 3]);
    one_hot.scatter_(1, &lt, 1);
    println!("{}", one_hot);

    // ## Casting
    lab.cell(39);
    let lt = torch::LongTensor([1, 2, 3, 4]);
    println!("{}", lt);

    lab.cell(40);
    println!("{}", lt.float());

    lab.cell(41);
    let bt = torch::ByteTensor([true, false, false, true]);
    println!("{}", bt);

    lab.cell(42);
    println!("{}", bt.long());
    println!("{}", bt.float());

    // ## Concatenating and stacking
    lab.cell(43);
    let x = torch::FloatTensor([[1, 2], [3, 4]]);
    let y = torch::FloatTensor([[5, 6], [7, 8]]);

    lab.cell(44);
    println!("{}", torch::cat([&x, &y], 0));
    println!("{}", torch::cat([&x, &y], 1));

    lab.cell(45);
    let x = torch::FloatTensor([1, 4]);
    let y = torch::FloatTensor([2, 5]);
    let z = torch::FloatTensor([3, 6]);

    lab.cell(46);
    println!("{}", torch::stack([&x, &y, &z], 0));
    println!("{}", torch::stack([&x, &y, &z], 1));

    lab.cell(47);
    println!("{}", torch::cat([x.unsqueeze(0), y.unsqueeze(0), z.unsqueeze(0)], 0));

    // ## Ones and zeros
    lab.cell(48);
    let x = torch::FloatTensor([[0, 1, 2], [2, 1, 0]]);
    println!("{}", x);

    lab.cell(49);
    println!("{}", torch::ones_like(&x));
    println!("{}", torch::zeros_like(&x));

    // ## In place
    lab.cell(50);
    let x = torch::FloatTensor([[1, 2], [3, 4]]);

    lab.cell(51);
    println!("{}", x.mul(2.));
    println!("{}", x);
    println!("{}", x.mul_(2.));
    println!("{}", x);

    // ## Zip
    lab.cell(52);
    for (x, y) in [1, 2, 3].iter().zip([4, 5, 6]) {
        println!("{} {}", x, y);
    }

    lab.cell(53);
    for ((x, y), z) in [1, 2, 3].iter().zip([4, 5, 6]).zip([7, 8, 9]) {
        println!("{} {} {}", x, y, z);
    }
    Ok(())
}

//! Lab 6's eight samples and their classes, for the contestants in both workspaces.

pub const X: [[f32; 4]; 8] = [
    [1.0, 2.0, 1.0, 1.0],
    [2.0, 1.0, 3.0, 2.0],
    [3.0, 1.0, 3.0, 4.0],
    [4.0, 1.0, 5.0, 5.0],
    [1.0, 7.0, 5.0, 5.0],
    [1.0, 2.0, 5.0, 6.0],
    [1.0, 6.0, 6.0, 6.0],
    [1.0, 7.0, 7.0, 7.0],
];
pub const Y: [u32; 8] = [2, 2, 2, 1, 1, 1, 0, 0];

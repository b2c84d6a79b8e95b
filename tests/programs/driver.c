// Built as libcuda.so.1, it plays a driver that reports a GPU and can do nothing else. So the code for machines with a GPU runs
// without one, up to libtorch's first use of the GPU, for which this driver is too old.
int cuInit(unsigned int flags) { (void)flags; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }

// As libcuda.so.1, a driver that has a GPU and nothing else: what is done where there is one can be seen without one, up to
// libtorch's first use of it, for which this driver is too old.
int cuInit(unsigned int flags) { (void)flags; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }

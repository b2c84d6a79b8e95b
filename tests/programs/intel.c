// Preloaded, it makes MKL's vector functions take the kernels for an Intel processor with AVX-512, whoever made the one
// they run on: MKL calls this to find out. Only there can its first call go wrong (crates/torch/src/sys/shim.cpp, zta_first_call).
int mkl_serv_vml_cpu_detect(void) { return 9; }

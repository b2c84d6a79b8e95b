// When preloaded, it makes MKL's vector functions take the kernels for an Intel processor with AVX-512 on any processor: MKL
// calls this function to detect the processor. Only with these kernels can MKL's first call go wrong
// (crates/torch/src/sys/shim.cpp, zta_first_call).
int mkl_serv_vml_cpu_detect(void) { return 9; }

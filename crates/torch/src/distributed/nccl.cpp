// c10d's NCCL, which adds up tensors on GPUs. It is a separate library because it needs libtorch's CUDA libraries,
// which a program loads only when it uses them (device.rs). As in shim.cpp, every function returns nullptr or a
// malloc'ed error text.

#define USE_C10D_NCCL
#include <ATen/ATen.h>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "guarded.h"

using StorePtr = c10::intrusive_ptr<c10d::Store>;
using NcclPtr = c10::intrusive_ptr<c10d::ProcessGroupNCCL>;

static void allreduce(NcclPtr& group, const at::Tensor& tensor) {
  std::vector<at::Tensor> tensors{tensor};
  group->allreduce(tensors)->wait();
}

extern "C" {

// The group of `size` processes that meet in `store`; this one is `rank`, on GPU `device`. Together: NCCL connects them
// in a first sum. The group is never freed: its destructor can end the process when another process is gone.
char* zta_nccl_new(StorePtr* store, int rank, int size, int64_t timeout, int device, NcclPtr** out) {
  return guarded([&] {
    // Options contains a struct of NCCL's, whose layout must be the same in this file and in libtorch.
    const auto version = c10d::getNcclVersionNumber();
    TORCH_CHECK(version == NCCL_VERSION_CODE, "built with the header of NCCL ", NCCL_VERSION_CODE,
                ", libtorch has NCCL ", version);
    // wait() must return only after the sum, or throw after the time-out: otherwise a thread of c10d's ends the process
    // with a C++ backtrace when another rank is gone.
    setenv("TORCH_NCCL_BLOCKING_WAIT", "1", /*overwrite=*/0);
    auto own = c10::make_intrusive<c10d::PrefixStore>("nccl", *store);  // Gloo's keys are in it, too
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = std::chrono::milliseconds(timeout);
    auto group = new NcclPtr(c10::make_intrusive<c10d::ProcessGroupNCCL>(own, rank, size, options));
    allreduce(*group, at::zeros({1}, at::device({at::kCUDA, static_cast<c10::DeviceIndex>(device)})));
    *out = group;
  });
}

// Replaces every process's tensor by the sum of all processes' tensors.
char* zta_nccl_allreduce(NcclPtr* group, const at::Tensor* tensor) {
  return guarded([&] { allreduce(*group, tensor->detach()); });
}

}  // extern "C"

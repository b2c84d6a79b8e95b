// Functions of libtorch that tch does not bind. Every function returns nullptr, or a malloc'ed error text that the Rust side
// frees.

// One header per operator: the header of all operators takes seven seconds more to compile. Without this, ScalarOps.h includes
// it.
#define AT_PER_OPERATOR_HEADERS

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/ScalarOps.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sqrt.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <torch/csrc/autograd/function.h>

#include <torch/headeronly/version.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

#ifndef _WIN32
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#endif

#include "guarded.h"

extern "C" {

// The version of the loaded libtorch, in the form of TORCH_ABI_VERSION; 0 for a libtorch that does not tell it.
static uint64_t loaded_version(const char** path) {
#ifndef _WIN32
  if (void* version = dlsym(RTLD_DEFAULT, "aoti_torch_abi_version")) {
    Dl_info info;
    if (dladdr(version, &info)) *path = info.dli_fname;
    return reinterpret_cast<uint64_t (*)()>(version)();
  }
  return 0;
#else
  return TORCH_ABI_VERSION;
#endif
}

// Ends the program with one line if the loaded libtorch is not the one that this was compiled against: their C++ interfaces do
// not match, and results would be nonsense.
void zta_check_version() {
  const char* path = "an unknown place";
  const uint64_t loaded = loaded_version(&path);
  if (loaded == TORCH_ABI_VERSION) return;
  char version[32] = "an older one";
  auto part = [&](int shift) { return static_cast<unsigned>(loaded >> shift & 0xff); };
  if (loaded) snprintf(version, sizeof version, "%u.%u.%u", part(56), part(48), part(40));
  fprintf(stderr,
          "libtorch: this program was built with version " TORCH_VERSION ", the system has loaded %s (%s); take that "
          "folder out of LD_LIBRARY_PATH and LD_PRELOAD, or build again\n",
          version, path);
  _Exit(2);
}

// Calls one of MKL's vector functions (sqrt, exp, log and the like) on one thread. The first call of any of these functions
// detects the processor and stores the answer twice: first a number for the processor, then the kernel row that belongs to it
// (`mkl_vml_serv_cpu_detect`). A thread that reads the first number takes a less accurate kernel, and its part of the tensor is
// off by up to 1e-4 (pytorch/pytorch issue 188792: oneMKL 2024.2, which torch's wheels have, on Intel processors; fixed in
// 2025.0). Delete this when libtorch has that MKL, or makes the call itself (PR 188791).
void zta_first_call() {
  try {
    at::sqrt(at::ones({1}));
  } catch (...) {
    // Errors are ignored here: they will show again where somebody waits for a result.
  }
}

// libgomp's functions for spin.rs, under the names that compilers call. libgomp counts its processors when it is loaded, so
// before main it returns that number. The result is 0 if libtorch uses another OpenMP, which has these names, too.
#ifndef _WIN32
unsigned zta_openmp_processors() {
  void* count = dlsym(RTLD_DEFAULT, "omp_get_num_procs");
  if (!count || !dlsym(RTLD_DEFAULT, "GOMP_parallel") || dlsym(RTLD_DEFAULT, "__kmpc_fork_call")) return 0;
  return reinterpret_cast<int (*)()>(count)();
}

// Starts a team of this many threads that does nothing; the calling thread is one of them.
void zta_openmp_team(unsigned threads) {
  using Parallel = void (*)(void (*)(void*), void*, unsigned, unsigned);
  const auto parallel = reinterpret_cast<Parallel>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  if (parallel) parallel([](void*) {}, nullptr, threads, 0);
}

// Calls `body`. A thread that it starts takes no signals, which are for the program's own threads.
void zta_without_signals(void (*body)()) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  body();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}
#else
unsigned zta_openmp_processors() { return 0; }
void zta_openmp_team(unsigned) {}
void zta_without_signals(void (*body)()) { body(); }
#endif

// The name that Python shows as grad_fn=<name>; *name stays nullptr for a tensor without a grad_fn.
char* zta_grad_fn_name(const at::Tensor* tensor, char** name) {
  return guarded([&] {
    if (const auto& node = tensor->grad_fn()) *name = strdup(node->name().c_str());
  });
}

// The address that all handles on one tensor share, like two Python names of it: `a is b`.
const void* zta_identity(const at::Tensor* tensor) { return tensor->unsafeGetTensorImpl(); }

// A Python number as an operand: a 0-d tensor that does not take part in type promotion.
char* zta_wrapped_float(double value, at::Tensor** out) {
  return guarded([&] {
    *out = new at::Tensor(at::scalar_to_tensor(value));
    (*out)->unsafeGetTensorImpl()->set_wrapped_number(true);
  });
}

char* zta_wrapped_int(int64_t value, at::Tensor** out) {
  return guarded([&] {
    *out = new at::Tensor(at::scalar_to_tensor(value));
    (*out)->unsafeGetTensorImpl()->set_wrapped_number(true);
  });
}

// tensor.add_(other, alpha=alpha): one rounding, where tensor += alpha * other has two.
char* zta_add_(at::Tensor* tensor, const at::Tensor* other, double alpha) {
  return guarded([&] { tensor->add_(*other, alpha); });
}

// tensor.addcmul_(a, b, value=value) and tensor.addcdiv_(...): tch's functions have no value.
char* zta_addcmul_(at::Tensor* tensor, const at::Tensor* a, const at::Tensor* b, double value) {
  return guarded([&] { tensor->addcmul_(*a, *b, value); });
}

char* zta_addcdiv_(at::Tensor* tensor, const at::Tensor* a, const at::Tensor* b, double value) {
  return guarded([&] { tensor->addcdiv_(*a, *b, value); });
}

// The operator aten::`name`, for those whose numbers tch leaves at their defaults. Of its first arguments there are a letter
// each and what belongs to it: 't' a tensor, 'n' a number (an int or a bool where the operator asks for one), 'd' the
// default; all others have their defaults. It must be an operator that gives one tensor.
char* zta_call(const char* name, size_t n, const char* kinds, const at::Tensor* const* tensors, const double* numbers,
               at::Tensor** out) {
  return guarded([&] {
    const auto call = c10::Dispatcher::singleton().findSchemaOrThrow(name, "");
    const auto& arguments = call.schema().arguments();
    torch::jit::Stack stack;
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (i >= n || kinds[i] == 'd') {
        stack.push_back(arguments[i].default_value().value());
      } else if (kinds[i] == 't') {
        stack.emplace_back(*tensors[i]);
      } else {
        switch (arguments[i].type()->kind()) {
          case c10::TypeKind::BoolType: stack.emplace_back(numbers[i] != 0); break;
          case c10::TypeKind::IntType: stack.emplace_back(static_cast<int64_t>(numbers[i])); break;
          default: stack.emplace_back(numbers[i]);
        }
      }
    }
    call.callBoxed(stack);
    *out = new at::Tensor(stack.at(0).toTensor());
  });
}

// Hands this thread's warnings of libtorch to `say`, in place of stderr. While `always`, what is warned of once a process is
// warned of each time.
void zta_hear_warnings(void (*say)(const char*), bool always) {
  struct Ear : c10::WarningHandler {
    void (*say)(const char*);
    void process(const c10::Warning& warning) override { say(warning.msg().c_str()); }
  };
  static thread_local Ear ear;
  ear.say = say;
  c10::WarningUtils::set_warning_handler(&ear);
  c10::WarningUtils::set_warnAlways(always);
}

// torch.get_rng_state() and torch.set_rng_state(state)
char* zta_rng_state(at::Tensor** out) {
  return guarded([&] {
    auto generator = at::detail::getDefaultCPUGenerator();
    std::lock_guard<std::mutex> lock(generator.mutex());
    *out = new at::Tensor(generator.get_state());
  });
}

char* zta_set_rng_state(const at::Tensor* state) {
  return guarded([&] {
    auto generator = at::detail::getDefaultCPUGenerator();
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(*state);
  });
}

// tensor.pin_memory(). tch passes the device, about which libtorch warns on stderr at every call.
char* zta_pin_memory(const at::Tensor* tensor, at::Tensor** out) {
  return guarded([&] { *out = new at::Tensor(tensor->pin_memory()); });
}

// Whether libtorch has found its CUDA library, for which it looks once.
char* zta_has_cuda(bool* has) {
  return guarded([&] { *has = at::detail::getCUDAHooks().hasCUDART(); });
}

// torch.cuda.empty_cache() and torch.cuda.memory_allocated(device), with CUDA's library loaded. Before a GPU was used there is
// nothing to free and nothing allocated.
char* zta_cuda_empty_cache() {
  return guarded([&] {
    auto* memory = c10::getDeviceAllocator(c10::DeviceType::CUDA);
    if (memory->initialized()) memory->emptyCache();
  });
}

char* zta_cuda_memory_allocated(int8_t device, int64_t* bytes) {
  return guarded([&] {
    auto* memory = c10::getDeviceAllocator(c10::DeviceType::CUDA);
    *bytes = memory->initialized() ? memory->getDeviceStats(device).allocated_bytes[0].current : 0;
  });
}

// torch.norm(tensor): the call that Python's norm makes with this argument alone (torch/functional.py).
char* zta_norm(const at::Tensor* tensor, at::Tensor** out) {
  return guarded([&] { *out = new at::Tensor(at::linalg_vector_norm(*tensor, 2)); });
}

// tensor.grad = None
char* zta_clear_grad(at::Tensor* tensor) {
  return guarded([&] { tensor->mutable_grad().reset(); });
}

}  // extern "C"

// libtorch's own distributed engine, c10d: the store through which processes find each other, and Gloo, which adds up
// their tensors. As in shim.cpp, every function returns nullptr or a malloc'ed error text.

#define USE_C10D_GLOO
#include <ATen/core/Tensor.h>
#include <c10/util/Logging.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <new>

#include "guarded.h"

using Milliseconds = std::chrono::milliseconds;
using StorePtr = c10::intrusive_ptr<c10d::Store>;
using GlooPtr = c10::intrusive_ptr<c10d::ProcessGroupGloo>;

namespace {
// c10d logs a C++ backtrace for what it also throws. TORCH_CPP_LOG_LEVEL=INFO brings its log back.
void quieten() {
  if (std::getenv("TORCH_CPP_LOG_LEVEL")) {
    c10::initLogging();
  } else {
    FLAGS_caffe2_log_level = 3;  // FATAL
  }
}
}  // namespace

extern "C" {

// A TCPStore, with its server or only as a client; all its keys begin with `prefix`.
char* zta_store_new(
    const char* host, uint16_t port, bool server, int64_t timeout, const char* prefix, StorePtr** out) {
  return guarded([&] {
    quieten();
    c10d::TCPStoreOptions options;
    options.port = port;
    options.isServer = server;
    options.waitWorkers = false;
    options.timeout = Milliseconds(timeout);
    auto store = c10::make_intrusive<c10d::TCPStore>(host, options);
    *out = new StorePtr(c10::make_intrusive<c10d::PrefixStore>(prefix, std::move(store)));
  });
}

char* zta_store_set(StorePtr* store, const char* key, const uint8_t* bytes, size_t length) {
  return guarded([&] { (*store)->set(key, std::vector<uint8_t>(bytes, bytes + length)); });
}

// The value of `key`, malloc'ed; *bytes stays nullptr if no process sets it within `timeout` milliseconds.
char* zta_store_get(StorePtr* store, const char* key, int64_t timeout, uint8_t** bytes, size_t* length) {
  return guarded([&] {
    if (timeout > 0) {
      try {
        (*store)->wait({key}, Milliseconds(timeout));
      } catch (const c10::DistStoreError&) {
      }
    }
    if (!(*store)->check({key})) return;
    const auto value = (*store)->get(key);
    *length = value.size();
    *bytes = static_cast<uint8_t*>(malloc(value.size() + 1));
    if (*bytes == nullptr) throw std::bad_alloc();
    memcpy(*bytes, value.data(), value.size());
  });
}

void zta_store_free(StorePtr* store) {
  delete store;
}

// The group of `size` processes that meet in `store`; this one is `rank`.
char* zta_gloo_new(StorePtr* store, int rank, int size, int64_t timeout, GlooPtr** out) {
  return guarded([&] {
    auto options = c10d::ProcessGroupGloo::Options::create_default(Milliseconds(timeout));
    *out = new GlooPtr(c10::make_intrusive<c10d::ProcessGroupGloo>(*store, rank, size, options));
  });
}

// Replaces every process's tensor by the sum of all processes' tensors.
char* zta_gloo_allreduce(GlooPtr* group, const at::Tensor* tensor) {
  return guarded([&] {
    std::vector<at::Tensor> tensors{tensor->detach()};
    (*group)->allreduce(tensors)->wait();
  });
}

// Copies the tensor of `root` into every process's tensor.
char* zta_gloo_broadcast(GlooPtr* group, const at::Tensor* tensor, int root) {
  return guarded([&] {
    std::vector<at::Tensor> tensors{tensor->detach()};
    c10d::BroadcastOptions options;
    options.rootRank = root;
    (*group)->broadcast(tensors, options)->wait();
  });
}

void zta_gloo_free(GlooPtr* group) {
  delete group;
}

}  // extern "C"

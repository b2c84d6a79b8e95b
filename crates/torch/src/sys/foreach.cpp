// torch._foreach_*: functions over lists of tensors; on a GPU each is one kernel for all tensors. A list is passed as tch's
// pointers to its tensors. As in shim.cpp, every function returns nullptr or a malloc'ed error text.

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sqrt.h>

#include <vector>

#include "guarded.h"

using Tensors = const at::Tensor* const*;

static std::vector<at::Tensor> list(Tensors tensors, size_t count) {
  std::vector<at::Tensor> list;
  list.reserve(count);
  for (size_t i = 0; i < count; ++i) list.push_back(*tensors[i]);
  return list;
}

static std::vector<at::Scalar> scalars(const double* values, size_t count) {
  return std::vector<at::Scalar>(values, values + count);
}

extern "C" {

// torch._foreach_add_(tensors, others, alpha=alpha)
char* zta_foreach_add_(size_t n, Tensors tensors, Tensors others, double alpha) {
  return guarded([&] { at::_foreach_add_(list(tensors, n), list(others, n), alpha); });
}

// torch._foreach_add_(tensors, value)
char* zta_foreach_add_scalar_(size_t n, Tensors tensors, double value) {
  return guarded([&] { at::_foreach_add_(list(tensors, n), value); });
}

// torch._foreach_mul_(tensors, value)
char* zta_foreach_mul_scalar_(size_t n, Tensors tensors, double value) {
  return guarded([&] { at::_foreach_mul_(list(tensors, n), value); });
}

// torch._foreach_lerp_(tensors, ends, weight)
char* zta_foreach_lerp_(size_t n, Tensors tensors, Tensors ends, double weight) {
  return guarded([&] { at::_foreach_lerp_(list(tensors, n), list(ends, n), weight); });
}

// torch._foreach_addcmul_(tensors, a, b, value)
char* zta_foreach_addcmul_(size_t n, Tensors tensors, Tensors a, Tensors b, double value) {
  return guarded([&] { at::_foreach_addcmul_(list(tensors, n), list(a, n), list(b, n), value); });
}

// torch._foreach_sqrt(tensors); `out` has room for as many pointers.
char* zta_foreach_sqrt(size_t n, Tensors tensors, at::Tensor** out) {
  return guarded([&] {
    auto roots = at::_foreach_sqrt(list(tensors, n));
    for (size_t i = 0; i < n; ++i) out[i] = new at::Tensor(roots[i]);
  });
}

// torch._foreach_div_(tensors, values), a value for each tensor
char* zta_foreach_div_scalars_(size_t n, Tensors tensors, const double* values) {
  return guarded([&] { at::_foreach_div_(list(tensors, n), scalars(values, n)); });
}

// torch._foreach_addcdiv_(tensors, a, b, values), a value for each tensor
char* zta_foreach_addcdiv_scalars_(size_t n, Tensors tensors, Tensors a, Tensors b, const double* values) {
  return guarded([&] { at::_foreach_addcdiv_(list(tensors, n), list(a, n), list(b, n), scalars(values, n)); });
}

}  // extern "C"

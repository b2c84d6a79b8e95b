#pragma once

#include <cstdlib>
#include <cstring>
#include <exception>

// Runs `body`; nullptr, or the text of what it threw, which the Rust side frees.
template <typename F>
char* guarded(F body) {
  try {
    body();
    return nullptr;
  } catch (const std::exception& error) {
    return strdup(error.what());
  } catch (...) {
    // It must not cross into Rust.
    return strdup("something was thrown that is no std::exception");
  }
}

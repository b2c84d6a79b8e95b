// What c10d's ProcessGroupGloo.hpp needs of Gloo. The wheel has Gloo inside libtorch_cpu, but none of its headers.
// No object declared here is made or looked into by us: c10d's own code does both, with the real ones. A libtorch
// that asks more of Gloo does not compile against this; it cannot break at run time.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gloo {

struct Context {
  void setTimeout(std::chrono::milliseconds timeout);
};

namespace transport {

struct Device;

struct UnboundBuffer {
  virtual ~UnboundBuffer() = 0;
};

}  // namespace transport

namespace rendezvous {

struct Store {
  virtual ~Store() = default;
  virtual void set(const std::string& key, const std::vector<char>& value) = 0;
  virtual std::vector<char> get(const std::string& key) = 0;
  virtual void wait(const std::vector<std::string>& keys) = 0;
  virtual void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds& timeout) = 0;
};

}  // namespace rendezvous
}  // namespace gloo

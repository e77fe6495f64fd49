#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "prefetch.h"

namespace rivero {

/**
 * Values behind handles that JavaScript's HandleTable gave out (core/packets/handle-table.ts): index in the lower 20 bits,
 * generation above. A handle of something closed finds nothing.
 */
template <typename Value>
class HandleMap {
 public:
  void open(uint32_t handle, Value value) {
    const size_t index = indexOf(handle);
    if (index >= places_.size()) places_.resize(index + 1);
    places_[index].handle = handle;
    places_[index].value.emplace(std::move(value));
  }

  /** Null when the handle was closed or never existed; valid until the next `open`. */
  Value* get(uint32_t handle) {
    const size_t index = indexOf(handle);
    if (index >= places_.size() || places_[index].handle != handle) return nullptr;
    return places_[index].value ? &*places_[index].value : nullptr;
  }

  /** It is asked for soon. */
  void prefetchPlace(uint32_t handle) const {
    const size_t index = indexOf(handle);
    if (index < places_.size()) prefetch(&places_[index], sizeof(Place));
  }

  void close(uint32_t handle) {
    if (get(handle) != nullptr) places_[indexOf(handle)].value.reset();
  }

 private:
  struct Place {
    uint32_t handle = 0;
    std::optional<Value> value;
  };

  static size_t indexOf(uint32_t handle) { return handle & 0xfffff; }

  std::vector<Place> places_;
};

}  // namespace rivero

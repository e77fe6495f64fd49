#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "prefetch.h"

namespace rivero {

/**
 * Which of the last packet indices were used: the replay list of a receiver, and what keeps a sender from using an index
 * twice. A ring of bits over the newest `blocks * 32` indices at most and `(blocks - 1) * 32 + 1` at least; moving on
 * clears only what it skips (as RFC 6479 does for IPsec). `blocks` is a power of two.
 */
template <int64_t blocks>
class IndexWindow {
 public:
  /** The highest index that was added; -1 before the first. */
  int64_t highest() const { return highest_; }

  /** True when the index was not added before, and is not too old to tell. */
  bool isNew(int64_t index) const {
    if (index > highest_) return true;
    if (blockOf(highest_) - blockOf(index) >= blocks) return false;
    return (bits_[place(index)] & bit(index)) == 0;
  }

  /** The index is asked for soon, and remembered. */
  void prefetchPlace(int64_t index) const {
    prefetchToWrite(&highest_, sizeof highest_);
    prefetchToWrite(&bits_[place(index)], sizeof bits_[0]);
  }

  /** Remembers an index that is new. */
  void add(int64_t index) {
    if (index > highest_) {
      const int64_t newest = blockOf(index);
      const int64_t skipped = std::min(newest - blockOf(highest_), blocks);
      for (int64_t i = 0; i < skipped; i++) bits_[static_cast<size_t>((newest - i) & (blocks - 1))] = 0;
      highest_ = index;
    }
    bits_[place(index)] |= bit(index);
  }

 private:
  static int64_t blockOf(int64_t index) { return index >> 5; }
  static size_t place(int64_t index) { return static_cast<size_t>(blockOf(index) & (blocks - 1)); }
  static uint32_t bit(int64_t index) { return uint32_t{1} << (index & 31); }

  int64_t highest_ = -1;
  std::array<uint32_t, blocks> bits_{};
};

}  // namespace rivero

#pragma once

#include <cstdint>
#include <vector>

namespace rivero {

/** What the cryptography was asked to do, which here does nothing. */
struct FakeTransforms {
  /** The packet index of each RTP packet that was sealed, or opened. */
  std::vector<int64_t> rtp;
  /** The same of RTCP. */
  std::vector<uint32_t> rtcp;
};

extern FakeTransforms transforms;

}  // namespace rivero

#pragma once

#include <cstdint>
#include <vector>

#include "srtp-transform.h"

namespace rivero {

/** What the cryptography was asked to do, which here does nothing. */
struct FakeTransforms {
  /** The packet index of each RTP packet that was sealed, or opened. */
  std::vector<int64_t> rtp;
  /** The same of RTCP. */
  std::vector<uint32_t> rtcp;
  /** What is answered for each RTP packet that is sealed. */
  SealTag tag{};
};

extern FakeTransforms transforms;

}  // namespace rivero

#pragma once

#include <cstdint>
#include <memory>

#include "srtp-receiver.h"
#include "srtp-sender.h"

namespace rivero {

/** In the place of a path: packets go by a socket of JavaScript's, or nowhere. */
inline constexpr uint32_t noPath = 0xffffffff;

/** One peer's session. */
struct Session {
  SrtpProfile profile;
  SrtpSender sender;
  std::unique_ptr<SrtpReceiver> receiver;
  /** Where packets go that leave by a socket of ours. */
  uint32_t path = noPath;
  uint64_t bytesSent = 0;
  uint64_t bytesReceived = 0;
  /** That its key is nearly used up was told. */
  bool isKeyLimitTold = false;
  /** The last batch that had rows for it, and the last of them. */
  uint64_t batchNumber = 0;
  uint32_t lastRow = 0;
};

}  // namespace rivero

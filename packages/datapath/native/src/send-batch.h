#pragma once

#include <cstdint>

namespace rivero {

/** Bits of the `flags` column (core/packets/send-batch.ts). */
inline constexpr uint8_t sendFlagMarker = 1;
inline constexpr uint8_t sendFlagRtx = 2;
inline constexpr uint8_t sendFlagResend = 4;

/** Columns of a SendBatch (core/packets/send-batch.ts), which own them. */
struct SendBatch {
  const uint32_t* stream;
  const uint32_t* payloadOffset;
  const uint16_t* payloadLength;
  const uint32_t* rolloverCounter;
  const uint16_t* sequence;
  const uint32_t* timestamp;
  const uint8_t* payloadType;
  const uint8_t* flags;
  const uint16_t* originalSequence;
  const uint32_t* extensionOffset;
  const uint8_t* extensionLength;
  const uint8_t* extensionBytes;
};

}  // namespace rivero

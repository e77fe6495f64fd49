#pragma once

#include <cstddef>
#include <cstdint>

namespace rivero {

/** The big-endian unsigned 16-bit integer at `bytes`. */
inline uint16_t readUint16(const uint8_t* bytes) {
  return static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
}

/** The big-endian unsigned 32-bit integer at `bytes`. */
inline uint32_t readUint32(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]};
}

inline void writeUint16(uint8_t* bytes, uint16_t value) {
  bytes[0] = static_cast<uint8_t>(value >> 8);
  bytes[1] = static_cast<uint8_t>(value);
}

inline void writeUint32(uint8_t* bytes, uint32_t value) {
  bytes[0] = static_cast<uint8_t>(value >> 24);
  bytes[1] = static_cast<uint8_t>(value >> 16);
  bytes[2] = static_cast<uint8_t>(value >> 8);
  bytes[3] = static_cast<uint8_t>(value);
}

/** Exclusive-ors a big-endian 32-bit integer into the bytes. */
inline void xorUint32(uint8_t* bytes, uint32_t value) {
  writeUint32(bytes, readUint32(bytes) ^ value);
}

/** The first `length` bytes are those of the other; takes equally long wherever the first difference is. */
inline bool areEqual(const uint8_t* bytes, const uint8_t* other, size_t length) {
  uint8_t difference = 0;
  for (size_t i = 0; i < length; i++) difference = static_cast<uint8_t>(difference | (bytes[i] ^ other[i]));
  return difference == 0;
}

}  // namespace rivero

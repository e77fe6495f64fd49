#include "write-packet.h"

#include <cstring>

#include "bytes.h"

namespace rivero {

namespace {

constexpr int rtpFixedHeaderLength = 12;
/** Where extension elements begin: behind the fixed header, the profile and the length. */
constexpr int extensionElementsOffset = rtpFixedHeaderLength + 4;
/** One-byte form (RFC 8285 section 4.2). */
constexpr uint16_t oneByteProfile = 0xbede;

}  // namespace

int writeHeader(uint8_t* out, const Stream& stream, const SendBatch& batch, uint32_t row) {
  const bool hasMarker = (batch.flags[row] & sendFlagMarker) != 0;
  out[0] = 0x80;
  out[1] = static_cast<uint8_t>((hasMarker ? 0x80 : 0) | (batch.payloadType[row] & 0x7f));
  writeUint16(out + 2, batch.sequence[row]);
  writeUint32(out + 4, batch.timestamp[row]);
  writeUint32(out + 8, stream.ssrc);
  const size_t own = stream.extensionElements.size();
  const size_t added = batch.extensionLength[row];
  if (own + added == 0) return rtpFixedHeaderLength;
  const size_t words = (own + added + 3) / 4;
  out[0] |= 0x10;
  writeUint16(out + 12, oneByteProfile);
  writeUint16(out + 14, static_cast<uint16_t>(words));
  uint8_t* elements = out + extensionElementsOffset;
  if (own > 0) std::memcpy(elements, stream.extensionElements.data(), own);
  if (added > 0) std::memcpy(elements + own, batch.extensionBytes + batch.extensionOffset[row], added);
  std::memset(elements + own + added, 0, words * 4 - own - added);
  return extensionElementsOffset + static_cast<int>(words) * 4;
}

int writePayload(uint8_t* out, int headerLength, const uint8_t* pool, const SendBatch& batch, uint32_t row) {
  uint8_t* at = out + headerLength;
  if ((batch.flags[row] & sendFlagRtx) != 0) {
    writeUint16(at, batch.originalSequence[row]);
    at += 2;
  }
  const size_t length = batch.payloadLength[row];
  std::memcpy(at, pool + batch.payloadOffset[row], length);
  return static_cast<int>(at - out) + static_cast<int>(length);
}

}  // namespace rivero

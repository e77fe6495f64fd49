#include "srtp-receiver.h"

#include <algorithm>

#include "bytes.h"
#include "packet-index.h"

namespace rivero {

namespace {

constexpr int rtpFixedHeaderLength = 12;
constexpr int rtcpHeaderLength = 8;
constexpr int rtcpIndexLength = 4;

/** Bytes of header, CSRCs and header extension of an RTP packet that has `length` bytes before its tag. */
SrtpResult rtpHeaderLength(const uint8_t* bytes, int length) {
  if (length < rtpFixedHeaderLength) return SrtpResult::of(SrtpDefect::truncated);
  if (bytes[0] >> 6 != 2) return SrtpResult::of(SrtpDefect::malformed);
  int end = rtpFixedHeaderLength + (bytes[0] & 0x0f) * 4;
  if ((bytes[0] & 0x10) != 0) {
    if (end + 4 > length) return SrtpResult::of(SrtpDefect::truncated);
    end += 4 + readUint16(bytes + end + 2) * 4;
  }
  return end > length ? SrtpResult::of(SrtpDefect::truncated) : SrtpResult::of(end);
}

/** Nothing of it is believed: whoever reads the packet checks the rest. */
SrtpResult plain(const uint8_t* packet, int length, int headerLength) {
  if (length < headerLength) return SrtpResult::of(SrtpDefect::truncated);
  return packet[0] >> 6 == 2 ? SrtpResult::of(length) : SrtpResult::of(SrtpDefect::malformed);
}

}  // namespace

SrtpReceiver::SrtpReceiver(SrtpProfile profile, const SrtpSessionKeys& keys, int64_t lifetime,
                           const SrtpReceiver* before)
    : parameters_(parametersOf(profile)), usage_(lifetime) {
  if (profile != SrtpProfile::none) transform_ = openSrtpTransform(profile, keys, SrtpTransform::Direction::open);
  if (before != nullptr) before_ = before->rtpStreams_.highest();
}

SrtpResult SrtpReceiver::unprotectRtp(uint8_t* packet, int length) {
  if (transform_ == nullptr) return plain(packet, length, rtpFixedHeaderLength);
  const SrtpResult header = rtpHeaderLength(packet, length - parameters_.rtpTagLength);
  if (header.isDefect()) return header;
  const uint32_t ssrc = readUint32(packet + 8);
  const uint16_t sequence = readUint16(packet + 2);
  auto* window = rtpStreams_.get(ssrc);
  if (window == nullptr && rtpStreams_.isFull()) return SrtpResult::of(SrtpDefect::tooManyStreams);
  const int64_t index = estimatePacketIndex(window == nullptr ? -1 : window->highest(), sequence);
  if (index > rtpIndexMax || usage_.isUsedUp()) return SrtpResult::of(SrtpDefect::indexExhausted);
  if (index < 0 || (window != nullptr && !window->isNew(index))) return SrtpResult::of(SrtpDefect::replayed);

  RtpPosition position{ssrc, sequence, static_cast<uint32_t>(index >> 16)};
  const bool isOpened = window == nullptr ? openFirst(packet, length, header.length, position)
                                          : transform_->openRtp(packet, length, header.length, position);
  if (!isOpened) return SrtpResult::of(SrtpDefect::authenticationFailed);
  if (window == nullptr) window = &rtpStreams_.open(ssrc);
  window->add(packetIndex(position.rolloverCounter, sequence));
  usage_.countRtp();
  return SrtpResult::of(length - parameters_.rtpTagLength);
}

/** Of an SSRC under this key: in the cycle after the key before, or in cycle 0, as many begin anew with each key. */
bool SrtpReceiver::openFirst(uint8_t* packet, int length, int headerLength, RtpPosition& position) {
  const auto before = before_.find(position.ssrc);
  const int64_t index = estimatePacketIndex(before == before_.end() ? -1 : before->second, position.sequence);
  position.rolloverCounter = index < 0 || index > rtpIndexMax ? 0 : static_cast<uint32_t>(index >> 16);
  if (transform_->openRtp(packet, length, headerLength, position)) return true;
  if (position.rolloverCounter == 0) return false;
  position.rolloverCounter = 0;
  return transform_->openRtp(packet, length, headerLength, position);
}

SrtpResult SrtpReceiver::unprotectRtcp(uint8_t* packet, int packetLength) {
  if (transform_ == nullptr) return plain(packet, packetLength, rtcpHeaderLength);
  const int length = packetLength - parameters_.rtcpTagLength - rtcpIndexLength;
  if (length < rtcpHeaderLength) return SrtpResult::of(SrtpDefect::truncated);
  if (packet[0] >> 6 != 2) return SrtpResult::of(SrtpDefect::malformed);
  const uint32_t ssrc = readUint32(packet + 4);
  const int64_t index = readUint32(packet + transform_->rtcpIndexOffset(packetLength)) & 0x7fffffff;
  auto* window = rtcpStreams_.get(ssrc);
  if (window == nullptr && rtcpStreams_.isFull()) return SrtpResult::of(SrtpDefect::tooManyStreams);
  if (usage_.isUsedUp()) return SrtpResult::of(SrtpDefect::indexExhausted);
  if (window != nullptr && !window->isNew(index)) return SrtpResult::of(SrtpDefect::replayed);
  if (!transform_->openRtcp(packet, packetLength, ssrc)) return SrtpResult::of(SrtpDefect::authenticationFailed);
  if (window == nullptr) window = &rtcpStreams_.open(ssrc);
  window->add(index);
  usage_.countRtcp();
  return SrtpResult::of(length);
}

}  // namespace rivero

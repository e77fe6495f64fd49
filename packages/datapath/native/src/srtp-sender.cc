#include "srtp-sender.h"

#include <cstring>

#include "bytes.h"
#include "packet-index.h"

namespace rivero {

namespace {

constexpr int rtcpIndexLength = 4;

}  // namespace

SrtpSender::SrtpSender(SrtpProfile profile, const SrtpSessionKeys& keys, int64_t rtcpSealed)
    : parameters_(parametersOf(profile)), usage_(rtpPacketsMax, rtcpSealed), nextRtcpIndex_(rtcpSealed) {
  if (profile != SrtpProfile::none) transform_ = openSrtpTransform(profile, keys, SrtpTransform::Direction::seal);
}

SrtpResult SrtpSender::protectRtp(uint8_t* out, const PlainRtp& packet, Window*& window) {
  if (transform_ == nullptr) return SrtpResult::of(packet.plaintextLength);
  if (usage_.isUsedUp()) return SrtpResult::of(SrtpDefect::indexExhausted);
  const uint32_t ssrc = readUint32(out + 8);
  const int64_t index = packetIndex(packet.rolloverCounter, readUint16(out + 2));
  if (window == nullptr) window = streams_.get(ssrc);
  if (window == nullptr) {
    if (streams_.isRetired(ssrc)) return SrtpResult::of(SrtpDefect::indexReused);
    if (streams_.isFull()) return SrtpResult::of(SrtpDefect::tooManyStreams);
    window = &streams_.open(ssrc);
  } else if (!window->isNew(index)) {
    return SrtpResult::of(SrtpDefect::indexReused);
  }
  window->add(index);
  usage_.countRtp();
  sealTag_ = sealRtp(out, packet);
  return SrtpResult::of(packet.plaintextLength + parameters_.rtpTagLength);
}

SrtpResult SrtpSender::protectRtpAgain(uint8_t* out, const PlainRtp& packet, const SealedRtp& sealed) {
  const int length = packet.plaintextLength + parameters_.rtpTagLength;
  if (length != sealed.length) return SrtpResult::of(SrtpDefect::resendDiffers);
  // In the clear no packet gives another one away: whichever is as long may go under a number again.
  if (transform_ == nullptr) return SrtpResult::of(length);
  const SealTag tag = sealRtp(out, packet);
  if (areEqual(tag.data(), sealed.tag.data(), tag.size())) return SrtpResult::of(length);
  std::memset(out, 0, static_cast<size_t>(length));
  return SrtpResult::of(SrtpDefect::resendDiffers);
}

SealTag SrtpSender::sealRtp(uint8_t* out, const PlainRtp& packet) {
  const RtpPosition position{readUint32(out + 8), readUint16(out + 2), packet.rolloverCounter};
  return transform_->sealRtp(out, packet.headerLength, packet.plaintextLength, position);
}

SrtpResult SrtpSender::protectRtcp(uint8_t* out, int plaintextLength) {
  if (transform_ == nullptr) return SrtpResult::of(plaintextLength);
  if (nextRtcpIndex_ > rtcpIndexMax || usage_.isUsedUp()) return SrtpResult::of(SrtpDefect::indexExhausted);
  const auto index = static_cast<uint32_t>(nextRtcpIndex_);
  nextRtcpIndex_ += 1;
  usage_.countRtcp();
  transform_->sealRtcp(out, plaintextLength, readUint32(out + 4), index);
  return SrtpResult::of(plaintextLength + parameters_.rtcpTagLength + rtcpIndexLength);
}

}  // namespace rivero

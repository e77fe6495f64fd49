#include "srtp-sender.h"

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

SrtpResult SrtpSender::protectRtp(uint8_t* out, int headerLength, int plaintextLength, uint32_t rolloverCounter) {
  if (transform_ == nullptr) return SrtpResult::of(plaintextLength);
  if (usage_.isUsedUp()) return SrtpResult::of(SrtpDefect::indexExhausted);
  const uint32_t ssrc = readUint32(out + 8);
  const uint16_t sequence = readUint16(out + 2);
  const int64_t index = packetIndex(rolloverCounter, sequence);
  auto* window = streams_.get(ssrc);
  if (window == nullptr) {
    if (streams_.isRetired(ssrc)) return SrtpResult::of(SrtpDefect::indexReused);
    if (streams_.isFull()) return SrtpResult::of(SrtpDefect::tooManyStreams);
    window = &streams_.open(ssrc);
  } else if (!window->isNew(index)) {
    return SrtpResult::of(SrtpDefect::indexReused);
  }
  window->add(index);
  usage_.countRtp();
  transform_->sealRtp(out, headerLength, plaintextLength, {ssrc, sequence, rolloverCounter});
  return SrtpResult::of(plaintextLength + parameters_.rtpTagLength);
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

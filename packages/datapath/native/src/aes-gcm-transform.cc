#include "aes-gcm-transform.h"

#include <cstring>

#include "bytes.h"
#include "packet-slot.h"

namespace rivero {

namespace {

constexpr int tagLength = 16;
constexpr int indexLength = 4;
/** The part of an RTCP packet that stays in the clear: first header word and SSRC. */
constexpr int rtcpHeaderLength = 8;

AesGcm::Direction cipherDirection(SrtpTransform::Direction direction) {
  return direction == SrtpTransform::Direction::seal ? AesGcm::Direction::seal : AesGcm::Direction::open;
}

}  // namespace

AesGcmTransform::AesGcmTransform(const SrtpSessionKeys& keys, Direction direction)
    : rtp_(keys.rtpEncryptionKey, cipherDirection(direction)),
      rtcp_(keys.rtcpEncryptionKey, cipherDirection(direction)) {
  std::memcpy(rtpSalt_.data(), keys.rtpSalt, rtpSalt_.size());
  std::memcpy(rtcpSalt_.data(), keys.rtcpSalt, rtcpSalt_.size());
}

SealTag AesGcmTransform::sealRtp(uint8_t* bytes, int headerLength, int plaintextLength, const RtpPosition& position) {
  const Iv iv = rtpIv(position);
  rtp_.seal(iv.data(), bytes, headerLength, bytes + headerLength, plaintextLength - headerLength);
  SealTag tag;
  static_assert(sizeof tag == tagLength);
  std::memcpy(tag.data(), bytes + plaintextLength, tag.size());
  return tag;
}

bool AesGcmTransform::openRtp(uint8_t* packet, int length, int headerLength, const RtpPosition& position) {
  const Iv iv = rtpIv(position);
  return rtp_.open(iv.data(), packet, headerLength, packet + headerLength, length - tagLength - headerLength);
}

void AesGcmTransform::sealRtcp(uint8_t* bytes, int plaintextLength, uint32_t ssrc, uint32_t index) {
  const uint32_t indexWord = index | 0x80000000;
  const Iv iv = rtcpIv(ssrc, index);
  uint8_t additional[rtcpHeaderLength + indexLength];
  std::memcpy(additional, bytes, rtcpHeaderLength);
  writeUint32(additional + rtcpHeaderLength, indexWord);
  const int length = plaintextLength - rtcpHeaderLength;
  rtcp_.seal(iv.data(), additional, sizeof additional, bytes + rtcpHeaderLength, length);
  writeUint32(bytes + plaintextLength + tagLength, indexWord);
}

bool AesGcmTransform::openRtcp(uint8_t* packet, int length, uint32_t ssrc) {
  const int to = length - indexLength - tagLength;
  const uint32_t indexWord = readUint32(packet + length - indexLength);
  const bool isEncrypted = (indexWord & 0x80000000) != 0;
  const Iv iv = rtcpIv(ssrc, indexWord & 0x7fffffff);
  // In the clear the whole packet is additional data (RFC 7714 section 9.3).
  const int clearLength = isEncrypted ? rtcpHeaderLength : to;
  uint8_t additional[packetSlotSize + indexLength];
  std::memcpy(additional, packet, static_cast<size_t>(clearLength));
  writeUint32(additional + clearLength, indexWord);
  return rtcp_.open(iv.data(), additional, clearLength + indexLength, packet + clearLength, to - clearLength);
}

int AesGcmTransform::rtcpIndexOffset(int packetLength) const {
  return packetLength - indexLength;
}

/** 16 zero bits, SSRC, ROC, sequence number, all exclusive-or the salt (RFC 7714 section 8.1). */
AesGcmTransform::Iv AesGcmTransform::rtpIv(const RtpPosition& position) const {
  Iv iv = rtpSalt_;
  xorUint32(&iv[2], position.ssrc);
  xorUint32(&iv[6], position.rolloverCounter);
  iv[10] ^= static_cast<uint8_t>(position.sequence >> 8);
  iv[11] ^= static_cast<uint8_t>(position.sequence);
  return iv;
}

/** 16 zero bits, SSRC, 16 zero bits, a zero bit and the SRTCP index, all exclusive-or the salt (RFC 7714 section 9.1). */
AesGcmTransform::Iv AesGcmTransform::rtcpIv(uint32_t ssrc, uint32_t index) const {
  Iv iv = rtcpSalt_;
  xorUint32(&iv[2], ssrc);
  xorUint32(&iv[8], index);
  return iv;
}

}  // namespace rivero

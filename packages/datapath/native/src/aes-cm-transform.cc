#include "aes-cm-transform.h"

#include <openssl/crypto.h>

#include <cstring>

#include "bytes.h"

namespace rivero {

namespace {

constexpr int rtcpTagLength = 10;
constexpr int indexLength = 4;
/** The part of an RTCP packet that stays in the clear: first header word and SSRC. */
constexpr int rtcpHeaderLength = 8;

void writeTag(const uint8_t* digest, int tagLength, uint8_t* at) {
  std::memcpy(at, digest, static_cast<size_t>(tagLength));
}

/** Takes equally long wherever the first difference is. */
bool isTag(const uint8_t* digest, int tagLength, const uint8_t* at) {
  return CRYPTO_memcmp(digest, at, static_cast<size_t>(tagLength)) == 0;
}

/** Salt times 2^16, exclusive-or SSRC times 2^64. */
template <typename Iv, typename Salt>
Iv startIv(const Salt& salt, uint32_t ssrc) {
  Iv iv{};
  std::memcpy(iv.data(), salt.data(), salt.size());
  xorUint32(&iv[4], ssrc);
  return iv;
}

}  // namespace

AesCmTransform::AesCmTransform(SrtpProfile profile, const SrtpSessionKeys& keys)
    : rtpTagLength_(parametersOf(profile).rtpTagLength),
      rtp_(keys.rtpEncryptionKey, parametersOf(profile).keyLength),
      rtcp_(keys.rtcpEncryptionKey, parametersOf(profile).keyLength),
      rtpHmac_(keys.rtpAuthenticationKey),
      rtcpHmac_(keys.rtcpAuthenticationKey) {
  std::memcpy(rtpSalt_.data(), keys.rtpSalt, rtpSalt_.size());
  std::memcpy(rtcpSalt_.data(), keys.rtcpSalt, rtcpSalt_.size());
}

void AesCmTransform::prefetchKeys() const {
  rtp_.prefetchKeys();
  prefetch(&rtpHmac_, sizeof rtpHmac_);
}

SealTag AesCmTransform::sealRtp(uint8_t* bytes, int headerLength, int plaintextLength, const RtpPosition& position) {
  const Iv iv = rtpIv(position);
  rtp_.apply(iv.data(), bytes + headerLength, plaintextLength - headerLength);
  uint8_t rolloverCounter[4];
  writeUint32(rolloverCounter, position.rolloverCounter);
  uint8_t digest[sha1DigestLength];
  rtpHmac_.compute(bytes, plaintextLength, rolloverCounter, sizeof rolloverCounter, digest);
  writeTag(digest, rtpTagLength_, bytes + plaintextLength);
  SealTag tag;
  static_assert(sizeof tag <= sizeof digest);
  std::memcpy(tag.data(), digest, tag.size());
  return tag;
}

bool AesCmTransform::openRtp(uint8_t* packet, int length, int headerLength, const RtpPosition& position) {
  const int to = length - rtpTagLength_;
  uint8_t rolloverCounter[4];
  writeUint32(rolloverCounter, position.rolloverCounter);
  uint8_t digest[sha1DigestLength];
  rtpHmac_.compute(packet, to, rolloverCounter, sizeof rolloverCounter, digest);
  if (!isTag(digest, rtpTagLength_, packet + to)) return false;
  const Iv iv = rtpIv(position);
  rtp_.apply(iv.data(), packet + headerLength, to - headerLength);
  return true;
}

void AesCmTransform::sealRtcp(uint8_t* bytes, int plaintextLength, uint32_t ssrc, uint32_t index) {
  const Iv iv = rtcpIv(ssrc, index);
  rtcp_.apply(iv.data(), bytes + rtcpHeaderLength, plaintextLength - rtcpHeaderLength);
  writeUint32(bytes + plaintextLength, index | 0x80000000);
  uint8_t digest[sha1DigestLength];
  rtcpHmac_.compute(bytes, plaintextLength + indexLength, nullptr, 0, digest);
  writeTag(digest, rtcpTagLength, bytes + plaintextLength + indexLength);
}

bool AesCmTransform::openRtcp(uint8_t* packet, int length, uint32_t ssrc) {
  const int tagOffset = length - rtcpTagLength;
  uint8_t digest[sha1DigestLength];
  rtcpHmac_.compute(packet, tagOffset, nullptr, 0, digest);
  if (!isTag(digest, rtcpTagLength, packet + tagOffset)) return false;
  const uint32_t indexWord = readUint32(packet + tagOffset - indexLength);
  if ((indexWord & 0x80000000) == 0) return true;
  const Iv iv = rtcpIv(ssrc, indexWord & 0x7fffffff);
  rtcp_.apply(iv.data(), packet + rtcpHeaderLength, tagOffset - indexLength - rtcpHeaderLength);
  return true;
}

int AesCmTransform::rtcpIndexOffset(int packetLength) const {
  return packetLength - rtcpTagLength - indexLength;
}

/** Salt times 2^16, exclusive-or SSRC times 2^64, exclusive-or packet index times 2^16 (RFC 3711 section 4.1.1). */
AesCmTransform::Iv AesCmTransform::rtpIv(const RtpPosition& position) const {
  Iv iv = startIv<Iv>(rtpSalt_, position.ssrc);
  xorUint32(&iv[8], position.rolloverCounter);
  iv[12] ^= static_cast<uint8_t>(position.sequence >> 8);
  iv[13] ^= static_cast<uint8_t>(position.sequence);
  return iv;
}

AesCmTransform::Iv AesCmTransform::rtcpIv(uint32_t ssrc, uint32_t index) const {
  Iv iv = startIv<Iv>(rtcpSalt_, ssrc);
  xorUint32(&iv[10], index);
  return iv;
}

}  // namespace rivero

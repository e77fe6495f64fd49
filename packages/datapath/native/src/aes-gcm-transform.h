#pragma once

#include <array>

#include "srtp-transform.h"

namespace rivero {

/**
 * AEAD_AES_128_GCM.
 *
 *     RTP:  | header, in the clear | ciphertext | tag (16) |
 *     RTCP: | 8 bytes, in the clear | ciphertext | tag (16) | E, SRTCP index (4) |
 *
 * Source: RFC 7714 sections 8 and 9.
 */
class AesGcmTransform final : public SrtpTransform {
 public:
  AesGcmTransform(const SrtpSessionKeys& keys, Direction direction);

  void prefetchKeys() const override { rtp_.prefetchKeys(); }
  SealTag sealRtp(uint8_t* bytes, int headerLength, int plaintextLength, const RtpPosition& position) override;
  bool openRtp(uint8_t* packet, int length, int headerLength, const RtpPosition& position) override;
  void sealRtcp(uint8_t* bytes, int plaintextLength, uint32_t ssrc, uint32_t index) override;
  bool openRtcp(uint8_t* packet, int length, uint32_t ssrc) override;
  int rtcpIndexOffset(int packetLength) const override;

 private:
  using Iv = std::array<uint8_t, 12>;

  Iv rtpIv(const RtpPosition& position) const;
  Iv rtcpIv(uint32_t ssrc, uint32_t index) const;

  AesGcm rtp_;
  AesGcm rtcp_;
  Iv rtpSalt_;
  Iv rtcpSalt_;
};

}  // namespace rivero

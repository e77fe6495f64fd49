#pragma once

#include <array>

#include "srtp-transform.h"

namespace rivero {

/**
 * AES in counter mode, and HMAC-SHA1 cut to 80 bits, or for RTP to 32, over what was encrypted.
 *
 *     RTP:  | header, in the clear | ciphertext | tag (10 or 4), over all before it and the ROC |
 *     RTCP: | 8 bytes, in the clear | ciphertext | E, SRTCP index (4) | tag (10), over all before it |
 *
 * Source: RFC 3711 sections 3.1, 3.4, 4.1.1, 4.2 and 5.2; RFC 6188 section 2 for AES-256.
 */
class AesCmTransform final : public SrtpTransform {
 public:
  AesCmTransform(SrtpProfile profile, const SrtpSessionKeys& keys);

  void prefetchKeys() const override;
  SealTag sealRtp(uint8_t* bytes, int headerLength, int plaintextLength, const RtpPosition& position) override;
  bool openRtp(uint8_t* packet, int length, int headerLength, const RtpPosition& position) override;
  void sealRtcp(uint8_t* bytes, int plaintextLength, uint32_t ssrc, uint32_t index) override;
  bool openRtcp(uint8_t* packet, int length, uint32_t ssrc) override;
  int rtcpIndexOffset(int packetLength) const override;

 private:
  using Iv = std::array<uint8_t, 16>;
  using Salt = std::array<uint8_t, 14>;

  Iv rtpIv(const RtpPosition& position) const;
  Iv rtcpIv(uint32_t ssrc, uint32_t index) const;

  int rtpTagLength_;
  AesCounterMode rtp_;
  AesCounterMode rtcp_;
  HmacSha1 rtpHmac_;
  HmacSha1 rtcpHmac_;
  Salt rtpSalt_;
  Salt rtcpSalt_;
};

}  // namespace rivero

#pragma once

#include "key-usage.h"
#include "prefetch.h"
#include "srtp-defect.h"
#include "srtp-streams.h"
#include "srtp-transform.h"

namespace rivero {

/** An RTP packet before it is sealed: header, which stays in the clear, and payload together have `plaintextLength` bytes. */
struct PlainRtp {
  int headerLength;
  int plaintextLength;
  uint32_t rolloverCounter;
};

/**
 * Seals what we send to one peer under one master key. The caller says each RTP packet's index (rollover counter, and
 * the sequence number in the header); no two packets are ever sealed under one (SSRC, index), because that would give away the
 * keystream and, with GCM, the authentication key.
 */
class SrtpSender {
 public:
  /** Which indexes of one SSRC were used. */
  using Window = SrtpStreams<rtpWindowBlocks>::Window;

  /** `rtcpSealed`: RTCP packets that were sealed under these keys before. */
  SrtpSender(SrtpProfile profile, const SrtpSessionKeys& keys, int64_t rtcpSealed = 0);

  /** The key should be replaced: it is good for few more packets (RFC 3711 section 9.2). */
  bool isNearlyUsedUp() const { return transform_ != nullptr && usage_.isNearlyUsedUp(); }

  /** RTP is sealed soon; {@link prefetchKeys} follows a little later. */
  void prefetchTransform() const { prefetch(transform_.get()); }
  void prefetchKeys() const {
    if (transform_ != nullptr) transform_->prefetchKeys();
  }

  /** Of the packet that {@link protectRtp} sealed last. */
  const SealTag& sealTag() const { return sealTag_; }

  /**
   * Encrypts in place the RTP packet at the beginning of `out` and writes the tag behind it; there is room for it. Answers the
   * length of the whole (RFC 3711 section 3.3). `window`: of the packet's SSRC, null before its first packet; whoever sends
   * has it at hand for the next one, until the SSRC is retired.
   */
  SrtpResult protectRtp(uint8_t* out, const PlainRtp& packet, Window*& window);

  /**
   * Seals a packet once more that was sealed before, into the very bytes that were sent: `sealed` is what was kept of it.
   * Any other packet is refused as `resendDiffers`, and nothing that was sealed is left in `out`. The same bytes tell nobody anything
   * new: so the index's window is not asked, and the key is not used any more by it (RFC 3711 sections 9.1 and 9.2).
   */
  SrtpResult protectRtpAgain(uint8_t* out, const PlainRtp& packet, const SealedRtp& sealed);

  /** No RTP of this SSRC is sealed from now on, whatever its index: that makes room for another one. */
  void retireSsrc(uint32_t ssrc) { streams_.retire(ssrc); }

  /**
   * Encrypts in place the RTCP compound of `plaintextLength` bytes at the beginning of `out` and writes index and tag
   * behind it. Answers the length of the whole (RFC 3711 section 3.4).
   */
  SrtpResult protectRtcp(uint8_t* out, int plaintextLength);

 private:
  SealTag sealRtp(uint8_t* out, const PlainRtp& packet);

  /** Null: packets go as they are. */
  std::unique_ptr<SrtpTransform> transform_;
  SrtpProfileParameters parameters_;
  KeyUsage usage_;
  SealTag sealTag_{};
  SrtpStreams<rtpWindowBlocks> streams_;
  /** One count for all SSRCs: a receiver sees gaps in an SSRC's index, which RFC 3711 section 3.4 lets it bear. */
  int64_t nextRtcpIndex_;
};

}  // namespace rivero

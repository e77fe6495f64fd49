#pragma once

#include "key-usage.h"
#include "srtp-defect.h"
#include "srtp-streams.h"
#include "srtp-transform.h"

namespace rivero {

/**
 * Opens what one peer sends under one master key: any number of SSRCs up to `srtpStreamsMax`, each with its rollover
 * counter and replay window. Nothing in it changes before a packet is authenticated.
 */
class SrtpReceiver {
 public:
  /** `before` opened what the peer sent under another key: rollover counters go on (RFC 3711 section 3.3.1). */
  SrtpReceiver(SrtpProfile profile, const SrtpSessionKeys& keys, int64_t lifetime, const SrtpReceiver* before);

  /** The key should be replaced: it is good for few more packets (RFC 3711 section 9.2). */
  bool isNearlyUsedUp() const { return transform_ != nullptr && usage_.isNearlyUsedUp(); }

  /**
   * Authenticates the SRTP packet and decrypts it in place; answers the length of header and payload. What is not
   * authentic is left as it was (RFC 3711 section 3.3).
   */
  SrtpResult unprotectRtp(uint8_t* packet, int length);

  /**
   * Authenticates the SRTCP packet and decrypts it in place; answers the length of the RTCP compound. What is not
   * authentic is left as it was (RFC 3711 section 3.4).
   */
  SrtpResult unprotectRtcp(uint8_t* packet, int length);

 private:
  bool openFirst(uint8_t* packet, int length, int headerLength, RtpPosition& position);

  /** Null: packets come as they are. */
  std::unique_ptr<SrtpTransform> transform_;
  SrtpProfileParameters parameters_;
  KeyUsage usage_;
  SrtpStreams<rtpWindowBlocks> rtpStreams_;
  SrtpStreams<rtcpWindowBlocks> rtcpStreams_;
  /** The highest index of each SSRC under the key before this one. */
  HighestIndexes before_;
};

}  // namespace rivero

#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "srtp-crypto.h"
#include "srtp-profile.h"

namespace rivero {

/** Which RTP packet: what the IV is made of. */
struct RtpPosition {
  uint32_t ssrc;
  uint16_t sequence;
  /** ROC: the upper 32 bits of the packet index (RFC 3711 section 3.3.1). */
  uint32_t rolloverCounter;
};

/**
 * What no other packet under one key and index has: GCM's tag, or the first 128 bits of the HMAC, of which fewer are sent.
 */
using SealTag = std::array<uint8_t, 16>;

/** What is kept of a packet that was sealed, to know the same one again; the length is that of the whole. */
struct SealedRtp {
  int length;
  SealTag tag;
};

/** The keys of one direction; the authentication keys are unused where the cipher authenticates. */
struct SrtpSessionKeys {
  uint8_t rtpEncryptionKey[32];
  uint8_t rtpAuthenticationKey[20];
  uint8_t rtpSalt[14];
  uint8_t rtcpEncryptionKey[32];
  uint8_t rtcpAuthenticationKey[20];
  uint8_t rtcpSalt[14];
};

/**
 * The cryptography of one profile in one direction; knows packets by their position and keeps no state between them.
 * Opening changes no byte of what is not authentic.
 */
class SrtpTransform {
 public:
  enum class Direction { seal, open };

  virtual ~SrtpTransform() = default;
  /** RTP is sealed soon. */
  virtual void prefetchKeys() const = 0;
  /** Encrypts what is behind the header and writes the tag at `plaintextLength`; room for it is there. */
  virtual SealTag sealRtp(uint8_t* bytes, int headerLength, int plaintextLength, const RtpPosition& position) = 0;
  /** Decrypts the packet, of which header and tag are there; false when it is not authentic. */
  virtual bool openRtp(uint8_t* packet, int length, int headerLength, const RtpPosition& position) = 0;
  /** Encrypts behind the first 8 bytes and writes index and tag in the profile's order, E flag set. */
  virtual void sealRtcp(uint8_t* bytes, int plaintextLength, uint32_t ssrc, uint32_t index) = 0;
  /** Decrypts the packet, of which 8 bytes, index and tag are there; false when it is not authentic. */
  virtual bool openRtcp(uint8_t* packet, int length, uint32_t ssrc) = 0;
  /** Where in a packet of that length the E flag and SRTCP index stand. */
  virtual int rtcpIndexOffset(int packetLength) const = 0;
};

/** Of every profile but `none`. */
std::unique_ptr<SrtpTransform> openSrtpTransform(SrtpProfile profile, const SrtpSessionKeys& keys,
                                                 SrtpTransform::Direction direction);

}  // namespace rivero

#pragma once

namespace rivero {

/** In the order of `nativeProfiles` (src/native/native-keys.ts). */
enum class SrtpProfile { aes128Gcm, aes128CmSha1_80, aes128CmSha1_32, aes256CmSha1_80, aes256CmSha1_32, none };

/** The lengths of one profile, in bytes (RFC 3711 section 8.2, RFC 7714 section 12, RFC 6188 section 3). */
struct SrtpProfileParameters {
  int keyLength;
  int saltLength;
  int rtpTagLength;
  int rtcpTagLength;
};

inline constexpr SrtpProfileParameters parametersOf(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::aes128Gcm:
      return {16, 12, 16, 16};
    case SrtpProfile::aes128CmSha1_80:
      return {16, 14, 10, 10};
    case SrtpProfile::aes128CmSha1_32:
      return {16, 14, 4, 10};
    case SrtpProfile::aes256CmSha1_80:
      return {32, 14, 10, 10};
    case SrtpProfile::aes256CmSha1_32:
      return {32, 14, 4, 10};
    case SrtpProfile::none:
      return {0, 0, 0, 0};
  }
  return {0, 0, 0, 0};
}

}  // namespace rivero

#include "srtp-transform.h"

#include "aes-cm-transform.h"
#include "aes-gcm-transform.h"

namespace rivero {

std::unique_ptr<SrtpTransform> openSrtpTransform(SrtpProfile profile, const SrtpSessionKeys& keys,
                                                 SrtpTransform::Direction direction) {
  if (profile == SrtpProfile::aes128Gcm) return std::make_unique<AesGcmTransform>(keys, direction);
  return std::make_unique<AesCmTransform>(profile, keys);
}

}  // namespace rivero

// The hash function of one call each is what OpenSSL calls deprecated; its successor allocates for every packet.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "srtp-crypto.h"

#include <cstdlib>
#include <cstring>

namespace rivero {

namespace {

/** OpenSSL refuses none of these calls but for want of memory, and then nothing can be sent. */
void check(int result) {
  if (result != 1) std::abort();
}

CipherContext newContext() {
  CipherContext context(EVP_CIPHER_CTX_new());
  if (context == nullptr) std::abort();
  return context;
}

}  // namespace

AesGcm::AesGcm(const uint8_t* key, Direction direction) : context_(newContext()) {
  const int isSealing = direction == Direction::seal ? 1 : 0;
  check(EVP_CipherInit_ex(context_.get(), EVP_aes_128_gcm(), nullptr, key, nullptr, isSealing));
}

void AesGcm::seal(const uint8_t iv[12], const uint8_t* additional, int additionalLength, uint8_t* bytes, int length) {
  EVP_CIPHER_CTX* context = context_.get();
  int written = 0;
  check(EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, iv));
  check(EVP_EncryptUpdate(context, nullptr, &written, additional, additionalLength));
  if (length > 0) check(EVP_EncryptUpdate(context, bytes, &written, bytes, length));
  check(EVP_EncryptFinal_ex(context, bytes + length, &written));
  check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, bytes + length));
}

bool AesGcm::open(const uint8_t iv[12], const uint8_t* additional, int additionalLength, uint8_t* bytes, int length) {
  EVP_CIPHER_CTX* context = context_.get();
  int written = 0;
  check(EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, iv));
  check(EVP_DecryptUpdate(context, nullptr, &written, additional, additionalLength));
  if (length > 0) check(EVP_DecryptUpdate(context, bytes, &written, bytes, length));
  check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16, bytes + length));
  if (EVP_DecryptFinal_ex(context, bytes + length, &written) == 1) return true;
  // Counter mode is its own inverse: what is not authentic is put back.
  check(EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, iv));
  if (length > 0) check(EVP_DecryptUpdate(context, bytes, &written, bytes, length));
  return false;
}

AesCounterMode::AesCounterMode(const uint8_t* key, int keyLength) : context_(newContext()) {
  const EVP_CIPHER* cipher = keyLength == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
  check(EVP_EncryptInit_ex(context_.get(), cipher, nullptr, key, nullptr));
}

void AesCounterMode::apply(const uint8_t iv[16], uint8_t* bytes, int length) {
  if (length == 0) return;
  int written = 0;
  check(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, iv));
  check(EVP_EncryptUpdate(context_.get(), bytes, &written, bytes, length));
}

HmacSha1::HmacSha1(const uint8_t* key) {
  uint8_t inner[SHA_CBLOCK];
  uint8_t outer[SHA_CBLOCK];
  for (int i = 0; i < SHA_CBLOCK; i++) {
    const uint8_t byte = i < sha1DigestLength ? key[i] : uint8_t{0};
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  SHA1_Init(&inner_);
  SHA1_Update(&inner_, inner, sizeof inner);
  SHA1_Init(&outer_);
  SHA1_Update(&outer_, outer, sizeof outer);
}

void HmacSha1::compute(const uint8_t* bytes, int length, const uint8_t* trailer, int trailerLength,
                       uint8_t digest[20]) const {
  SHA_CTX context = inner_;
  SHA1_Update(&context, bytes, static_cast<size_t>(length));
  if (trailerLength > 0) SHA1_Update(&context, trailer, static_cast<size_t>(trailerLength));
  uint8_t middle[sha1DigestLength];
  SHA1_Final(middle, &context);
  context = outer_;
  SHA1_Update(&context, middle, sizeof middle);
  SHA1_Final(digest, &context);
}

}  // namespace rivero

#pragma once

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstdint>
#include <memory>

#include "prefetch.h"

namespace rivero {

/** SHA-1's digest, in bytes. */
inline constexpr int sha1DigestLength = 20;

struct CipherDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

/** A context and its keys, which OpenSSL mostly has right behind it in memory; where they are elsewhere, nothing is lost. */
inline constexpr size_t cipherContextBytes = 20 * cacheLineBytes;

/** AES-128 in Galois/counter mode under one key, in one direction (NIST SP 800-38D); only the IV is set for each packet. */
class AesGcm {
 public:
  enum class Direction { seal, open };

  AesGcm(const uint8_t* key, Direction direction);

  /** Encrypts in place and writes the 16-byte tag behind. */
  void seal(const uint8_t iv[12], const uint8_t* additional, int additionalLength, uint8_t* bytes, int length);
  /** Decrypts in place when the tag behind is right; else answers false, and the bytes are as they were. */
  bool open(const uint8_t iv[12], const uint8_t* additional, int additionalLength, uint8_t* bytes, int length);
  /** It is used soon. */
  void prefetchKeys() const { prefetch(context_.get(), cipherContextBytes); }

 private:
  CipherContext context_;
};

/** AES in counter mode under one key (NIST SP 800-38A section 6.5). */
class AesCounterMode {
 public:
  AesCounterMode(const uint8_t* key, int keyLength);

  /** In place; the 16-byte `iv` is the first counter block. */
  void apply(const uint8_t iv[16], uint8_t* bytes, int length);
  /** It is used soon. */
  void prefetchKeys() const { prefetch(context_.get(), cipherContextBytes); }

 private:
  CipherContext context_;
};

/** HMAC-SHA1 under one key (RFC 2104); both paddings are hashed once for all packets. */
class HmacSha1 {
 public:
  /** The key has 20 bytes. */
  explicit HmacSha1(const uint8_t* key);

  /** Of the bytes, followed by a trailer. */
  void compute(const uint8_t* bytes, int length, const uint8_t* trailer, int trailerLength, uint8_t digest[20]) const;

 private:
  SHA_CTX inner_;
  SHA_CTX outer_;
};

}  // namespace rivero

#pragma once

#include <sys/random.h>

#include <cstdint>
#include <cstdlib>

namespace rivero {

/** Random numbers of this process, by which its tables spread what strangers choose: nobody can make it all collide. */
struct HashSeed {
  uint64_t first;
  uint64_t second;

  static HashSeed random() {
    HashSeed seed{};
    if (getrandom(&seed, sizeof seed, 0) != static_cast<ssize_t>(sizeof seed)) std::abort();
    return seed;
  }
};

inline const HashSeed hashSeed = HashSeed::random();

/** Both halves of the product of both numbers, each masked by one of the seed's. */
inline uint64_t seededHash(uint64_t a, uint64_t b) noexcept {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{a ^ hashSeed.first} * (b ^ hashSeed.second);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace rivero

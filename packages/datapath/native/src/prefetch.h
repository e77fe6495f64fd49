#pragma once

#include <cstddef>

namespace rivero {

/** A line of the processor's cache. */
inline constexpr size_t cacheLineBytes = 64;

/**
 * Asks the processor for memory that is read soon; it may be anybody's. With hundreds of receivers, little of what a packet
 * needs of each is still in the cache, and to wait for each line in turn takes longer than sealing does.
 */
inline void prefetch(const void* from, size_t length = cacheLineBytes) {
  const auto* bytes = static_cast<const char*>(from);
  for (size_t offset = 0; offset < length; offset += cacheLineBytes) __builtin_prefetch(bytes + offset);
}

/** The same of memory that is written soon. */
inline void prefetchToWrite(const void* from, size_t length) {
  const auto* bytes = static_cast<const char*>(from);
  for (size_t offset = 0; offset < length; offset += cacheLineBytes) __builtin_prefetch(bytes + offset, 1);
}

}  // namespace rivero

#pragma once

#include <cstdint>
#include <vector>

#include "prefetch.h"
#include "srtp-transform.h"

namespace rivero {

/**
 * What tells a stream's last packets from all others, for receivers without RTX: a packet is sealed again from its row, and
 * leaves only when it is the very one that was sent. By place, the extended sequence number modulo the length:
 *
 *     | extended sequence number, length | tag (16) |
 */
class SentTags {
 public:
  explicit SentTags(size_t packetsMax) : packetsMax_(packetsMax) {}

  /** A packet is kept soon. */
  void prefetchPlace(int64_t index) const {
    if (!places_.empty()) prefetchToWrite(&places_[numberOf(index)], sizeof(Place));
  }

  /** Keeps the sealed packet's length and tag under its extended sequence number, unless a newer packet has its place. */
  void keep(int64_t index, int length, const SealTag& tag) {
    if (places_.empty()) places_.resize(packetsMax_);
    Place& place = places_[numberOf(index)];
    if (place.index < index) place = {index, {length, tag}};
  }

  /** Null when it is not here any more; valid until the next `keep`. */
  const SealedRtp* find(int64_t index) const {
    if (places_.empty()) return nullptr;
    const Place& place = places_[numberOf(index)];
    return place.index == index ? &place.sealed : nullptr;
  }

 private:
  struct Place {
    int64_t index = -1;
    SealedRtp sealed{};
  };

  size_t numberOf(int64_t index) const { return static_cast<size_t>(index) % packetsMax_; }

  size_t packetsMax_;
  /** Made with the first packet: many streams never send. */
  std::vector<Place> places_;
};

}  // namespace rivero

#pragma once

#include <cstdint>
#include <vector>

#include "prefetch.h"

namespace rivero {

/** The ciphertext of a stream's last packets, for receivers without RTX: sent again as they were, never sealed again. */
class SentPackets {
 public:
  explicit SentPackets(size_t packetsMax) : packets_(packetsMax) {}

  /** A packet is kept soon; {@link prefetchBytes} follows a little later. */
  void prefetchPlace(int64_t index) const { prefetch(&placeOf(index)); }
  void prefetchBytes(int64_t index) const {
    const Packet& place = placeOf(index);
    prefetchToWrite(place.bytes.data(), place.bytes.size());
  }

  /** Keeps a copy of the sealed packet under its extended sequence number. */
  void keep(int64_t index, const uint8_t* sealed, int length) {
    Packet& place = packets_[numberOf(index)];
    place.index = index;
    place.bytes.assign(sealed, sealed + length);
  }

  /** Null when it is not here any more. */
  const std::vector<uint8_t>* find(int64_t index) const {
    const Packet& place = placeOf(index);
    return place.index == index ? &place.bytes : nullptr;
  }

 private:
  struct Packet {
    int64_t index = -1;
    std::vector<uint8_t> bytes;
  };

  size_t numberOf(int64_t index) const { return static_cast<size_t>(index) % packets_.size(); }
  const Packet& placeOf(int64_t index) const { return packets_[numberOf(index)]; }

  std::vector<Packet> packets_;
};

}  // namespace rivero

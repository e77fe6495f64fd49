#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "index-window.h"
#include "seeded-hash.h"

namespace rivero {

/** SSRCs that one direction of a session may use at once, at most: each costs its window. */
inline constexpr size_t srtpStreamsMax = 4096;

/** SSRCs of a sender that are remembered as used up; each costs a number. */
inline constexpr size_t srtpRetiredMax = 65'536;

/** Blocks of an RTP window: more than 2,000 packets, a second and a half at 15 Mbit/s. */
inline constexpr int64_t rtpWindowBlocks = 64;

/** Blocks of an SRTCP window: more than 200 packets. RFC 3711 section 3.3.2 asks for 64 at least. */
inline constexpr int64_t rtcpWindowBlocks = 8;

/** A peer chooses its SSRCs, but not which of them share a bucket. */
struct SsrcHash {
  size_t operator()(uint32_t ssrc) const noexcept { return static_cast<size_t>(seededHash(ssrc, 0)); }
};

/** The highest index of each SSRC. */
using HighestIndexes = std::unordered_map<uint32_t, int64_t, SsrcHash>;

/**
 * Windows of one kind by SSRC, at most `srtpStreamsMax`. A forgotten window would allow replay, or an index to be used
 * twice: so one goes only when its SSRC is retired, and a retired SSRC is never used again.
 */
template <int64_t blocks>
class SrtpStreams {
 public:
  using Window = IndexWindow<blocks>;

  bool isFull() const { return windows_.size() >= srtpStreamsMax; }

  /** Null when there is none. It stays where it is until its SSRC is retired. */
  Window* get(uint32_t ssrc) {
    const auto found = windows_.find(ssrc);
    return found == windows_.end() ? nullptr : &found->second;
  }

  /** Opens the SSRC's window; there is none yet, and the table is not full. */
  Window& open(uint32_t ssrc) { return windows_[ssrc]; }

  HighestIndexes highest() const {
    HighestIndexes all;
    for (const auto& [ssrc, window] : windows_) all[ssrc] = window.highest();
    return all;
  }

  /** Puts a mark in place of the SSRC's window. With `srtpRetiredMax` marks the window stays, which is as safe. */
  void retire(uint32_t ssrc) {
    if (retired_.size() >= srtpRetiredMax || windows_.erase(ssrc) == 0) return;
    retired_.insert(ssrc);
  }

  bool isRetired(uint32_t ssrc) const { return !retired_.empty() && retired_.contains(ssrc); }

 private:
  std::unordered_map<uint32_t, Window, SsrcHash> windows_;
  std::unordered_set<uint32_t, SsrcHash> retired_;
};

}  // namespace rivero

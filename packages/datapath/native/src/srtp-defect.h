#pragma once

namespace rivero {

/** What is wrong with a packet, or with sealing one; `none` is right. */
enum class SrtpDefect {
  none,
  truncated,
  malformed,
  replayed,
  authenticationFailed,
  tooManyStreams,
  indexExhausted,
  indexReused,
  resendDiffers,
  noRoom,
};

/** The length of a packet, or why there is none. */
struct SrtpResult {
  int length = 0;
  SrtpDefect defect = SrtpDefect::none;

  static SrtpResult of(int length) { return {length, SrtpDefect::none}; }
  static SrtpResult of(SrtpDefect defect) { return {0, defect}; }
  bool isDefect() const { return defect != SrtpDefect::none; }
};

}  // namespace rivero

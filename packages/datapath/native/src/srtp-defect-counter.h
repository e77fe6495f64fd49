#pragma once

#include "counters.h"
#include "srtp-defect.h"

namespace rivero {

/** What a packet counts as that could not be opened. */
inline Counter receiveDefectCounter(SrtpDefect defect) {
  switch (defect) {
    case SrtpDefect::truncated:
      return Counter::receiveTruncated;
    case SrtpDefect::replayed:
      return Counter::receiveReplayed;
    case SrtpDefect::authenticationFailed:
      return Counter::receiveAuthenticationFailed;
    case SrtpDefect::tooManyStreams:
      return Counter::receiveTooManyStreams;
    case SrtpDefect::indexExhausted:
      return Counter::receiveIndexExhausted;
    case SrtpDefect::none:
    case SrtpDefect::malformed:
    case SrtpDefect::indexReused:
    case SrtpDefect::resendDiffers:
    case SrtpDefect::noRoom:
      break;
  }
  return Counter::receiveMalformed;
}

/** What a packet counts as that could not be sealed. */
inline Counter sendDefectCounter(SrtpDefect defect) {
  switch (defect) {
    case SrtpDefect::indexReused:
    case SrtpDefect::replayed:
      return Counter::sendIndexReused;
    case SrtpDefect::resendDiffers:
      return Counter::sendResendDiffers;
    case SrtpDefect::indexExhausted:
      return Counter::sendIndexExhausted;
    case SrtpDefect::tooManyStreams:
      return Counter::sendTooManyStreams;
    case SrtpDefect::none:
    case SrtpDefect::truncated:
    case SrtpDefect::malformed:
    case SrtpDefect::authenticationFailed:
    case SrtpDefect::noRoom:
      break;
  }
  return Counter::sendTooLong;
}

}  // namespace rivero

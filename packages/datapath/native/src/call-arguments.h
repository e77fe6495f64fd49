#pragma once

#include <napi.h>

#include "socket-address.h"

namespace rivero {

using Bytes = Napi::TypedArrayOf<uint8_t>;

inline uint32_t numberAt(const Napi::CallbackInfo& info, size_t place) {
  return info[place].As<Napi::Number>().Uint32Value();
}

inline int32_t signedAt(const Napi::CallbackInfo& info, size_t place) {
  return info[place].As<Napi::Number>().Int32Value();
}

inline Bytes bytesAt(const Napi::CallbackInfo& info, size_t place) {
  return info[place].As<Bytes>();
}

inline int lengthOf(const Bytes& bytes) {
  return static_cast<int>(bytes.ByteLength());
}

/** 4 or 16 bytes, and the port behind them. */
inline SocketAddress addressAt(const Napi::CallbackInfo& info, size_t place) {
  const Bytes ip = bytesAt(info, place);
  return SocketAddress::of(ip.Data(), ip.ByteLength(), static_cast<uint16_t>(numberAt(info, place + 1)));
}

/**
 * Typed arrays of JavaScript's, one argument behind the other; it keeps them. They are no properties of one object because these
 * cannot be read in a thread that is being ended, and the wrapper ends the program for it.
 */
class ArrayArguments {
 public:
  ArrayArguments(const Napi::CallbackInfo& info, size_t first) : info_(info), next_(first) {}

  template <typename Element>
  Napi::TypedArrayOf<Element> take() {
    return info_[next_++].template As<Napi::TypedArrayOf<Element>>();
  }

 private:
  const Napi::CallbackInfo& info_;
  size_t next_;
};

}  // namespace rivero

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

/** The memory of a typed array of JavaScript's, which keeps it. */
template <typename Element>
Element* arrayOf(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::TypedArrayOf<Element>>().Data();
}

/** Its elements. */
inline size_t lengthOf(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::TypedArray>().ElementLength();
}

}  // namespace rivero

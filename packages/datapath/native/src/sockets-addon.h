#pragma once

#include <napi.h>

namespace rivero {

/** Adds what src/native/native-sockets.ts calls. */
void exportSockets(Napi::Env env, Napi::Object exports);

}  // namespace rivero

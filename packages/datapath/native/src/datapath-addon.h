#pragma once

#include <napi.h>

namespace rivero {

/** Adds what src/native/native-datapath.ts calls, and the names of its counters. */
void exportDatapath(Napi::Env env, Napi::Object exports);

}  // namespace rivero

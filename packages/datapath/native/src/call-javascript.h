#pragma once

#include <napi.h>

namespace rivero {

/** Calls a function from the loop; what it throws is the program's, as with what Node calls. */
inline void callJavaScript(Napi::Env env, napi_async_context context, napi_value receiver, napi_value function) {
  // Not by the wrapper's MakeCallback: in a thread that is being ended nothing can be thrown, and it would end the process.
  if (napi_make_callback(env, context, receiver, function, 0, nullptr, nullptr) == napi_ok) return;
  if (!env.IsExceptionPending()) return;
  napi_value thrown = nullptr;
  napi_get_and_clear_last_exception(env, &thrown);
  napi_fatal_exception(env, thrown);
}

}  // namespace rivero

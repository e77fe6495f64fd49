#include <napi.h>

#include "datapath-addon.h"
#include "sockets-addon.h"

namespace rivero {

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exportDatapath(env, exports);
  exportSockets(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(rivero_datapath, initialize)

}  // namespace rivero

// What JavaScript calls. Names and arguments are those of src/native/addon.ts.
#include "native-sockets-addon.h"

#include <memory>

#include "call-arguments.h"
#include "call-javascript.h"
#include "socket-group.h"

namespace rivero {

namespace {

DatagramRows rowsOf(const Napi::Object& object) {
  DatagramRows rows{};
  rows.rows = reinterpret_cast<DatagramRow*>(arrayOf<uint32_t>(object, "rows"));
  rows.rowsMax = lengthOf(object, "rows") * sizeof(uint32_t) / sizeof(DatagramRow);
  rows.bytes = arrayOf<uint8_t>(object, "bytes");
  rows.bytesMax = lengthOf(object, "bytes");
  rows.count = arrayOf<uint32_t>(object, "count");
  return rows;
}

GroupMemory memoryOf(const Napi::Object& object) {
  GroupMemory memory{};
  memory.received = rowsOf(object.Get("received").As<Napi::Object>());
  memory.outgoing = rowsOf(object.Get("outgoing").As<Napi::Object>());
  memory.counters = arrayOf<double>(object, "counters");
  return memory;
}

/** A group of sockets with its JavaScript side, on the loop of the thread that made it. */
class NativeSockets final : public Napi::ObjectWrap<NativeSockets>, public WakeUpHandler {
 public:
  static Napi::Function type(Napi::Env env) {
    return DefineClass(env, "NativeSockets",
                       {
                           InstanceMethod<&NativeSockets::openSocket>("openSocket"),
                           InstanceMethod<&NativeSockets::closeSocket>("closeSocket"),
                           InstanceMethod<&NativeSockets::localPort>("localPort"),
                           InstanceMethod<&NativeSockets::flush>("flush"),
                           InstanceMethod<&NativeSockets::close>("close"),
                       });
  }

  /** `memory`, `onWakeUp`. */
  explicit NativeSockets(const Napi::CallbackInfo& info)
      : ObjectWrap(info), context_(info.Env(), "rivero.sockets") {
    const auto memory = info[0].As<Napi::Object>();
    memory_ = Napi::Persistent(memory);
    onWakeUp_ = Napi::Persistent(info[1].As<Napi::Function>());
    uv_loop_t* loop = nullptr;
    napi_get_uv_event_loop(info.Env(), &loop);
    group_ = std::make_unique<SocketGroup>(loop, memoryOf(memory), *this);
    // What is on the loop is never collected before it is closed.
    Ref();
    napi_add_async_cleanup_hook(info.Env(), handleCleanup, this, &cleanup_);
  }

 private:
  /** The thread ends. */
  static void handleCleanup(napi_async_cleanup_hook_handle, void* self) {
    static_cast<NativeSockets*>(self)->closeSockets();
  }

  void closeSockets() {
    if (isClosing_) return;
    isClosing_ = true;
    group_->close([this] {
      napi_remove_async_cleanup_hook(cleanup_);
      Unref();
    });
  }

  void handleWakeUp() override {
    if (isClosing_) return;
    const Napi::HandleScope scope(Env());
    callJavaScript(Env(), context_, Value(), onWakeUp_.Value());
  }

  Napi::Value openSocket(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), group_->openSocket(addressAt(info, 0)));
  }

  void closeSocket(const Napi::CallbackInfo& info) { group_->closeSocket(signedAt(info, 0)); }

  Napi::Value localPort(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), group_->localPort(signedAt(info, 0)));
  }

  void flush(const Napi::CallbackInfo&) { group_->flush(); }

  void close(const Napi::CallbackInfo&) { closeSockets(); }

  Napi::AsyncContext context_;
  Napi::ObjectReference memory_;
  Napi::FunctionReference onWakeUp_;
  std::unique_ptr<SocketGroup> group_;
  napi_async_cleanup_hook_handle cleanup_ = nullptr;
  bool isClosing_ = false;
};

}  // namespace

void exportNativeSockets(Napi::Env env, Napi::Object exports) {
  exports.Set("NativeSockets", NativeSockets::type(env));
}

}  // namespace rivero

// What JavaScript calls. Names and arguments are those of src/native/addon.ts.
#include "sockets-addon.h"

#include <memory>

#include "call-arguments.h"
#include "loop-object.h"
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
class SocketsAddon final : public LoopObject<SocketsAddon>, public WakeUpHandler {
 public:
  static Napi::Function type(Napi::Env env) {
    return DefineClass(env, "SocketsAddon",
                       {
                           InstanceMethod<&SocketsAddon::openSocket>("openSocket"),
                           InstanceMethod<&SocketsAddon::closeSocket>("closeSocket"),
                           InstanceMethod<&SocketsAddon::localPort>("localPort"),
                           InstanceMethod<&SocketsAddon::flush>("flush"),
                           InstanceMethod<&SocketsAddon::closeAll>("close"),
                       });
  }

  /** `memory`, `onWakeUp`. */
  explicit SocketsAddon(const Napi::CallbackInfo& info)
      : LoopObject(info, "rivero.sockets"),
        group_(std::make_unique<SocketGroup>(loopOf(info.Env()), memoryOf(info[0].As<Napi::Object>()), *this)) {
    Ref();
  }

 private:
  void closeHandles(std::function<void()> onClosed) override { group_->close(std::move(onClosed)); }

  void handleWakeUp() override { callFunction(); }

  Napi::Value openSocket(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), group_->openSocket(addressAt(info, 0)));
  }

  void closeSocket(const Napi::CallbackInfo& info) { group_->closeSocket(signedAt(info, 0)); }

  Napi::Value localPort(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), group_->sockets().localPort(signedAt(info, 0)));
  }

  void flush(const Napi::CallbackInfo&) { group_->flush(); }

  void closeAll(const Napi::CallbackInfo&) {
    close([this] { Unref(); });
  }

  std::unique_ptr<SocketGroup> group_;
};

}  // namespace

void exportSockets(Napi::Env env, Napi::Object exports) {
  exports.Set("SocketsAddon", SocketsAddon::type(env));
}

}  // namespace rivero

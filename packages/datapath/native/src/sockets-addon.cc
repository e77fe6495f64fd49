// What JavaScript calls. Names and arguments are those of src/native/addon.ts.
#include "sockets-addon.h"

#include <memory>

#include "call-arguments.h"
#include "loop-object.h"
#include "socket-group.h"

namespace rivero {

namespace {

DatagramRows rowsOf(ArrayArguments& arrays) {
  DatagramRows rows{};
  auto words = arrays.take<uint32_t>();
  rows.rows = reinterpret_cast<DatagramRow*>(words.Data());
  rows.rowsMax = words.ElementLength() * sizeof(uint32_t) / sizeof(DatagramRow);
  auto bytes = arrays.take<uint8_t>();
  rows.bytes = bytes.Data();
  rows.bytesMax = bytes.ElementLength();
  rows.count = arrays.take<uint32_t>().Data();
  return rows;
}

/** In the order of socketsArrays in src/native/addon.ts. */
GroupMemory memoryOf(ArrayArguments arrays) {
  GroupMemory memory{};
  memory.received = rowsOf(arrays);
  memory.outgoing = rowsOf(arrays);
  memory.counters = arrays.take<double>().Data();
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

  /** `memory`, `onWakeUp`, arrays of the memory. */
  explicit SocketsAddon(const Napi::CallbackInfo& info) : LoopObject(info, "rivero.sockets") {
    const GroupMemory memory = memoryOf({info, 2});
    // It is destroyed at once then, and its handle would stay on the loop: for want of an array, or of a thread that goes on.
    if (info.Env().IsExceptionPending()) return;
    group_ = std::make_unique<SocketGroup>(loopOf(info.Env()), memory, *this);
    hold();
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
    close([this] { letGo(); });
  }

  std::unique_ptr<SocketGroup> group_;
};

}  // namespace

void exportSockets(Napi::Env env, Napi::Object exports) {
  exports.Set("SocketsAddon", SocketsAddon::type(env));
}

}  // namespace rivero

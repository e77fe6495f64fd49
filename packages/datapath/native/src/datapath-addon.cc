// What JavaScript calls. Names and arguments are those of src/native/addon.ts, which checks nothing here needs to check
// again: numbers are of their range, handles of JavaScript's tables.
#include "datapath-addon.h"

#include <cstring>
#include <memory>

#include "call-arguments.h"
#include "datapath.h"
#include "loop-object.h"

namespace rivero {

namespace {

/** A lifetime in packets. */
int64_t packetsAt(const Napi::CallbackInfo& info, size_t place) {
  return info[place].As<Napi::Number>().Int64Value();
}

/** Six keys, one behind the other, as src/native/native-keys.ts writes them. */
SrtpSessionKeys keysAt(const Napi::CallbackInfo& info, size_t place) {
  SrtpSessionKeys keys{};
  const Bytes bytes = bytesAt(info, place);
  static_assert(sizeof keys == 132);
  if (bytes.ByteLength() == sizeof keys) std::memcpy(&keys, bytes.Data(), sizeof keys);
  return keys;
}

/** In the order of sharedArrays in src/native/shared-memory.ts. */
SharedMemory sharedMemoryOf(ArrayArguments arrays) {
  SharedMemory memory{};
  auto pool = arrays.take<uint8_t>();
  memory.pool = pool.Data();
  memory.poolLength = pool.ElementLength();
  memory.references = arrays.take<uint16_t>().Data();
  memory.free = arrays.take<uint32_t>().Data();
  memory.freeCount = arrays.take<uint32_t>().Data();
  auto kind = arrays.take<uint8_t>();
  memory.kind = kind.Data();
  memory.rowsMax = kind.ElementLength();
  memory.slot = arrays.take<uint32_t>().Data();
  memory.offset = arrays.take<uint32_t>().Data();
  memory.length = arrays.take<uint16_t>().Data();
  memory.path = arrays.take<uint32_t>().Data();
  memory.session = arrays.take<uint32_t>().Data();
  uint32_t* counts = arrays.take<uint32_t>().Data();
  memory.rowCount = counts;
  memory.strangerCount = counts + 1;
  memory.foreignCount = counts + 2;
  memory.strangerEnds = arrays.take<uint32_t>().Data();
  memory.strangerIps = arrays.take<uint8_t>().Data();
  auto foreignRows = arrays.take<uint32_t>();
  memory.foreignRows = foreignRows.Data();
  memory.foreignRowsMax = foreignRows.ElementLength();
  memory.output = arrays.take<uint8_t>().Data();
  memory.counters = arrays.take<double>().Data();
  return memory;
}

/** In the order of batchArrays in src/native/shared-memory.ts. */
SendBatch sendBatchOf(ArrayArguments arrays) {
  SendBatch batch{};
  batch.stream = arrays.take<uint32_t>().Data();
  batch.payloadOffset = arrays.take<uint32_t>().Data();
  batch.payloadLength = arrays.take<uint16_t>().Data();
  batch.rolloverCounter = arrays.take<uint32_t>().Data();
  batch.sequence = arrays.take<uint16_t>().Data();
  batch.timestamp = arrays.take<uint32_t>().Data();
  batch.payloadType = arrays.take<uint8_t>().Data();
  batch.flags = arrays.take<uint8_t>().Data();
  batch.originalSequence = arrays.take<uint16_t>().Data();
  batch.extensionOffset = arrays.take<uint32_t>().Data();
  batch.extensionLength = arrays.take<uint8_t>().Data();
  batch.extensionBytes = arrays.take<uint8_t>().Data();
  return batch;
}

/** A datapath with its JavaScript side, on the loop of the thread that made it. */
class DatapathAddon final : public LoopObject<DatapathAddon>, public BatchHandler {
 public:
  static Napi::Function type(Napi::Env env) {
    return DefineClass(
        env, "DatapathAddon",
        {
            InstanceMethod<&DatapathAddon::openSocket>("openSocket"),
            InstanceMethod<&DatapathAddon::closeSocket>("closeSocket"),
            InstanceMethod<&DatapathAddon::localPort>("localPort"),
            InstanceMethod<&DatapathAddon::isCongested>("isCongested"),
            InstanceMethod<&DatapathAddon::sendFrom>("sendFrom"),
            InstanceMethod<&DatapathAddon::openPath>("openPath"),
            InstanceMethod<&DatapathAddon::closePath>("closePath"),
            InstanceMethod<&DatapathAddon::bindPath>("bindPath"),
            InstanceMethod<&DatapathAddon::openSession>("openSession"),
            InstanceMethod<&DatapathAddon::closeSession>("closeSession"),
            InstanceMethod<&DatapathAddon::setSessionPath>("setSessionPath"),
            InstanceMethod<&DatapathAddon::setRemoteKey>("setRemoteKey"),
            InstanceMethod<&DatapathAddon::retireSsrc>("retireSsrc"),
            InstanceMethod<&DatapathAddon::bytesSent>("bytesSent"),
            InstanceMethod<&DatapathAddon::bytesReceived>("bytesReceived"),
            InstanceMethod<&DatapathAddon::openStream>("openStream"),
            InstanceMethod<&DatapathAddon::closeStream>("closeStream"),
            InstanceMethod<&DatapathAddon::attachBatch>("attachBatch"),
            InstanceMethod<&DatapathAddon::receive>("receive"),
            InstanceMethod<&DatapathAddon::send>("send"),
            InstanceMethod<&DatapathAddon::sealRow>("sealRow"),
            InstanceMethod<&DatapathAddon::sealRtcp>("sealRtcp"),
            InstanceMethod<&DatapathAddon::sendRtcp>("sendRtcp"),
            InstanceMethod<&DatapathAddon::sendDatagram>("sendDatagram"),
            InstanceMethod<&DatapathAddon::pollKeyLimit>("pollKeyLimit"),
        });
  }

  /** `memory`, `onBatch`, arrays of the memory. */
  explicit DatapathAddon(const Napi::CallbackInfo& info)
      : LoopObject(info, "rivero.datapath"),
        datapath_(std::make_unique<Datapath>(loopOf(info.Env()), sharedMemoryOf({info, 2}), *this)) {}

 private:
  void closeHandles(std::function<void()> onClosed) override { datapath_->sockets().closeAll(std::move(onClosed)); }

  void handleBatch() override { callFunction(); }

  Napi::Value openSocket(const Napi::CallbackInfo& info) {
    const int32_t number = datapath_->sockets().open(addressAt(info, 0));
    if (number >= 0) hold();
    return Napi::Number::New(info.Env(), number);
  }

  void closeSocket(const Napi::CallbackInfo& info) {
    datapath_->sockets().close(signedAt(info, 0), [this] { letGo(); });
  }

  Napi::Value localPort(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), datapath_->sockets().localPort(signedAt(info, 0)));
  }

  Napi::Value isCongested(const Napi::CallbackInfo& info) {
    const Traffic traffic = info[1].As<Napi::Boolean>().Value() ? Traffic::control : Traffic::media;
    return Napi::Boolean::New(info.Env(), datapath_->isCongested(signedAt(info, 0), traffic));
  }

  void sendFrom(const Napi::CallbackInfo& info) {
    const Bytes bytes = bytesAt(info, 3);
    datapath_->sendFrom(signedAt(info, 0), addressAt(info, 1), bytes.Data(), lengthOf(bytes));
  }

  void openPath(const Napi::CallbackInfo& info) {
    const int32_t socket = signedAt(info, 1);
    const SocketAddress remote = socket == noSocket ? SocketAddress{} : addressAt(info, 2);
    datapath_->paths().open(numberAt(info, 0), socket, remote);
  }

  void closePath(const Napi::CallbackInfo& info) { datapath_->paths().close(numberAt(info, 0)); }

  void bindPath(const Napi::CallbackInfo& info) {
    Path* path = datapath_->paths().get(numberAt(info, 0));
    if (path != nullptr) path->session = numberAt(info, 1);
  }

  void openSession(const Napi::CallbackInfo& info) {
    const auto profile = static_cast<SrtpProfile>(numberAt(info, 1));
    datapath_->openSession(numberAt(info, 0), profile, keysAt(info, 2), keysAt(info, 3), packetsAt(info, 4));
  }

  void closeSession(const Napi::CallbackInfo& info) { datapath_->sessions().close(numberAt(info, 0)); }

  void setSessionPath(const Napi::CallbackInfo& info) {
    Session* session = datapath_->sessions().get(numberAt(info, 0));
    if (session != nullptr) session->path = numberAt(info, 1);
  }

  void setRemoteKey(const Napi::CallbackInfo& info) {
    const auto profile = static_cast<SrtpProfile>(numberAt(info, 1));
    datapath_->setRemoteKey(numberAt(info, 0), profile, keysAt(info, 2), packetsAt(info, 3));
  }

  void retireSsrc(const Napi::CallbackInfo& info) {
    Session* session = datapath_->sessions().get(numberAt(info, 0));
    if (session != nullptr) session->sender.retireSsrc(numberAt(info, 1));
  }

  Napi::Value bytesSent(const Napi::CallbackInfo& info) {
    const Session* session = datapath_->sessions().get(numberAt(info, 0));
    return Napi::Number::New(info.Env(), session == nullptr ? 0 : static_cast<double>(session->bytesSent));
  }

  Napi::Value bytesReceived(const Napi::CallbackInfo& info) {
    const Session* session = datapath_->sessions().get(numberAt(info, 0));
    return Napi::Number::New(info.Env(), session == nullptr ? 0 : static_cast<double>(session->bytesReceived));
  }

  void openStream(const Napi::CallbackInfo& info) {
    const Bytes elements = bytesAt(info, 3);
    const uint32_t resendMax = numberAt(info, 4);
    Stream stream{.session = numberAt(info, 1),
                  .ssrc = numberAt(info, 2),
                  .window = nullptr,
                  .extensionElements = {elements.Data(), elements.Data() + elements.ByteLength()},
                  .sent = {}};
    if (resendMax > 0) stream.sent.emplace(resendMax);
    datapath_->streams().open(numberAt(info, 0), std::move(stream));
  }

  void closeStream(const Napi::CallbackInfo& info) { datapath_->streams().close(numberAt(info, 0)); }

  void attachBatch(const Napi::CallbackInfo& info) {
    batch_ = sendBatchOf({info, 1});
    batchObject_ = Napi::Persistent(info[0].As<Napi::Object>());
  }

  Napi::Value receive(const Napi::CallbackInfo& info) {
    const Bytes bytes = bytesAt(info, 2);
    const bool isKept = datapath_->receive(numberAt(info, 0), numberAt(info, 1), bytes.Data(), lengthOf(bytes));
    return Napi::Boolean::New(info.Env(), isKept);
  }

  void send(const Napi::CallbackInfo& info) {
    datapath_->send(batch_, numberAt(info, 0));
  }

  Napi::Value sealRow(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), datapath_->sealRow(batch_, numberAt(info, 0)));
  }

  Napi::Value sealRtcp(const Napi::CallbackInfo& info) {
    const Bytes compound = bytesAt(info, 1);
    return Napi::Number::New(info.Env(), datapath_->sealRtcp(numberAt(info, 0), compound.Data(), lengthOf(compound)));
  }

  void sendRtcp(const Napi::CallbackInfo& info) {
    const Bytes compound = bytesAt(info, 1);
    datapath_->sendRtcp(numberAt(info, 0), compound.Data(), lengthOf(compound));
  }

  void sendDatagram(const Napi::CallbackInfo& info) {
    const Bytes bytes = bytesAt(info, 1);
    datapath_->sendDatagram(numberAt(info, 0), bytes.Data(), lengthOf(bytes));
  }

  Napi::Value pollKeyLimit(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), datapath_->pollKeyLimit());
  }

  std::unique_ptr<Datapath> datapath_;
  SendBatch batch_{};
  /** Keeps its columns. */
  Napi::ObjectReference batchObject_;
};

}  // namespace

void exportDatapath(Napi::Env env, Napi::Object exports) {
  exports.Set("DatapathAddon", DatapathAddon::type(env));
  auto names = Napi::Array::New(env);
  for (size_t i = 0; i < std::size(counterNames); i++) names.Set(static_cast<uint32_t>(i), counterNames[i]);
  exports.Set("counterNames", names);
}

}  // namespace rivero

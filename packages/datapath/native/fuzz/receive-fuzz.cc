// What comes from the network, whatever it is: datagrams of a session's peer, sealed or not, put together by the kernel or not,
// of strangers, into few slots and rows, with a handler that closes things in the middle of a batch or takes no batch at all.
// scripts/native-fuzz.mjs builds it with libFuzzer, and runs it.
#include <fuzzer/FuzzedDataProvider.h>
#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "bytes.h"
#include "datapath.h"
#include "fake-kernel.h"
#include "packet-slot.h"

namespace rivero {

namespace {

/** Few, so that they run out. */
constexpr size_t slotsMax = 6;
constexpr size_t rowsMax = 4;

constexpr uint32_t sessionHandle = 1;
constexpr uint32_t pathHandle = 2;
const uint8_t peerIp[] = {203, 0, 113, 5};
const uint8_t strangerIp[] = {198, 51, 100, 9};

void expect(bool claim) {
  if (!claim) std::abort();
}

/** What JavaScript has: arrays as long as they have to be. */
struct Arrays {
  std::vector<uint8_t> pool = std::vector<uint8_t>(slotsMax * packetSlotSize);
  std::vector<uint16_t> references = std::vector<uint16_t>(slotsMax);
  std::vector<uint32_t> free = std::vector<uint32_t>(slotsMax);
  uint32_t freeCount = slotsMax;
  std::vector<uint8_t> kind = std::vector<uint8_t>(rowsMax);
  std::vector<uint32_t> slot = std::vector<uint32_t>(rowsMax);
  std::vector<uint32_t> offset = std::vector<uint32_t>(rowsMax);
  std::vector<uint16_t> length = std::vector<uint16_t>(rowsMax);
  std::vector<uint32_t> path = std::vector<uint32_t>(rowsMax);
  std::vector<uint32_t> session = std::vector<uint32_t>(rowsMax);
  uint32_t rowCount = 0;
  uint32_t strangerCount = 0;
  std::vector<uint32_t> strangerEnds = std::vector<uint32_t>(rowsMax * 3);
  std::vector<uint8_t> strangerIps = std::vector<uint8_t>(rowsMax * 16);
  std::vector<uint32_t> foreignRows = std::vector<uint32_t>(rowsMax);
  uint32_t foreignCount = 0;
  std::vector<uint8_t> output = std::vector<uint8_t>(packetSlotSize);
  std::vector<double> counters = std::vector<double>(std::size(counterNames));

  Arrays() {
    for (uint32_t i = 0; i < slotsMax; i++) free[i] = i;
  }

  SharedMemory memory() {
    SharedMemory memory{};
    memory.pool = pool.data();
    memory.poolLength = pool.size();
    memory.references = references.data();
    memory.free = free.data();
    memory.freeCount = &freeCount;
    memory.kind = kind.data();
    memory.slot = slot.data();
    memory.offset = offset.data();
    memory.length = length.data();
    memory.path = path.data();
    memory.session = session.data();
    memory.rowsMax = rowsMax;
    memory.rowCount = &rowCount;
    memory.strangerCount = &strangerCount;
    memory.strangerEnds = strangerEnds.data();
    memory.strangerIps = strangerIps.data();
    memory.foreignRows = foreignRows.data();
    memory.foreignRowsMax = foreignRows.size();
    memory.foreignCount = &foreignCount;
    memory.output = output.data();
    memory.counters = counters.data();
    return memory;
  }
};

SrtpSessionKeys keysOf(uint8_t seed) {
  SrtpSessionKeys keys{};
  std::memset(&keys, seed, sizeof keys);
  return keys;
}

/** A datapath, its handler, and the peer of its session. */
class World final : public BatchHandler {
 public:
  World(FuzzedDataProvider& input, SrtpProfile profile)
      : input_(input), profile_(profile), peer_(profile, keysOf(1)), datapath_(nullptr, arrays_.memory(), *this) {
    kernel = {};
    kernel.recvmmsg = [this](mmsghdr* messages, unsigned count) { return handOver(messages, count); };
    const uint8_t loopback[] = {127, 0, 0, 1};
    socket_ = datapath_.sockets().open(SocketAddress::of(loopback, 4, 0));
    expect(socket_ == 0);
    datapath_.paths().open(pathHandle, socket_, SocketAddress::of(peerIp, 4, 5'000));
    datapath_.openSession(sessionHandle, profile, keysOf(2), keysOf(1), input.ConsumeIntegralInRange<int64_t>(1, 40));
    datapath_.paths().get(pathHandle)->session = sessionHandle;
  }

  ~World() override {
    datapath_.sockets().closeAll([] {});
    kernel.finishClosing();
  }

  void run() {
    while (input_.remaining_bytes() > 0 && kernel.events != 0) {
      if (input_.ConsumeBool()) {
        kernel.wakeUp(0, UV_READABLE);
      } else {
        const std::vector<uint8_t> packet = nextPacket();
        // As from a connection; JavaScript hands nothing empty over.
        if (!packet.empty()) datapath_.receive(pathHandle, sessionHandle, packet.data(), static_cast<int>(packet.size()));
      }
    }
  }

  void handleBatch() override {
    checkRows();
    switch (input_.ConsumeIntegralInRange<int>(0, 15)) {
      case 0:
        // It takes nothing: its thread is being ended.
        return;
      case 1:
        datapath_.sessions().close(sessionHandle);
        break;
      case 2:
        datapath_.paths().close(pathHandle);
        break;
      case 3:
        datapath_.setRemoteKey(sessionHandle, profile_, keysOf(1), 30);
        break;
      case 4:
        datapath_.sockets().close(socket_, [] {});
        break;
      case 5:
        datapath_.sendDatagram(pathHandle, arrays_.pool.data(), 100);
        break;
      default:
        break;
    }
    for (size_t row = 0; row < arrays_.rowCount; row++) {
      arrays_.references[arrays_.slot[row]] = 0;
      arrays_.free[arrays_.freeCount++] = arrays_.slot[row];
    }
    arrays_.rowCount = 0;
    arrays_.strangerCount = 0;
  }

 private:
  void checkRows() const {
    expect(arrays_.rowCount > 0 && arrays_.rowCount <= rowsMax);
    size_t strangers = 0;
    for (size_t row = 0; row < arrays_.rowCount; row++) {
      const auto kind = static_cast<ReceivedKind>(arrays_.kind[row]);
      expect(kind <= ReceivedKind::stranger);
      expect(arrays_.slot[row] < slotsMax && arrays_.references[arrays_.slot[row]] == 1);
      expect(arrays_.offset[row] == arrays_.slot[row] * packetSlotSize && arrays_.length[row] <= packetSlotSize);
      if (kind == ReceivedKind::stranger) strangers += 1;
      if (kind == ReceivedKind::rtp || kind == ReceivedKind::rtcp) expect(arrays_.session[row] == sessionHandle);
    }
    expect(strangers == arrays_.strangerCount);
    expect(arrays_.freeCount + arrays_.rowCount == slotsMax);
  }

  /** Bytes as they are, or sealed by the peer, and then perhaps changed. */
  std::vector<uint8_t> nextPacket() {
    const bool isSealed = input_.ConsumeBool();
    const bool isChanged = input_.ConsumeIntegralInRange<int>(0, 3) == 0;
    const bool isRtcp = input_.ConsumeBool();
    std::vector<uint8_t> bytes = input_.ConsumeBytes<uint8_t>(input_.ConsumeIntegralInRange<size_t>(0, 2'100));
    if (!isSealed || bytes.size() < 12) return bytes;
    bytes[0] = static_cast<uint8_t>(0x80 | (bytes[0] & 0x3f));
    bytes[1] = isRtcp ? 200 : 96;
    const auto length = static_cast<int>(bytes.size());
    bytes.resize(bytes.size() + 64);
    SrtpSender::Window* window = nullptr;
    const SrtpResult sealed = isRtcp ? peer_.protectRtcp(bytes.data(), length)
                                     : peer_.protectRtp(bytes.data(), {headerLength(bytes, length), length, 0}, window);
    bytes.resize(static_cast<size_t>(sealed.isDefect() ? length : sealed.length));
    if (isChanged) {
      const auto at = input_.ConsumeIntegralInRange<size_t>(0, bytes.size() - 1);
      bytes[at] = static_cast<uint8_t>(bytes[at] ^ input_.ConsumeIntegral<uint8_t>());
    }
    return bytes;
  }

  /** Of an RTP header, as its own fields say; as far as there is so much. */
  static int headerLength(const std::vector<uint8_t>& bytes, int length) {
    int end = 12 + (bytes[0] & 0x0f) * 4;
    if ((bytes[0] & 0x10) != 0 && end + 4 <= length) end += 4 + readUint16(bytes.data() + end + 2) * 4;
    return std::min(end, length);
  }

  /** Messages of one call of recvmmsg, each of one packet or of many. */
  int handOver(mmsghdr* messages, unsigned count) {
    const unsigned wanted = std::min(count, input_.ConsumeIntegralInRange<unsigned>(0, 8));
    for (unsigned i = 0; i < wanted; i++) fill(messages[i]);
    if (wanted > 0) return static_cast<int>(wanted);
    errno = EAGAIN;
    return -1;
  }

  void fill(mmsghdr& message) {
    msghdr& header = message.msg_hdr;
    const bool isPeer = input_.ConsumeIntegralInRange<int>(0, 3) != 0;
    const uint16_t port = input_.ConsumeBool() ? uint16_t{5'000} : input_.ConsumeIntegral<uint16_t>();
    const SocketAddress from = SocketAddress::of(isPeer ? peerIp : strangerIp, 4, port);
    std::memcpy(header.msg_name, from.pointer(), from.length());
    auto* bytes = static_cast<uint8_t*>(header.msg_iov->iov_base);
    size_t length = 0;
    for (int packets = input_.ConsumeIntegralInRange<int>(1, 4); packets > 0; packets--) {
      const std::vector<uint8_t> packet = nextPacket();
      if (!packet.empty()) std::memcpy(bytes + length, packet.data(), packet.size());
      length += packet.size();
    }
    message.msg_len = static_cast<unsigned>(length);
    header.msg_flags = input_.ConsumeIntegralInRange<int>(0, 15) == 0 ? MSG_TRUNC : 0;
    if (input_.ConsumeBool()) {
      header.msg_controllen = 0;
      return;
    }
    const int segmentLength = input_.ConsumeIntegralInRange<int>(-1, 2'200);
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_UDP;
    control->cmsg_type = UDP_GRO;
    control->cmsg_len = CMSG_LEN(sizeof segmentLength);
    std::memcpy(CMSG_DATA(control), &segmentLength, sizeof segmentLength);
    header.msg_controllen = CMSG_SPACE(sizeof segmentLength);
  }

  FuzzedDataProvider& input_;
  SrtpProfile profile_;
  SrtpSender peer_;
  Arrays arrays_;
  Datapath datapath_;
  int32_t socket_ = noSocket;
};

}  // namespace

}  // namespace rivero

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  const auto profile = static_cast<rivero::SrtpProfile>(input.ConsumeIntegralInRange<int>(0, 5));
  rivero::World(input, profile).run();
  return 0;
}

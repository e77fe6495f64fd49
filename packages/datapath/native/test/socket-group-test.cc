// What a group of sockets does when its memory or the queue of a socket is full, and when it is closed in a wake-up.
#include "socket-group.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "expect.h"
#include "fake-kernel.h"
#include "tests.h"

namespace rivero {

namespace {

constexpr size_t rowsMax = 8;
constexpr size_t bytesMax = 4'000;

const uint8_t loopback[] = {127, 0, 0, 1};

SocketAddress remote(uint16_t port) {
  return SocketAddress::of(loopback, 4, port);
}

/** Rows as JavaScript has them. */
struct Rows {
  std::array<DatagramRow, rowsMax> rows{};
  std::vector<uint8_t> bytes = std::vector<uint8_t>(bytesMax);
  uint32_t count = 0;
  uint32_t used = 0;

  DatagramRows memory() { return {rows.data(), rowsMax, bytes.data(), bytesMax, &count}; }

  void add(uint32_t socket, uint32_t length, uint32_t port = 9) {
    DatagramRow& row = rows[count++];
    row = {socket, used, length, port, {}};
    std::memcpy(row.ip, loopback, sizeof loopback);
    used += length;
  }
};

/** A group between a fake kernel and a handler that writes down. */
class Bench final : public WakeUpHandler {
 public:
  Bench() {
    kernel = {};
    kernel.sendmmsg = [this](mmsghdr* messages, unsigned count) {
      for (unsigned i = 0; i < count; i++) sent.push_back(messages[i].msg_hdr.msg_iov->iov_len);
      return static_cast<int>(count);
    };
    group = std::make_unique<SocketGroup>(nullptr, GroupMemory{received.memory(), outgoing.memory(), values_.data()}, *this);
    EXPECT(group->openSocket(remote(0)) == 0);
  }
  ~Bench() override {
    if (!isClosed) close();
    while (!kernel.closing.empty()) kernel.finishClosing();
    EXPECT(group == nullptr);
  }

  void handleWakeUp() override {
    wakeUps.push_back(received.count);
    if (onWakeUp) onWakeUp();
  }

  void close() {
    isClosed = true;
    group->close([this] { group = nullptr; });
  }

  void receive(int length) {
    const std::vector<uint8_t> bytes(static_cast<size_t>(length) + 1);
    group->handleDatagram(0, remote(7), bytes.data(), length);
  }

  double count(Counter counter) const { return values_[static_cast<size_t>(counter)]; }

  Rows received;
  Rows outgoing;
  std::unique_ptr<SocketGroup> group;
  std::vector<uint32_t> wakeUps;
  std::vector<size_t> sent;
  std::function<void()> onWakeUp;
  bool isClosed = false;

 private:
  std::array<double, std::size(counterNames)> values_{};
};

void tellsOnceATurnWhatCame() {
  Bench bench;
  for (int i = 0; i < 5; i++) bench.receive(10);
  EXPECT(bench.wakeUps.empty());
  kernel.endTurn();
  kernel.endTurn();
  EXPECT((bench.wakeUps == std::vector<uint32_t>{5}));
  EXPECT(bench.received.count == 0);
}

void tellsAtOnceWhenRowsOrBytesAreFull() {
  Bench bench;
  for (size_t i = 0; i < rowsMax + 1; i++) bench.receive(0);
  EXPECT((bench.wakeUps == std::vector<uint32_t>{rowsMax}));
  bench.receive(bytesMax);
  bench.receive(bytesMax);
  EXPECT((bench.wakeUps == std::vector<uint32_t>{rowsMax, 2}));
  kernel.endTurn();
  EXPECT(bench.received.count == 0);
}

void sendsAtTheEndOfAWakeUpWhatFollowsOneAnotherAsOne() {
  Bench bench;
  bench.onWakeUp = [&] {
    for (const uint32_t length : {100, 100, 60, 100, 200}) bench.outgoing.add(0, length);
    bench.outgoing.add(0, 200, 8);
    bench.outgoing.add(0, 0, 8);
    EXPECT(bench.sent.empty());
  };
  bench.receive(1);
  kernel.endTurn();
  EXPECT((bench.sent == std::vector<size_t>{260, 100, 200, 200, 0}));
  EXPECT(bench.outgoing.count == 0);
}

void sendsFirstWhatASocketWasGivenThatIsClosed() {
  Bench bench;
  bench.outgoing.add(0, 50);
  bench.group->closeSocket(0);
  EXPECT((bench.sent == std::vector<size_t>{50}));
  bench.outgoing.add(0, 51);
  bench.outgoing.add(77, 52);
  bench.group->flush();
  EXPECT(bench.sent.size() == 1);
}

void givesANumberAwayOnlyWhenTheLoopHasDoneWithIt() {
  Bench bench;
  bench.group->closeSocket(0);
  EXPECT(bench.group->openSocket(remote(0)) == 1);
  kernel.finishClosing();
  EXPECT(bench.group->openSocket(remote(0)) == 0);
  EXPECT(bench.group->sockets().localPort(0) != 0);
}

void dropsAndCountsWhatIsBehindAFullQueue() {
  Bench bench;
  kernel.sendmmsg = {};
  for (int i = 0; i < 2'000; i++) {
    bench.outgoing.used = 0;
    bench.outgoing.add(0, 100);
    bench.group->flush();
  }
  EXPECT(bench.count(Counter::sendCongested) == 2'000 - 1'024);
}

void handsOverNothingOnceItIsClosed() {
  Bench bench;
  bench.onWakeUp = [&] { bench.close(); };
  bench.receive(1);
  kernel.endTurn();
  EXPECT(bench.group->openSocket(remote(0)) == -ECANCELED);
  EXPECT(bench.wakeUps.size() == 1);
}

}  // namespace

void testSocketGroup() {
  tellsOnceATurnWhatCame();
  tellsAtOnceWhenRowsOrBytesAreFull();
  sendsAtTheEndOfAWakeUpWhatFollowsOneAnotherAsOne();
  sendsFirstWhatASocketWasGivenThatIsClosed();
  givesANumberAwayOnlyWhenTheLoopHasDoneWithIt();
  dropsAndCountsWhatIsBehindAFullQueue();
  handsOverNothingOnceItIsClosed();
}

}  // namespace rivero

// What a socket does when the kernel has no room, refuses to segment, or hands over what is cut off.
#include "udp-socket.h"

#include <netinet/udp.h>

#include <cerrno>
#include <memory>
#include <string>

#include "expect.h"
#include "fake-kernel.h"
#include "tests.h"

namespace rivero {

namespace {

using Lengths = std::vector<size_t>;

/** A socket between a fake kernel and a receiver that writes down. */
class Bench final : public DatagramReceiver {
 public:
  Bench() : counters_(values_.data()), buffers_(std::make_unique<ReceiveBuffers>()) {
    kernel = {};
    socket = std::make_unique<UdpSocket>(0, *buffers_, *this, counters_);
    const uint8_t loopback[] = {127, 0, 0, 1};
    EXPECT(socket->open(nullptr, SocketAddress::of(loopback, 4, 0)) == 0);
    EXPECT(kernel.events == UV_READABLE);
  }
  ~Bench() override {
    if (socket != nullptr) close();
    kernel.finishClosing();
  }

  void handleDatagram(int32_t, const SocketAddress&, const uint8_t*, int length) override {
    received.push_back(static_cast<size_t>(length));
    if (onDatagram) onDatagram();
  }
  void handleWakeUpEnd() override { wakeUps += 1; }

  void close() {
    UdpSocket* closed = socket.release();
    closed->close([closed] { delete closed; });
  }

  double count(Counter counter) const { return values_[static_cast<size_t>(counter)]; }

  std::unique_ptr<UdpSocket> socket;
  Lengths received;
  std::function<void()> onDatagram;
  int wakeUps = 0;

 private:
  std::array<double, std::size(counterNames)> values_{};
  Counters counters_;
  std::unique_ptr<ReceiveBuffers> buffers_;
};

uint8_t bytes[65'536];

OutgoingMessage message(uint32_t length, uint16_t segmentLength) {
  const uint8_t loopback[] = {127, 0, 0, 1};
  const auto segments = static_cast<uint16_t>((length + segmentLength - 1) / segmentLength);
  return {SocketAddress::of(loopback, 4, 9), bytes, length, segmentLength, segments};
}

OutgoingMessage message(uint16_t length) {
  return message(length, length);
}

int refuse(int error) {
  errno = error;
  return -1;
}

/** The segment length that a message asks for; 0: none. */
int segmentLengthOf(msghdr& header) {
  const cmsghdr* control = CMSG_FIRSTHDR(&header);
  if (control == nullptr) return 0;
  EXPECT(control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_SEGMENT);
  uint16_t length = 0;
  std::memcpy(&length, CMSG_DATA(control), sizeof length);
  return length;
}

/** A kernel that takes `room` messages of each call, and writes down their lengths. */
std::function<int(mmsghdr*, unsigned)> taking(Lengths& taken, unsigned room) {
  return [&taken, room](mmsghdr* messages, unsigned count) {
    if (room == 0) return refuse(EAGAIN);
    for (unsigned i = 0; i < std::min(room, count); i++) taken.push_back(messages[i].msg_hdr.msg_iov->iov_len);
    return static_cast<int>(std::min(room, count));
  };
}

void asksTheKernelToSegmentWhatIsMoreThanOneDatagram() {
  Bench bench;
  std::vector<int> segmentLengths;
  kernel.sendmmsg = [&](mmsghdr* messages, unsigned count) {
    for (unsigned i = 0; i < count; i++) segmentLengths.push_back(segmentLengthOf(messages[i].msg_hdr));
    return static_cast<int>(count);
  };
  const OutgoingMessage messages[] = {message(2'500, 1'000), message(700), message(1'000, 500)};
  bench.socket->send(messages);
  EXPECT((segmentLengths == std::vector<int>{1'000, 0, 500}));
}

void sendsAllInTurnsWhenTheKernelTakesFewAtATime() {
  Bench bench;
  Lengths taken;
  kernel.sendmmsg = taking(taken, 3);
  std::vector<OutgoingMessage> messages;
  Lengths lengths;
  for (uint16_t i = 1; i <= 200; i++) {
    messages.push_back(message(i));
    lengths.push_back(i);
  }
  bench.socket->send(messages);
  EXPECT(taken == lengths);
  EXPECT(bench.count(Counter::sendFailed) == 0);
}

void keepsInOrderWhatTheKernelHasNoRoomFor() {
  Bench bench;
  Lengths sent;
  unsigned room = 2;
  kernel.sendmmsg = [&](mmsghdr* messages, unsigned count) {
    const int taken = taking(sent, room)(messages, count);
    room = 0;
    return taken;
  };
  const OutgoingMessage messages[] = {message(1), message(2), message(250, 100), message(3)};
  bench.socket->send(messages);
  bench.socket->send({messages, 1});
  EXPECT((sent == Lengths{1, 2}));
  EXPECT(kernel.events == (UV_READABLE | UV_WRITABLE));
  room = 3;
  kernel.sendto = [&](const uint8_t*, size_t length) -> ssize_t {
    if (room == 0) return refuse(EAGAIN);
    room -= 1;
    sent.push_back(length);
    return static_cast<ssize_t>(length);
  };
  kernel.wakeUp(0, UV_WRITABLE);
  EXPECT((sent == Lengths{1, 2, 100, 100, 50}));
  EXPECT(kernel.events == (UV_READABLE | UV_WRITABLE));
  room = 9;
  kernel.wakeUp(0, UV_WRITABLE);
  EXPECT((sent == Lengths{1, 2, 100, 100, 50, 3, 1}));
  EXPECT(kernel.events == UV_READABLE);
  EXPECT(bench.count(Counter::sendFailed) == 0);
}

void keepsEmptyDatagrams() {
  Bench bench;
  bench.socket->send(std::vector{OutgoingMessage{message(1).remote, bytes, 0, 0, 1}, message(7)});
  Lengths sent;
  kernel.sendto = [&](const uint8_t*, size_t length) {
    sent.push_back(length);
    return static_cast<ssize_t>(length);
  };
  kernel.wakeUp(0, UV_WRITABLE);
  EXPECT((sent == Lengths{0, 7}));
}

void isCongestedBehind512PacketsAndForControlBehindTwiceAsMany() {
  Bench bench;
  const OutgoingMessage one = message(10);
  for (int i = 0; i < 511; i++) bench.socket->send({&one, 1});
  EXPECT(!bench.socket->isCongested(Traffic::media));
  bench.socket->send({&one, 1});
  EXPECT(bench.socket->isCongested(Traffic::media));
  EXPECT(!bench.socket->isCongested(Traffic::control));
  for (int i = 0; i < 512; i++) bench.socket->send({&one, 1});
  EXPECT(bench.socket->isCongested(Traffic::control));
}

void isCongestedBehind512KiB() {
  Bench bench;
  const OutgoingMessage large = message(65'000, 1'300);
  for (int i = 0; i < 8; i++) bench.socket->send({&large, 1});
  EXPECT(!bench.socket->isCongested(Traffic::media));
  bench.socket->send({&large, 1});
  EXPECT(bench.socket->isCongested(Traffic::media));
  EXPECT(!bench.socket->isCongested(Traffic::control));
}

void triesAgainWhatASignalInterrupted() {
  Bench bench;
  Lengths taken;
  bool isInterrupted = true;
  kernel.sendmmsg = [&](mmsghdr* messages, unsigned count) {
    if (!isInterrupted) return taking(taken, 9)(messages, count);
    isInterrupted = false;
    return refuse(EINTR);
  };
  const OutgoingMessage messages[] = {message(1), message(2)};
  bench.socket->send(messages);
  EXPECT((taken == Lengths{1, 2}));
}

void sendsOneByOneWhatIsNotSegmented(int error) {
  Bench bench;
  Lengths sent;
  kernel.sendmmsg = [&](mmsghdr* messages, unsigned count) {
    if (segmentLengthOf(messages[0].msg_hdr) != 0) return refuse(error);
    return taking(sent, 1)(messages, count);
  };
  const OutgoingMessage messages[] = {message(1), message(250, 100), message(2)};
  bench.socket->send(messages);
  EXPECT((sent == Lengths{1, 100, 100, 50, 2}));
  EXPECT(bench.count(Counter::sendFailed) == 0);
  EXPECT(kernel.events == UV_READABLE);
}

/** Of three times three datagrams: what the kernel was asked to segment, and what it was given one by one. */
struct Asked {
  int segmented = 0;
  Lengths singles;
  double unsegmented = 0;
};

Asked askedWhenSegmentingIsRefused(int error) {
  Bench bench;
  Asked asked;
  kernel.sendmmsg = [&](mmsghdr* messages, unsigned count) {
    if (segmentLengthOf(messages[0].msg_hdr) == 0) return taking(asked.singles, 1)(messages, count);
    asked.segmented += 1;
    return refuse(error);
  };
  const OutgoingMessage one = message(250, 100);
  for (int i = 0; i < 3; i++) bench.socket->send({&one, 1});
  EXPECT(bench.count(Counter::sendFailed) == 0);
  asked.unsegmented = bench.count(Counter::unsegmented);
  return asked;
}

void doesNotAskAgainForWhatTheInterfaceCannot() {
  for (const int error : {EIO, EOPNOTSUPP}) {
    const Asked asked = askedWhenSegmentingIsRefused(error);
    EXPECT(asked.segmented == 1);
    EXPECT((asked.singles == Lengths{100, 100, 50, 100, 100, 50, 100, 100, 50}));
    EXPECT(asked.unsegmented == 9);
  }
}

void asksAgainWhereOnePathIsTooNarrow() {
  for (const int error : {EINVAL, EMSGSIZE}) {
    const Asked asked = askedWhenSegmentingIsRefused(error);
    EXPECT(asked.segmented == 3);
    EXPECT(asked.singles.size() == 9);
    EXPECT(asked.unsegmented == 9);
  }
}

void keepsTheRestWhenThereIsNoRoomForSingleDatagramsEither() {
  Bench bench;
  Lengths sent;
  unsigned room = 1;
  kernel.sendmmsg = [&](mmsghdr* messages, unsigned) {
    if (segmentLengthOf(messages[0].msg_hdr) != 0) return refuse(EIO);
    const unsigned taken = room;
    room = 0;
    return taking(sent, taken)(messages, taken);
  };
  kernel.sendto = [&](const uint8_t*, size_t length) -> ssize_t {
    if (room == 0) return refuse(EAGAIN);
    room -= 1;
    sent.push_back(length);
    return static_cast<ssize_t>(length);
  };
  const OutgoingMessage messages[] = {message(250, 100), message(7)};
  bench.socket->send(messages);
  EXPECT((sent == Lengths{100}));
  room = 9;
  kernel.wakeUp(0, UV_WRITABLE);
  EXPECT((sent == Lengths{100, 100, 50, 7}));
}

void countsWhatIsRefusedAndSendsTheRest(int error) {
  Bench bench;
  Lengths sent;
  unsigned calls = 0;
  kernel.sendmmsg = [&](mmsghdr* messages, unsigned count) {
    return calls++ == 0 ? refuse(error) : taking(sent, 9)(messages, count);
  };
  const OutgoingMessage messages[] = {message(1), message(2), message(3)};
  bench.socket->send(messages);
  EXPECT((sent == Lengths{2, 3}));
  EXPECT(bench.count(Counter::sendFailed) == 1);
}

void doesNotAskWhenThereIsRoomAgainWhereNobodySaysSo() {
  Bench bench;
  kernel.sendmmsg = [](mmsghdr*, unsigned) { return refuse(ENOBUFS); };
  const OutgoingMessage messages[] = {message(1), message(250, 100)};
  bench.socket->send(messages);
  EXPECT(kernel.events == UV_READABLE);
  EXPECT(bench.count(Counter::sendFailed) == 4);
}

void dropsWhatIsRefusedAfterItWaited() {
  Bench bench;
  const OutgoingMessage messages[] = {message(1), message(2)};
  bench.socket->send(messages);
  Lengths sent;
  kernel.sendto = [&](const uint8_t*, size_t length) -> ssize_t {
    if (length == 1) return refuse(EHOSTUNREACH);
    sent.push_back(length);
    return static_cast<ssize_t>(length);
  };
  kernel.wakeUp(0, UV_WRITABLE);
  EXPECT((sent == Lengths{2}));
  EXPECT(bench.count(Counter::sendFailed) == 1);
  EXPECT(kernel.events == UV_READABLE);
}

void listensOnAfterAnErrorOfTheSocket() {
  Bench bench;
  kernel.events = 0;
  kernel.wakeUp(UV_EBADF, 0);
  EXPECT(kernel.events == UV_READABLE);
  const OutgoingMessage one = message(1);
  bench.socket->send({&one, 1});
  kernel.events = 0;
  kernel.wakeUp(UV_EBADF, 0);
  EXPECT(kernel.events == (UV_READABLE | UV_WRITABLE));
}

/** One message as recvmmsg hands it over; `segmentLength` 0: without a control message. */
struct Incoming {
  unsigned length;
  int segmentLength = 0;
  int flags = 0;
};

void fill(mmsghdr& place, const Incoming& incoming) {
  place.msg_len = incoming.length;
  msghdr& header = place.msg_hdr;
  header.msg_flags = incoming.flags;
  if (incoming.segmentLength == 0) {
    header.msg_controllen = 0;
    return;
  }
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_GRO;
  control->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(control), &incoming.segmentLength, sizeof(int));
  header.msg_controllen = CMSG_SPACE(sizeof(int));
}

std::function<int(mmsghdr*, unsigned)> handingOver(const std::vector<Incoming>& incoming) {
  return [incoming](mmsghdr* messages, unsigned count) {
    EXPECT(incoming.size() <= count);
    for (size_t i = 0; i < incoming.size(); i++) fill(messages[i], incoming[i]);
    return static_cast<int>(incoming.size());
  };
}

void takesApartWhatTheKernelPutTogether() {
  Bench bench;
  kernel.recvmmsg = handingOver({{2'500, 1'000}, {7}, {0}, {30, 100}, {3, 1}, {2'000, 1'000}, {0, 5}, {9, -1}});
  kernel.wakeUp(0, UV_READABLE);
  EXPECT((bench.received == Lengths{1'000, 1'000, 500, 7, 0, 30, 1, 1, 1, 1'000, 1'000, 0, 9}));
  EXPECT(bench.wakeUps == 1);
}

void dropsWhatIsCutOff() {
  Bench bench;
  kernel.recvmmsg = handingOver({{100, 0, MSG_TRUNC}, {65'536, 1'000, MSG_CTRUNC}, {5}});
  kernel.wakeUp(0, UV_READABLE);
  EXPECT((bench.received == Lengths{5}));
  EXPECT(bench.count(Counter::receiveTooLong) == 2);
}

void leavesTheLoopSomeTimeUnderAFlood() {
  Bench bench;
  int calls = 0;
  kernel.recvmmsg = [&](mmsghdr* messages, unsigned count) {
    calls += 1;
    for (unsigned i = 0; i < count; i++) fill(messages[i], {1});
    return static_cast<int>(count);
  };
  kernel.wakeUp(0, UV_READABLE);
  EXPECT(calls == 4);
  EXPECT(bench.wakeUps == 1);
}

void handsOverNothingMoreWhenItIsClosedWithin() {
  Bench bench;
  bench.onDatagram = [&] { bench.close(); };
  kernel.recvmmsg = handingOver({{2'500, 1'000}, {7}});
  kernel.wakeUp(0, UV_READABLE);
  EXPECT((bench.received == Lengths{1'000}));
  EXPECT(bench.wakeUps == 0);
  EXPECT(kernel.closing.size() == 1);
}

void handsOverNothingWhenReceivingFails() {
  for (const int error : {EAGAIN, EINTR, ECONNREFUSED, ENOMEM}) {
    Bench bench;
    int calls = 0;
    kernel.recvmmsg = [&](mmsghdr*, unsigned) {
      calls += 1;
      return refuse(error);
    };
    kernel.wakeUp(0, UV_READABLE);
    EXPECT(calls == 1);
    EXPECT(bench.received.empty());
  }
}

}  // namespace

void testUdpSocket() {
  asksTheKernelToSegmentWhatIsMoreThanOneDatagram();
  sendsAllInTurnsWhenTheKernelTakesFewAtATime();
  keepsInOrderWhatTheKernelHasNoRoomFor();
  keepsEmptyDatagrams();
  isCongestedBehind512PacketsAndForControlBehindTwiceAsMany();
  isCongestedBehind512KiB();
  triesAgainWhatASignalInterrupted();
  for (const int error : {EIO, EINVAL, EMSGSIZE, EOPNOTSUPP}) sendsOneByOneWhatIsNotSegmented(error);
  doesNotAskAgainForWhatTheInterfaceCannot();
  asksAgainWhereOnePathIsTooNarrow();
  keepsTheRestWhenThereIsNoRoomForSingleDatagramsEither();
  for (const int error : {EPERM, EMSGSIZE, EINVAL, ENETUNREACH, ENOBUFS}) countsWhatIsRefusedAndSendsTheRest(error);
  doesNotAskWhenThereIsRoomAgainWhereNobodySaysSo();
  dropsWhatIsRefusedAfterItWaited();
  listensOnAfterAnErrorOfTheSocket();
  takesApartWhatTheKernelPutTogether();
  dropsWhatIsCutOff();
  leavesTheLoopSomeTimeUnderAFlood();
  handsOverNothingMoreWhenItIsClosedWithin();
  handsOverNothingWhenReceivingFails();
}

}  // namespace rivero

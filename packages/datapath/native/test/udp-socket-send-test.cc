// What a socket does when the kernel has no room, refuses to segment, or refuses to send.
#include <netinet/udp.h>

#include <algorithm>
#include <cstring>

#include "tests.h"
#include "udp-socket-bench.h"

namespace rivero {

namespace {

uint8_t bytes[65'536];

OutgoingMessage message(uint32_t length, uint16_t segmentLength) {
  const uint8_t loopback[] = {127, 0, 0, 1};
  const auto segments = static_cast<uint16_t>((length + segmentLength - 1) / segmentLength);
  return {SocketAddress::of(loopback, 4, 9), bytes, length, segmentLength, segments};
}

OutgoingMessage message(uint16_t length) {
  return message(length, length);
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
  const OutgoingMessage large = message(65'000, 1'300);
  for (int i = 0; i < 8; i++) bench.socket->send({&large, 1});
  EXPECT(!bench.socket->isCongested(Traffic::media));
  bench.socket->send({&large, 1});
  EXPECT(bench.socket->isCongested(Traffic::media));
  EXPECT(!bench.socket->isCongested(Traffic::control));
}

void triesAgainWhatASignalInterrupted() {
  UdpSocketBench bench;
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
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
  UdpSocketBench bench;
  kernel.sendmmsg = [](mmsghdr*, unsigned) { return refuse(ENOBUFS); };
  const OutgoingMessage messages[] = {message(1), message(250, 100)};
  bench.socket->send(messages);
  EXPECT(kernel.events == UV_READABLE);
  EXPECT(bench.count(Counter::sendFailed) == 4);
}

void dropsWhatIsRefusedAfterItWaited() {
  UdpSocketBench bench;
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
  UdpSocketBench bench;
  kernel.events = 0;
  kernel.wakeUp(UV_EBADF, 0);
  EXPECT(kernel.events == UV_READABLE);
  const OutgoingMessage one = message(1);
  bench.socket->send({&one, 1});
  kernel.events = 0;
  kernel.wakeUp(UV_EBADF, 0);
  EXPECT(kernel.events == (UV_READABLE | UV_WRITABLE));
}

}  // namespace

void testSendingUdpSocket() {
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
}

}  // namespace rivero

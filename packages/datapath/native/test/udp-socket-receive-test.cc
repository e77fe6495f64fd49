// What a socket hands over of what the kernel put together or cut off, and how much at once.
#include <netinet/udp.h>

#include <cstring>

#include "tests.h"
#include "udp-socket-bench.h"

namespace rivero {

namespace {

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
  UdpSocketBench bench;
  kernel.recvmmsg = handingOver({{2'500, 1'000}, {7}, {0}, {30, 100}, {3, 1}, {2'000, 1'000}, {0, 5}, {9, -1}});
  kernel.wakeUp(0, UV_READABLE);
  EXPECT((bench.received == Lengths{1'000, 1'000, 500, 7, 0, 30, 1, 1, 1, 1'000, 1'000, 0, 9}));
  EXPECT(bench.wakeUps == 1);
}

void dropsWhatIsCutOff() {
  UdpSocketBench bench;
  kernel.recvmmsg = handingOver({{100, 0, MSG_TRUNC}, {65'536, 1'000, MSG_CTRUNC}, {5}});
  kernel.wakeUp(0, UV_READABLE);
  EXPECT((bench.received == Lengths{5}));
  EXPECT(bench.count(Counter::receiveTooLong) == 2);
}

void leavesTheLoopSomeTimeUnderAFlood() {
  UdpSocketBench bench;
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
  UdpSocketBench bench;
  bench.onDatagram = [&] { bench.close(); };
  kernel.recvmmsg = handingOver({{2'500, 1'000}, {7}});
  kernel.wakeUp(0, UV_READABLE);
  EXPECT((bench.received == Lengths{1'000}));
  EXPECT(bench.wakeUps == 0);
  EXPECT(kernel.closing.size() == 1);
}

void handsOverNothingWhenReceivingFails() {
  for (const int error : {EAGAIN, EINTR, ECONNREFUSED, ENOMEM}) {
    UdpSocketBench bench;
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

void testReceivingUdpSocket() {
  takesApartWhatTheKernelPutTogether();
  dropsWhatIsCutOff();
  leavesTheLoopSomeTimeUnderAFlood();
  handsOverNothingMoreWhenItIsClosedWithin();
  handsOverNothingWhenReceivingFails();
}

}  // namespace rivero

#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <vector>

#include "expect.h"
#include "fake-kernel.h"
#include "udp-socket.h"

namespace rivero {

using Lengths = std::vector<size_t>;

/** A socket between a fake kernel and a receiver that writes down. */
class UdpSocketBench final : public DatagramReceiver {
 public:
  UdpSocketBench() : counters_(values_.data()), buffers_(std::make_unique<ReceiveBuffers>()) {
    kernel = {};
    socket = std::make_unique<UdpSocket>(0, *buffers_, *this, counters_);
    const uint8_t loopback[] = {127, 0, 0, 1};
    EXPECT(socket->open(nullptr, SocketAddress::of(loopback, 4, 0)) == 0);
    EXPECT(kernel.events == UV_READABLE);
  }
  ~UdpSocketBench() override {
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

inline int refuse(int error) {
  errno = error;
  return -1;
}

}  // namespace rivero

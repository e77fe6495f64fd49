#include "socket-table.h"

#include <cerrno>

namespace rivero {

SocketTable::SocketTable(uv_loop_t* loop, DatagramReceiver& receiver, Counters& counters)
    : loop_(loop), receiver_(receiver), counters_(counters) {}

int32_t SocketTable::open(const SocketAddress& local) {
  // Nobody would close it.
  if (isClosed_) return -ECANCELED;
  const auto number = freeNumbers_.empty() ? static_cast<int32_t>(sockets_.size()) : freeNumbers_.back();
  auto socket = std::make_unique<UdpSocket>(number, buffers_, receiver_, counters_);
  const int error = socket->open(loop_, local);
  if (error != 0) return -error;
  if (freeNumbers_.empty()) {
    sockets_.push_back(std::move(socket));
  } else {
    freeNumbers_.pop_back();
    sockets_[static_cast<size_t>(number)] = std::move(socket);
  }
  return number;
}

UdpSocket* SocketTable::get(int32_t number) const {
  const auto place = static_cast<size_t>(number);
  return place < sockets_.size() ? sockets_[place].get() : nullptr;
}

uint16_t SocketTable::localPort(int32_t number) const {
  const UdpSocket* socket = get(number);
  return socket == nullptr ? uint16_t{0} : socket->localPort();
}

bool SocketTable::close(int32_t number, std::function<void()> onClosed) {
  if (get(number) == nullptr) return false;
  closing_ += 1;
  // Destroyed by its own callback, when the loop has done with it.
  UdpSocket* closed = sockets_[static_cast<size_t>(number)].release();
  closed->close([this, closed, number, onClosed = std::move(onClosed)] {
    delete closed;
    freeNumbers_.push_back(number);
    closing_ -= 1;
    const bool isLast = isClosed_ && closing_ == 0;
    // Behind either of them this may be gone, too.
    const auto last = isLast ? std::move(onClosed_) : nullptr;
    onClosed();
    if (last) last();
  });
  return true;
}

void SocketTable::closeAll(std::function<void()> onClosed) {
  isClosed_ = true;
  for (size_t number = 0; number < sockets_.size(); number++) close(static_cast<int32_t>(number), [] {});
  if (closing_ == 0) return onClosed();
  onClosed_ = std::move(onClosed);
}

}  // namespace rivero

#include "socket-group.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace rivero {

namespace {

/** Messages between two looks at what waits in a socket. */
constexpr size_t messagesMax = 64;

constexpr uint32_t noRow = std::numeric_limits<uint32_t>::max();

bool isSame(const SocketAddress& a, const SocketAddress& b) {
  return a.port() == b.port() && a.isIpv6() == b.isIpv6() && std::memcmp(a.ip(), b.ip(), a.ipLength()) == 0;
}

}  // namespace

SocketGroup::SocketGroup(uv_loop_t* loop, GroupMemory memory, WakeUpHandler& handler)
    : memory_(memory),
      handler_(handler),
      counters_(memory.counters),
      sockets_(loop, *this, counters_),
      next_(memory.outgoing.rowsMax) {
  uv_check_init(loop, &check_);
  check_.data = this;
  uv_check_start(&check_, [](uv_check_t* check) { static_cast<SocketGroup*>(check->data)->deliver(); });
  // Sockets keep the program alive, and this does not.
  uv_unref(reinterpret_cast<uv_handle_t*>(&check_));
}

int32_t SocketGroup::openSocket(const SocketAddress& local) {
  const int32_t number = sockets_.open(local);
  if (number >= static_cast<int32_t>(lasts_.size())) lasts_.push_back(noRow);
  return number;
}

void SocketGroup::closeSocket(int32_t socket) {
  if (sockets_.get(socket) == nullptr) return;
  flush();
  sockets_.close(socket, [] {});
}

void SocketGroup::close(std::function<void()> onClosed) {
  onClosed_ = std::move(onClosed);
  flush();
  sockets_.closeAll([this] {
    uv_close(reinterpret_cast<uv_handle_t*>(&check_), [](uv_handle_t* handle) {
      // It may be destroyed by this call.
      const auto closed = std::move(static_cast<SocketGroup*>(handle->data)->onClosed_);
      closed();
    });
  });
}

bool SocketGroup::hasRoom(size_t length) const {
  const DatagramRows& received = memory_.received;
  return *received.count < received.rowsMax && received.bytesMax - receivedBytes_ >= length;
}

void SocketGroup::handleDatagram(int32_t socket, const SocketAddress& remote, const uint8_t* bytes, int length) {
  const auto size = static_cast<size_t>(length);
  if (!hasRoom(size)) deliver();
  const DatagramRows& received = memory_.received;
  DatagramRow& row = received.rows[(*received.count)++];
  row.socket = static_cast<uint32_t>(socket);
  row.offset = static_cast<uint32_t>(receivedBytes_);
  row.length = static_cast<uint32_t>(length);
  row.port = remote.port();
  std::memcpy(row.ip, remote.ip(), remote.ipLength());
  std::memcpy(received.bytes + receivedBytes_, bytes, size);
  receivedBytes_ += size;
}

void SocketGroup::deliver() {
  if (*memory_.received.count == 0) return;
  handler_.handleWakeUp();
  *memory_.received.count = 0;
  receivedBytes_ = 0;
  flush();
}

void SocketGroup::flush() {
  const DatagramRows& outgoing = memory_.outgoing;
  const auto count = static_cast<uint32_t>(std::min<size_t>(*outgoing.count, outgoing.rowsMax));
  *outgoing.count = 0;
  firsts_.clear();
  for (uint32_t row = 0; row < count; row++) {
    const uint32_t socket = outgoing.rows[row].socket;
    // Closed since: what it was given to send has left.
    if (sockets_.get(static_cast<int32_t>(socket)) == nullptr) continue;
    next_[row] = noRow;
    uint32_t& last = lasts_[socket];
    if (last == noRow) firsts_.push_back(row);
    else next_[last] = row;
    last = row;
  }
  for (const uint32_t first : firsts_) sendRows(first);
}

void SocketGroup::sendRows(uint32_t first) {
  const DatagramRow* rows = memory_.outgoing.rows;
  const uint32_t number = rows[first].socket;
  lasts_[number] = noRow;
  UdpSocket& socket = *sockets_.get(static_cast<int32_t>(number));
  for (uint32_t row = first; row != noRow; row = next_[row]) {
    addMessage(rows[row], socket.isIpv6());
    // The one behind the last may still grow.
    if (messages_.size() > messagesMax) sendMessages(socket);
  }
  sendMessages(socket);
}

void SocketGroup::addMessage(const DatagramRow& row, bool isIpv6) {
  const uint8_t* bytes = memory_.outgoing.bytes + row.offset;
  const auto remote = SocketAddress::of(row.ip, isIpv6 ? 16 : 4, static_cast<uint16_t>(row.port));
  const bool isToTheLast = !messages_.empty() && isSame(messages_.back().remote, remote);
  if (isToTheLast && messages_.back().append(bytes, row.length)) return;
  messages_.push_back({remote, bytes, row.length, static_cast<uint16_t>(row.length), 1});
}

void SocketGroup::sendMessages(UdpSocket& socket) {
  if (socket.isCongested(Traffic::control)) {
    for (const OutgoingMessage& message : messages_) counters_.count(Counter::sendCongested, message.segments);
  } else {
    socket.send(messages_);
  }
  messages_.clear();
}

}  // namespace rivero

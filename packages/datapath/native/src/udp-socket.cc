#include "udp-socket.h"

#include <netinet/udp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace rivero {

namespace {

/** Buffers that a burst of keyframes does not fill; the kernel may give less (net.core.rmem_max). */
constexpr int receiveBufferBytes = 4 * 1024 * 1024;
constexpr int sendBufferBytes = 2 * 1024 * 1024;

/** What may wait in one socket before media is dropped instead. */
constexpr size_t queuePacketsMax = 512;
constexpr size_t queueBytesMax = 512 * 1024;

/** STUN, DTLS and RTCP may wait behind as much again: without answers to its checks a slow peer would be lost. */
constexpr size_t controlFactor = 2;

/** So many calls of recvmmsg a wake-up, so that timers run under a flood; the loop comes back at once. */
constexpr int receiveCallsMax = 4;

/** Messages of one call of sendmmsg. */
constexpr size_t sendMessagesMax = 64;

/** Datagrams that the kernel segments at once, and bytes (UDP_MAX_SEGMENTS of Linux, and the largest UDP payload). */
constexpr uint16_t segmentsMax = 64;
constexpr uint32_t segmentedBytesMax = 65'000;

/** No room in the socket; the loop says when there is. Of ENOBUFS nobody says when it is over: asking would never end. */
bool isFull(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

/**
 * It is not segmented, and one by one the datagrams may pass: the path's MTU is less than one (EINVAL, EMSGSIZE), or the
 * interface does not compute checksums or encrypts (EIO; udp_send_skb of Linux).
 */
bool isSegmentingRefused(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE || error == EOPNOTSUPP;
}

/** It will be refused to all, and not to one path: asking each time would cost a call each time. */
bool isSegmentingRefusedToAll(int error) {
  return error == EIO || error == EOPNOTSUPP;
}

/** Kernels that do not know the option might send everything as one datagram. */
bool knowsSegmenting(int descriptor) {
  int length = 0;
  socklen_t size = sizeof length;
  return getsockopt(descriptor, SOL_UDP, UDP_SEGMENT, &length, &size) == 0;
}

/** Room for one control message with a segment's length. */
struct alignas(cmsghdr) SegmentControl {
  uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
};

void setSegmentLength(msghdr& header, SegmentControl& control, uint16_t length) {
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  cmsghdr* message = CMSG_FIRSTHDR(&header);
  message->cmsg_level = SOL_UDP;
  message->cmsg_type = UDP_SEGMENT;
  message->cmsg_len = CMSG_LEN(sizeof length);
  std::memcpy(CMSG_DATA(message), &length, sizeof length);
}

/** Length of the datagrams that were put together; 0: it is one. */
size_t segmentLengthOf(msghdr& header) {
  for (cmsghdr* message = CMSG_FIRSTHDR(&header); message != nullptr; message = CMSG_NXTHDR(&header, message)) {
    if (message->cmsg_level != SOL_UDP || message->cmsg_type != UDP_GRO) continue;
    int length = 0;
    std::memcpy(&length, CMSG_DATA(message), sizeof length);
    return static_cast<size_t>(std::max(length, 0));
  }
  return 0;
}

/** What the kernel would make of it, an empty one, too. */
template <typename Take>
void eachDatagram(const OutgoingMessage& message, Take take) {
  uint32_t offset = 0;
  do {
    const auto length = static_cast<uint16_t>(std::min<uint32_t>(message.segmentLength, message.length - offset));
    take(message.bytes + offset, length);
    offset += length;
  } while (offset < message.length);
}

}  // namespace

bool OutgoingMessage::append(const uint8_t* datagram, uint32_t datagramLength) {
  // All are of one length, but for the last.
  const bool isEven = length == uint32_t{segmentLength} * segments;
  const bool isFull = segments == segmentsMax || length + datagramLength > segmentedBytesMax;
  const bool isBehind = bytes + length == datagram;
  if (!isEven || isFull || !isBehind || datagramLength == 0 || datagramLength > segmentLength) return false;
  length += datagramLength;
  segments += 1;
  return true;
}

UdpSocket::UdpSocket(int32_t number, ReceiveBuffers& buffers, DatagramReceiver& receiver, Counters& counters)
    : number_(number), buffers_(buffers), receiver_(receiver), counters_(counters) {}

int UdpSocket::open(uv_loop_t* loop, const SocketAddress& local) {
  descriptor_ = socket(local.isIpv6() ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ == -1) return errno;
  const int on = 1;
  if (local.isIpv6()) setsockopt(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  // What the kernel does not give is not needed.
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receiveBufferBytes, sizeof receiveBufferBytes);
  setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &sendBufferBytes, sizeof sendBufferBytes);
  setsockopt(descriptor_, SOL_UDP, UDP_GRO, &on, sizeof on);
  canSegment_ = knowsSegmenting(descriptor_);
  socklen_t localLength = sizeof local_.storage;
  if (bind(descriptor_, local.pointer(), local.length()) != 0 ||
      getsockname(descriptor_, local_.pointer(), &localLength) != 0) {
    const int error = errno;
    ::close(descriptor_);
    descriptor_ = -1;
    return error;
  }
  const int refused = uv_poll_init(loop, &poll_, descriptor_);
  if (refused != 0) {
    ::close(descriptor_);
    descriptor_ = -1;
    return -refused;
  }
  poll_.data = this;
  listenFor(UV_READABLE);
  return 0;
}

void UdpSocket::listenFor(int events) {
  uv_poll_start(&poll_, events, handlePoll);
}

void UdpSocket::handlePoll(uv_poll_t* poll, int status, int events) {
  auto* self = static_cast<UdpSocket*>(poll->data);
  if (status != 0) return self->takeError();
  if ((events & UV_WRITABLE) != 0) self->drain();
  if ((events & UV_READABLE) != 0) self->receive();
}

void UdpSocket::takeError() {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &length);
  listenFor(waiting_.empty() ? UV_READABLE : UV_READABLE | UV_WRITABLE);
}

void UdpSocket::receive() {
  for (int call = 0; call < receiveCallsMax && !isClosed_; call++) {
    const int count = recvmmsg(descriptor_, buffers_.prepare(), receiveMessagesMax, MSG_DONTWAIT, nullptr);
    if (count <= 0) break;
    for (size_t place = 0; place < static_cast<size_t>(count) && !isClosed_; place++) receiveMessage(place);
    if (static_cast<size_t>(count) < receiveMessagesMax) break;
  }
  if (!isClosed_) receiver_.handleWakeUpEnd();
}

void UdpSocket::receiveMessage(size_t place) {
  const size_t length = buffers_.length(place);
  msghdr& header = buffers_.header(place);
  // Cut off, or nobody knows where its datagrams end.
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return counters_.count(Counter::receiveTooLong);
  const size_t segmentLength = segmentLengthOf(header);
  const size_t step = segmentLength == 0 ? std::max<size_t>(length, 1) : segmentLength;
  size_t offset = 0;
  do {
    const size_t end = std::min(offset + step, length);
    const auto segment = static_cast<int>(end - offset);
    receiver_.handleDatagram(number_, buffers_.remote(place), buffers_.bytes(place) + offset, segment);
    offset = end;
  } while (offset < length && !isClosed_);
}

bool UdpSocket::isCongested(Traffic traffic) const {
  const size_t factor = traffic == Traffic::control ? controlFactor : 1;
  return waiting_.size() >= queuePacketsMax * factor || waitingBytes_ >= queueBytesMax * factor;
}

void UdpSocket::send(std::span<const OutgoingMessage> messages) {
  if (!canSegment_) messages = takeApart(messages);
  std::array<mmsghdr, sendMessagesMax> headers;
  std::array<iovec, sendMessagesMax> vectors;
  std::array<SegmentControl, sendMessagesMax> controls;
  while (!messages.empty()) {
    if (!waiting_.empty()) {
      for (const OutgoingMessage& message : messages) wait(message);
      return;
    }
    const size_t count = std::min(messages.size(), sendMessagesMax);
    for (size_t i = 0; i < count; i++) {
      const OutgoingMessage& message = messages[i];
      vectors[i] = {const_cast<uint8_t*>(message.bytes), message.length};
      headers[i] = {};
      msghdr& header = headers[i].msg_hdr;
      header.msg_name = const_cast<sockaddr*>(message.remote.pointer());
      header.msg_namelen = message.remote.length();
      header.msg_iov = &vectors[i];
      header.msg_iovlen = 1;
      if (message.segments > 1) setSegmentLength(header, controls[i], message.segmentLength);
    }
    const int sent = sendmmsg(descriptor_, headers.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
    if (sent > 0) {
      messages = messages.subspan(static_cast<size_t>(sent));
      continue;
    }
    if (sent == -1 && errno == EINTR) continue;
    const OutgoingMessage& first = messages.front();
    if (sent == -1 && isFull(errno)) {
      wait(first);
    } else if (first.segments > 1 && isSegmentingRefused(errno)) {
      canSegment_ = !isSegmentingRefusedToAll(errno);
      if (!canSegment_) return send(messages);
      send(takeApart({&first, 1}));
    } else {
      counters_.count(Counter::sendFailed, first.segments);
    }
    messages = messages.subspan(1);
  }
}

std::span<const OutgoingMessage> UdpSocket::takeApart(std::span<const OutgoingMessage> messages) {
  singles_.clear();
  for (const OutgoingMessage& message : messages) {
    if (message.segments > 1) counters_.count(Counter::unsegmented, message.segments);
    eachDatagram(message, [&](const uint8_t* bytes, uint16_t length) {
      singles_.push_back({message.remote, bytes, length, length, 1});
    });
  }
  return singles_;
}

bool UdpSocket::sendOne(const SocketAddress& remote, const uint8_t* bytes, size_t length) {
  for (;;) {
    if (sendto(descriptor_, bytes, length, MSG_DONTWAIT, remote.pointer(), remote.length()) >= 0) return true;
    if (errno == EINTR) continue;
    if (isFull(errno)) return false;
    counters_.count(Counter::sendFailed);
    return true;
  }
}

void UdpSocket::wait(const OutgoingMessage& message) {
  if (waiting_.empty()) listenFor(UV_READABLE | UV_WRITABLE);
  eachDatagram(message, [&](const uint8_t* bytes, uint16_t length) {
    waiting_.push_back({message.remote, {bytes, bytes + length}});
    waitingBytes_ += length;
  });
}

void UdpSocket::drain() {
  while (!waiting_.empty()) {
    const Waiting& first = waiting_.front();
    if (!sendOne(first.remote, first.bytes.data(), first.bytes.size())) return;
    waitingBytes_ -= first.bytes.size();
    waiting_.pop_front();
  }
  listenFor(UV_READABLE);
}

void UdpSocket::close(std::function<void()> onClosed) {
  isClosed_ = true;
  onClosed_ = std::move(onClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
    // It may be destroyed by this call.
    const auto closed = std::move(static_cast<UdpSocket*>(handle->data)->onClosed_);
    closed();
  });
  // Behind that: the loop takes the descriptor out by its number, which may be another thread's at once.
  ::close(descriptor_);
}

}  // namespace rivero

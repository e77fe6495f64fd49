#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <memory>

#include "socket-address.h"

namespace rivero {

/** Messages that one call of recvmmsg brings at most. */
inline constexpr size_t receiveMessagesMax = 32;

/** The largest UDP payload, and so the largest that the kernel puts together. */
inline constexpr size_t receiveMessageBytes = 65'536;

/** Where sockets of one worker receive, one at a time. */
class ReceiveBuffers {
 public:
  ReceiveBuffers() : bytes_(new uint8_t[receiveMessagesMax * receiveMessageBytes]) {}

  /** Ready for recvmmsg, which changes lengths. */
  mmsghdr* prepare() {
    for (size_t i = 0; i < receiveMessagesMax; i++) {
      vectors_[i] = {bytes(i), receiveMessageBytes};
      msghdr& header = messages_[i].msg_hdr;
      header = {};
      header.msg_name = &remotes_[i].storage;
      header.msg_namelen = sizeof remotes_[i].storage;
      header.msg_iov = &vectors_[i];
      header.msg_iovlen = 1;
      header.msg_control = controls_[i].data();
      header.msg_controllen = controls_[i].size();
    }
    return messages_.data();
  }

  uint8_t* bytes(size_t place) { return bytes_.get() + place * receiveMessageBytes; }
  /** Of what was received there. */
  size_t length(size_t place) const { return messages_[place].msg_len; }
  const SocketAddress& remote(size_t place) const { return remotes_[place]; }
  msghdr& header(size_t place) { return messages_[place].msg_hdr; }

 private:
  using Control = std::array<uint8_t, 64>;

  std::unique_ptr<uint8_t[]> bytes_;
  std::array<mmsghdr, receiveMessagesMax> messages_{};
  std::array<iovec, receiveMessagesMax> vectors_{};
  std::array<SocketAddress, receiveMessagesMax> remotes_{};
  alignas(cmsghdr) std::array<Control, receiveMessagesMax> controls_{};
};

}  // namespace rivero

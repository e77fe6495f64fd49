#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

namespace rivero {

/** An IP address and a port. */
struct SocketAddress {
  sockaddr_in6 storage{};

  /** `length` is 4 or 16. */
  static SocketAddress of(const uint8_t* ip, size_t length, uint16_t port) {
    SocketAddress address;
    if (length == 4) {
      auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
      std::memcpy(&v4->sin_addr, ip, 4);
    } else {
      address.storage.sin6_family = AF_INET6;
      address.storage.sin6_port = htons(port);
      std::memcpy(&address.storage.sin6_addr, ip, 16);
    }
    return address;
  }

  bool isIpv6() const { return storage.sin6_family == AF_INET6; }
  socklen_t length() const { return isIpv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }
  sockaddr* pointer() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&storage); }
  uint16_t port() const { return ntohs(storage.sin6_port); }

  /** 4 or 16 bytes. */
  const uint8_t* ip() const {
    if (isIpv6()) return storage.sin6_addr.s6_addr;
    return reinterpret_cast<const uint8_t*>(&reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr);
  }
  size_t ipLength() const { return isIpv6() ? 16 : 4; }
};

}  // namespace rivero

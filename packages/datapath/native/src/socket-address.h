#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

namespace rivero {

/** An IP address and a port. */
struct SocketAddress {
  /** Both begin with family and port. */
  union Storage {
    sockaddr_in6 v6;
    sockaddr_in v4;
    sockaddr any;
  };

  Storage storage{};

  /** `length` is 4 or 16. */
  static SocketAddress of(const uint8_t* ip, size_t length, uint16_t port) {
    SocketAddress address;
    if (length == 4) {
      address.storage.v4.sin_family = AF_INET;
      address.storage.v4.sin_port = htons(port);
      std::memcpy(&address.storage.v4.sin_addr, ip, 4);
    } else {
      address.storage.v6.sin6_family = AF_INET6;
      address.storage.v6.sin6_port = htons(port);
      std::memcpy(&address.storage.v6.sin6_addr, ip, 16);
    }
    return address;
  }

  bool isIpv6() const { return storage.any.sa_family == AF_INET6; }
  socklen_t length() const { return isIpv6() ? sizeof storage.v6 : sizeof storage.v4; }
  sockaddr* pointer() { return &storage.any; }
  const sockaddr* pointer() const { return &storage.any; }
  uint16_t port() const { return ntohs(isIpv6() ? storage.v6.sin6_port : storage.v4.sin_port); }

  /** 4 or 16 bytes. */
  const uint8_t* ip() const {
    if (isIpv6()) return storage.v6.sin6_addr.s6_addr;
    return reinterpret_cast<const uint8_t*>(&storage.v4.sin_addr);
  }
  size_t ipLength() const { return isIpv6() ? 16 : 4; }
};

}  // namespace rivero

#pragma once

#include <cstdint>
#include <unordered_map>

#include "handle-map.h"
#include "seeded-hash.h"
#include "session.h"
#include "socket-address.h"

namespace rivero {

/** In the place of a socket: JavaScript has the socket or connection. */
inline constexpr int32_t noSocket = -1;

/** One flow to a peer. */
struct Path {
  int32_t socket = noSocket;
  SocketAddress remote;
  /** Whose SRTP comes by it; `noSession` for none. */
  uint32_t session;
};

/** In the place of a session: none. */
inline constexpr uint32_t noSession = 0xffffffff;

/** Finds paths by where a packet came from. Which there are is JavaScript's to say. */
class PathTable {
 public:
  void open(uint32_t handle, int32_t socket, const SocketAddress& remote) {
    paths_.open(handle, Path{socket, remote, noSession});
    if (socket != noSocket) byAddress_[keyOf(socket, remote)] = handle;
  }

  Path* get(uint32_t handle) { return paths_.get(handle); }

  /** It is asked for soon. */
  void prefetchPath(uint32_t handle) const { paths_.prefetchPlace(handle); }

  /** `noPath` when nobody is known there. */
  uint32_t find(int32_t socket, const SocketAddress& remote) const {
    const auto found = byAddress_.find(keyOf(socket, remote));
    return found == byAddress_.end() ? noPath : found->second;
  }

  void close(uint32_t handle) {
    const Path* path = paths_.get(handle);
    if (path == nullptr) return;
    if (path->socket != noSocket) {
      const auto found = byAddress_.find(keyOf(path->socket, path->remote));
      if (found != byAddress_.end() && found->second == handle) byAddress_.erase(found);
    }
    paths_.close(handle);
  }

 private:
  /** Socket, port and address, with zeros behind an IPv4 address. */
  struct Key {
    uint64_t socketAndPort;
    uint64_t high;
    uint64_t low;
    bool operator==(const Key&) const = default;
  };

  struct KeyHash {
    size_t operator()(const Key& key) const noexcept {
      return static_cast<size_t>(seededHash(seededHash(key.high, key.low), key.socketAndPort));
    }
  };

  static Key keyOf(int32_t socket, const SocketAddress& remote) {
    uint64_t ip[2] = {0, 0};
    std::memcpy(ip, remote.ip(), remote.ipLength());
    return {static_cast<uint64_t>(static_cast<uint32_t>(socket)) << 16 | remote.port(), ip[0], ip[1]};
  }

  HandleMap<Path> paths_;
  std::unordered_map<Key, uint32_t, KeyHash> byAddress_;
};

}  // namespace rivero

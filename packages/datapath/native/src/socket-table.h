#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "counters.h"
#include "receive-buffers.h"
#include "socket-address.h"
#include "udp-socket.h"

namespace rivero {

/** The sockets of one owner, by number. */
class SocketTable {
 public:
  SocketTable(uv_loop_t* loop, DatagramReceiver& receiver, Counters& counters);
  SocketTable(const SocketTable&) = delete;
  SocketTable& operator=(const SocketTable&) = delete;

  /** Answers the number of the socket, or minus what errno says. */
  int32_t open(const SocketAddress& local);
  /** Null when it is closed. */
  UdpSocket* get(int32_t number) const;
  /** 0: it is closed. */
  uint16_t localPort(int32_t number) const;
  /**
   * Its number is another's when the loop has done with it, and not before; `onClosed` is called then. False when it is closed
   * already.
   */
  bool close(int32_t number, std::function<void()> onClosed);
  /** Closes all for ever; `onClosed` is called when the loop has done with them. */
  void closeAll(std::function<void()> onClosed);

 private:
  uv_loop_t* loop_;
  DatagramReceiver& receiver_;
  Counters& counters_;
  ReceiveBuffers buffers_;
  std::vector<std::unique_ptr<UdpSocket>> sockets_;
  std::vector<int32_t> freeNumbers_;
  /** Closed, and not off the loop yet. */
  size_t closing_ = 0;
  bool isClosed_ = false;
  std::function<void()> onClosed_;
};

}  // namespace rivero

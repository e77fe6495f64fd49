#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "counters.h"
#include "socket-address.h"
#include "socket-table.h"
#include "udp-socket.h"

namespace rivero {

/** A datagram that was received or is to be sent, as JavaScript reads and writes it: 32 bits each, and the address. */
struct DatagramRow {
  uint32_t socket;
  uint32_t offset;
  uint32_t length;
  uint32_t port;
  /** As the network has it; the first 4 of an IPv4 socket. */
  uint8_t ip[16];
};
static_assert(sizeof(DatagramRow) == 32);

/** Rows, and the bytes that they speak of. */
struct DatagramRows {
  DatagramRow* rows;
  size_t rowsMax;
  uint8_t* bytes;
  size_t bytesMax;
  uint32_t* count;
};

/** Typed arrays that JavaScript made and keeps (src/native/datagram-rows.ts); both sides read and write them. */
struct GroupMemory {
  DatagramRows received;
  DatagramRows outgoing;
  double* counters;
};

/** Who is told what the sockets of a group received. */
class WakeUpHandler {
 public:
  virtual ~WakeUpHandler() = default;
  /** Rows of `received` are there, and are gone behind it; rows of `outgoing` that it leaves are sent then. */
  virtual void handleWakeUp() = 0;
};

/**
 * UDP sockets whose datagrams JavaScript reads and writes: once in a turn of the loop it is told what came to all of them, and
 * what it sends meanwhile leaves together, socket by socket.
 */
class SocketGroup final : public DatagramReceiver {
 public:
  SocketGroup(uv_loop_t* loop, GroupMemory memory, WakeUpHandler& handler);
  SocketGroup(const SocketGroup&) = delete;
  SocketGroup& operator=(const SocketGroup&) = delete;

  /** Answers the number of the socket, or minus what errno says. */
  int32_t openSocket(const SocketAddress& local);
  /** Behind what it was given to send. */
  void closeSocket(int32_t socket);
  const SocketTable& sockets() const { return sockets_; }
  /** Sends all rows of `outgoing`, those of one socket in their order. */
  void flush();
  /** Closes all sockets for ever; `onClosed` is called when nothing of the group is on the loop any more. */
  void close(std::function<void()> onClosed);

  void handleDatagram(int32_t socket, const SocketAddress& remote, const uint8_t* bytes, int length) override;
  void handleWakeUpEnd() override {}

 private:
  bool hasRoom(size_t length) const;
  void deliver();
  /** Of one socket, from that row on. */
  void sendRows(uint32_t first);
  void addMessage(const DatagramRow& row, bool isIpv6);
  void sendMessages(UdpSocket& socket);

  GroupMemory memory_;
  WakeUpHandler& handler_;
  Counters counters_;
  SocketTable sockets_;
  /** Behind the reading of all sockets that a turn of the loop found ready. */
  uv_check_t check_{};
  size_t receivedBytes_ = 0;
  std::function<void()> onClosed_;

  /** The last row of each socket in a flush; the next one behind each row; the first of each socket. */
  std::vector<uint32_t> lasts_;
  std::vector<uint32_t> next_;
  std::vector<uint32_t> firsts_;
  std::vector<OutgoingMessage> messages_;
};

}  // namespace rivero

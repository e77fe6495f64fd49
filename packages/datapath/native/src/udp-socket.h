#pragma once

#include <uv.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "counters.h"
#include "receive-buffers.h"
#include "socket-address.h"

namespace rivero {

/** `control` is what keeps a session alive and adapts it: STUN, DTLS and RTCP. It waits where media is dropped already. */
enum class Traffic { media, control };

/** One or more datagrams of one size to one address, one behind the other in memory; the last may be shorter. */
struct OutgoingMessage {
  SocketAddress remote;
  const uint8_t* bytes;
  uint32_t length;
  uint16_t segmentLength;
  uint16_t segments;

  /** Takes a datagram to the same address in; false when it cannot be one message with what is there. */
  bool append(const uint8_t* datagram, uint32_t datagramLength);
};

/** Who is told what a socket received. */
class DatagramReceiver {
 public:
  virtual ~DatagramReceiver() = default;
  /** The bytes are the socket's, and change with the next wake-up. */
  virtual void handleDatagram(int32_t socket, const SocketAddress& remote, const uint8_t* bytes, int length) = 0;
  /** A wake-up brought no more. */
  virtual void handleWakeUpEnd() = 0;
};

/**
 * A bound UDP socket on the worker's loop. What a wake-up brought is read with recvmmsg, coalesced by the kernel where it
 * can (UDP_GRO); what leaves is written with sendmmsg, segmented by the kernel where several datagrams go to one address
 * (UDP_SEGMENT). What the kernel has no room for waits in a bounded queue.
 */
class UdpSocket {
 public:
  UdpSocket(int32_t number, ReceiveBuffers& buffers, DatagramReceiver& receiver, Counters& counters);
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  /** Binds and listens; answers 0, or what errno says. */
  int open(uv_loop_t* loop, const SocketAddress& local);
  uint16_t localPort() const { return local_.port(); }
  bool isIpv6() const { return local_.isIpv6(); }

  /** So much waits to be sent that a packet of this traffic had better be dropped. */
  bool isCongested(Traffic traffic) const;
  /** In order; copies what has to wait. */
  void send(std::span<const OutgoingMessage> messages);

  /** Its port is free at once; `onClosed` is called when it may be destroyed. Once. */
  void close(std::function<void()> onClosed);

 private:
  struct Waiting {
    SocketAddress remote;
    std::vector<uint8_t> bytes;
  };

  static void handlePoll(uv_poll_t* poll, int status, int events);
  /** Reads an error of the socket away and listens on: the loop has stopped to. */
  void takeError();
  void receive();
  void receiveMessage(size_t place);
  /** Datagram by datagram; until the next call. */
  std::span<const OutgoingMessage> takeApart(std::span<const OutgoingMessage> messages);
  /** False when the kernel has no room. */
  bool sendOne(const SocketAddress& remote, const uint8_t* bytes, size_t length);
  void wait(const OutgoingMessage& message);
  void drain();
  void listenFor(int events);

  const int32_t number_;
  ReceiveBuffers& buffers_;
  DatagramReceiver& receiver_;
  Counters& counters_;
  uv_poll_t poll_{};
  int descriptor_ = -1;
  SocketAddress local_;
  bool isClosed_ = false;
  /** The kernel knows how to segment, and did not say that the interface cannot. */
  bool canSegment_ = false;
  std::vector<OutgoingMessage> singles_;
  std::deque<Waiting> waiting_;
  size_t waitingBytes_ = 0;
  std::function<void()> onClosed_;
};

}  // namespace rivero

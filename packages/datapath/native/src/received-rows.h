#pragma once

#include <cstddef>
#include <cstdint>

#include "counters.h"
#include "shared-memory.h"
#include "socket-address.h"

namespace rivero {

/** Who is given each batch of received packets. */
class BatchHandler {
 public:
  virtual ~BatchHandler() = default;
  virtual void handleBatch() = 0;
};

/** What was received since the last wake-up was handed over. */
class ReceivedRows {
 public:
  ReceivedRows(const SharedMemory& memory, Counters& counters, BatchHandler& handler);

  /** The slot that the packet was copied to; -1: dropped. */
  int32_t takeSlot(const uint8_t* bytes, int length);
  void releaseSlot(int32_t slot);
  /** The packet of a slot. */
  uint8_t* packet(int32_t slot) const;

  void put(ReceivedKind kind, int32_t slot, int length, uint32_t path, uint32_t session);
  /** Of an address that has no path yet; JavaScript gives it one. */
  void putStranger(int32_t socket, const SocketAddress& remote, int32_t slot, int length);
  /** A row of that stranger waits to be handed over. */
  bool hasStranger(int32_t socket, const SocketAddress& remote) const;

  /** Once each packet: a full batch cannot wait. */
  void deliverWhenFull();
  /** Hands the rows over; their slots are gone after that. */
  void deliver();

 private:
  const SharedMemory& memory_;
  Counters& counters_;
  BatchHandler& handler_;
};

}  // namespace rivero

#include "received-rows.h"

#include <cstring>

#include "packet-slot.h"
#include "path-table.h"

namespace rivero {

namespace {

/** Words of a stranger's ends, and bytes of its IP address. */
constexpr size_t endsLength = 3;
constexpr size_t ipLengthMax = 16;

}  // namespace

ReceivedRows::ReceivedRows(const SharedMemory& memory, Counters& counters, BatchHandler& handler)
    : memory_(memory), counters_(counters), handler_(handler) {}

int32_t ReceivedRows::takeSlot(const uint8_t* bytes, int length) {
  counters_.count(Counter::received);
  counters_.count(Counter::bytesReceived, static_cast<size_t>(length));
  // A batch stays full where JavaScript takes it no more: in a thread that is being ended, or within its own handler.
  const bool hasRoom = *memory_.freeCount > 0 && *memory_.rowCount < memory_.rowsMax;
  if (length > packetSlotSize || !hasRoom) {
    counters_.count(length > packetSlotSize ? Counter::receiveTooLong : Counter::receivePoolEmpty);
    return -1;
  }
  *memory_.freeCount -= 1;
  const auto slot = static_cast<int32_t>(memory_.free[*memory_.freeCount]);
  memory_.references[slot] = 1;
  std::memcpy(packet(slot), bytes, static_cast<size_t>(length));
  return slot;
}

void ReceivedRows::releaseSlot(int32_t slot) {
  memory_.references[slot] = 0;
  memory_.free[*memory_.freeCount] = static_cast<uint32_t>(slot);
  *memory_.freeCount += 1;
}

uint8_t* ReceivedRows::packet(int32_t slot) const {
  return memory_.pool + static_cast<size_t>(slot) * packetSlotSize;
}

void ReceivedRows::put(ReceivedKind kind, int32_t slot, int length, uint32_t path, uint32_t session) {
  const size_t row = *memory_.rowCount;
  *memory_.rowCount += 1;
  memory_.kind[row] = static_cast<uint8_t>(kind);
  memory_.slot[row] = static_cast<uint32_t>(slot);
  memory_.offset[row] = static_cast<uint32_t>(slot) * packetSlotSize;
  memory_.length[row] = static_cast<uint16_t>(length);
  memory_.path[row] = path;
  memory_.session[row] = session;
}

void ReceivedRows::putStranger(int32_t socket, const SocketAddress& remote, int32_t slot, int length) {
  const size_t row = *memory_.rowCount;
  put(ReceivedKind::stranger, slot, length, noPath, noSession);
  *memory_.strangerCount += 1;
  uint32_t* ends = memory_.strangerEnds + row * endsLength;
  ends[0] = static_cast<uint32_t>(socket);
  ends[1] = static_cast<uint32_t>(remote.ipLength());
  ends[2] = remote.port();
  std::memcpy(memory_.strangerIps + row * ipLengthMax, remote.ip(), remote.ipLength());
}

bool ReceivedRows::hasStranger(int32_t socket, const SocketAddress& remote) const {
  if (*memory_.strangerCount == 0) return false;
  for (size_t row = 0; row < *memory_.rowCount; row++) {
    if (memory_.kind[row] != static_cast<uint8_t>(ReceivedKind::stranger)) continue;
    const uint32_t* ends = memory_.strangerEnds + row * endsLength;
    const bool isSocket = ends[0] == static_cast<uint32_t>(socket) && ends[1] == remote.ipLength();
    const uint8_t* ip = memory_.strangerIps + row * ipLengthMax;
    if (isSocket && ends[2] == remote.port() && std::memcmp(ip, remote.ip(), remote.ipLength()) == 0) return true;
  }
  return false;
}

void ReceivedRows::deliverWhenFull() {
  if (*memory_.rowCount == memory_.rowsMax) deliver();
}

void ReceivedRows::deliver() {
  if (*memory_.rowCount > 0) handler_.handleBatch();
}

}  // namespace rivero

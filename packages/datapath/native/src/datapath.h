#pragma once

#include <memory>
#include <vector>

#include "counters.h"
#include "path-table.h"
#include "received-rows.h"
#include "send-batch.h"
#include "session.h"
#include "shared-memory.h"
#include "socket-table.h"
#include "stream.h"

namespace rivero {

/**
 * The part of one media worker's datapath that handles every packet (src/native/native-datapath.ts has the rest): it opens
 * what arrives, seals what leaves, and has the sockets. Which paths, sessions and streams there are is JavaScript's to say.
 */
class Datapath final : public DatagramReceiver {
 public:
  Datapath(uv_loop_t* loop, SharedMemory memory, BatchHandler& handler);

  SocketTable& sockets() { return sockets_; }
  PathTable& paths() { return paths_; }
  HandleMap<Session>& sessions() { return sessions_; }
  HandleMap<Stream>& streams() { return streams_; }

  void openSession(uint32_t handle, SrtpProfile profile, const SrtpSessionKeys& local, const SrtpSessionKeys& remote,
                   int64_t remoteLifetime);
  void setRemoteKey(uint32_t handle, SrtpProfile profile, const SrtpSessionKeys& keys, int64_t lifetime);

  /** A packet that JavaScript received by this path; it is copied. `handle`: of the session it belongs to, or none. */
  bool receive(uint32_t path, uint32_t session, const uint8_t* bytes, int length);
  void handleDatagram(int32_t socket, const SocketAddress& remote, const uint8_t* bytes, int length) override;
  void handleWakeUpEnd() override;

  /** Executes the rows whose packets leave by our sockets; numbers of the others stand in `foreignRows` after it. */
  void send(const SendBatch& batch, uint32_t count);
  /** Seals one row into `output` and answers its length; 0: it was dropped and counted. */
  int sealRow(const SendBatch& batch, uint32_t row);
  /** Seals a compound into `output`; 0: it was dropped and counted. */
  int sealRtcp(uint32_t session, const uint8_t* compound, int length);
  void sendRtcp(uint32_t session, const uint8_t* compound, int length);
  void sendDatagram(uint32_t path, const uint8_t* bytes, int length);
  void sendFrom(int32_t socket, const SocketAddress& remote, const uint8_t* bytes, int length);
  bool isCongested(int32_t socket, Traffic traffic) const;

  /** A session whose key is nearly used up, each once; `noSession`: none. */
  uint32_t pollKeyLimit();

 private:
  bool addRow(uint32_t path, uint32_t session, int32_t slot, int length);
  bool addStranger(int32_t socket, const SocketAddress& remote, int32_t slot, int length);
  /** Orders rows receiver by receiver, as the first of each comes: the kernel segments what goes to one address. */
  void orderRows(const SendBatch& batch, uint32_t count);
  /** Asks for what the row's packet needs, before it is sealed: first for where things are, some rows later for them. */
  void prefetchPlaces(const SendBatch& batch, uint32_t row);
  void prefetchKeys(const SendBatch& batch, uint32_t row);
  /** Builds and seals a row at `out`; 0: it was dropped and counted. */
  int seal(const SendBatch& batch, uint32_t row, Stream& stream, Session& session, uint8_t* out);
  void addMessage(const Path& path, uint32_t handle, uint8_t* bytes, int packetLength);
  void flush();
  void countSent(Session& session, int length);
  void tellKeyLimit(uint32_t handle, Session& session);

  SharedMemory memory_;
  Counters counters_;
  ReceivedRows rows_;
  SocketTable sockets_;
  PathTable paths_;
  HandleMap<Session> sessions_;
  HandleMap<Stream> streams_;
  std::vector<uint32_t> keyLimits_;

  /** Packets of one batch, sealed, one behind the other. */
  std::vector<uint8_t> arena_;
  size_t arenaUsed_ = 0;
  std::vector<OutgoingMessage> messages_;
  int32_t messagesSocket_ = noSocket;
  uint32_t lastPath_ = noPath;
  /** Rows receiver by receiver; the first row of each receiver, and the next one behind each row. */
  std::vector<uint32_t> order_;
  std::vector<uint32_t> firsts_;
  std::vector<uint32_t> next_;
  uint64_t batchNumber_ = 0;
};

}  // namespace rivero

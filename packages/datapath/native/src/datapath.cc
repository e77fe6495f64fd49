#include "datapath.h"

#include <algorithm>
#include <cstring>

#include "packet-kind.h"
#include "packet-slot.h"
#include "srtp-defect-counter.h"
#include "write-packet.h"

namespace rivero {

namespace {

/** Room that a tag and the header's growth may need. */
constexpr int overheadMax = 64;

/** Sealed packets of one batch at once; more are sent in turns. It stays in the processor's cache. */
constexpr size_t arenaBytes = 256 * 1024;

/** The largest UDP payload over IPv4. */
constexpr int datagramLengthMax = 65'507;

constexpr int rtpFixedHeaderLength = 12;
constexpr int rtcpHeaderLength = 8;

/** So many rows ahead a key is asked for: what sealing them takes is about what memory takes to answer. */
constexpr size_t prefetchDistance = 3;

/** Extended sequence number of a row. */
int64_t indexOf(const SendBatch& batch, uint32_t row) {
  return int64_t{batch.rolloverCounter[row]} * 65'536 + batch.sequence[row];
}

/** Of header and payload, as `writeHeader` and `writePayload` write them. */
int plaintextLength(const SendBatch& batch, uint32_t row, const Stream& stream) {
  const size_t elements = stream.extensionElements.size() + batch.extensionLength[row];
  const size_t extension = elements == 0 ? 0 : 4 + (elements + 3) / 4 * 4;
  const size_t rtx = (batch.flags[row] & sendFlagRtx) != 0 ? 2 : 0;
  return static_cast<int>(rtpFixedHeaderLength + extension + rtx + batch.payloadLength[row]);
}

}  // namespace

Datapath::Datapath(uv_loop_t* loop, SharedMemory memory, BatchHandler& handler)
    : memory_(memory),
      counters_(memory.counters),
      rows_(memory_, counters_, handler),
      sockets_(loop, *this, counters_),
      arena_(arenaBytes) {
  messages_.reserve(arenaBytes / 128);
}

void Datapath::openSession(uint32_t handle, SrtpProfile profile, const SrtpSessionKeys& local,
                           const SrtpSessionKeys& remote, int64_t remoteLifetime) {
  auto receiver = std::make_unique<SrtpReceiver>(profile, remote, remoteLifetime, nullptr);
  sessions_.open(handle, Session{profile, SrtpSender(profile, local), std::move(receiver)});
}

void Datapath::setRemoteKey(uint32_t handle, SrtpProfile profile, const SrtpSessionKeys& keys, int64_t lifetime) {
  Session* session = sessions_.get(handle);
  if (session == nullptr) return;
  session->receiver = std::make_unique<SrtpReceiver>(profile, keys, lifetime, session->receiver.get());
  session->isKeyLimitTold = false;
}

bool Datapath::receive(uint32_t path, uint32_t session, const uint8_t* bytes, int length) {
  const int32_t slot = rows_.takeSlot(bytes, length);
  if (slot == -1) return false;
  const bool isKept = addRow(path, session, slot, length);
  if (!isKept) rows_.releaseSlot(slot);
  rows_.deliverWhenFull();
  return isKept;
}

void Datapath::handleDatagram(int32_t socket, const SocketAddress& remote, const uint8_t* bytes, int length) {
  if (length == 0) return counters_.count(Counter::receiveEmpty);
  // Nobody can be answered there.
  if (remote.port() == 0) return counters_.count(Counter::receiveFromPort0);
  const uint32_t handle = paths_.find(socket, remote);
  const Path* path = handle == noPath ? nullptr : paths_.get(handle);
  // A peer's first word is a check; whatever else comes from an address that we do not know is nobody's.
  const bool isUnknown = path == nullptr && bytes[0] > stunFirstByteMax && !rows_.hasStranger(socket, remote);
  if (isUnknown) return counters_.count(Counter::receiveUnknownPath);
  const int32_t slot = rows_.takeSlot(bytes, length);
  if (slot == -1) return;
  const bool isKept = path == nullptr ? addStranger(socket, remote, slot, length)
                                      : addRow(handle, path->session, slot, length);
  if (!isKept) rows_.releaseSlot(slot);
  rows_.deliverWhenFull();
}

void Datapath::handleWakeUpEnd() {
  rows_.deliver();
}

/** Tells kinds by the first byte (RFC 7983 section 7) and opens SRTP; false when the packet is dropped. */
bool Datapath::addRow(uint32_t path, uint32_t session, int32_t slot, int length) {
  uint8_t* packet = rows_.packet(slot);
  if (isSignallingPacket(packet[0])) {
    rows_.put(ReceivedKind::datagram, slot, length, path, noSession);
    return true;
  }
  if (!isMediaPacket(packet[0])) {
    counters_.count(Counter::receiveUnknownKind);
    return false;
  }
  Session* found = session == noSession ? nullptr : sessions_.get(session);
  if (found == nullptr) {
    counters_.count(Counter::receiveUnboundPath);
    return false;
  }
  const bool isRtcp = isRtcpPacket(packet, length);
  SrtpReceiver& receiver = *found->receiver;
  const SrtpResult opened = isRtcp ? receiver.unprotectRtcp(packet, length) : receiver.unprotectRtp(packet, length);
  if (opened.isDefect()) {
    counters_.count(receiveDefectCounter(opened.defect));
    return false;
  }
  found->bytesReceived += static_cast<uint64_t>(length);
  if (receiver.isNearlyUsedUp()) tellKeyLimit(session, *found);
  rows_.put(isRtcp ? ReceivedKind::rtcp : ReceivedKind::rtp, slot, opened.length, path, session);
  return true;
}

/** As by a path that is nobody's yet; false when the packet is dropped. */
bool Datapath::addStranger(int32_t socket, const SocketAddress& remote, int32_t slot, int length) {
  const uint8_t first = rows_.packet(slot)[0];
  if (isSignallingPacket(first)) {
    rows_.putStranger(socket, remote, slot, length);
    return true;
  }
  counters_.count(isMediaPacket(first) ? Counter::receiveUnboundPath : Counter::receiveUnknownKind);
  return false;
}

bool Datapath::isCongested(int32_t socket, Traffic traffic) const {
  const UdpSocket* found = sockets_.get(socket);
  return found == nullptr || found->isCongested(traffic);
}

void Datapath::orderRows(const SendBatch& batch, uint32_t count) {
  constexpr uint32_t none = 0xffffffff;
  order_.clear();
  next_.assign(count, none);
  firsts_.clear();
  batchNumber_ += 1;
  for (uint32_t row = 0; row < count; row++) {
    Stream* stream = streams_.get(batch.stream[row]);
    if (stream == nullptr) {
      counters_.count(Counter::sendStaleStream);
      continue;
    }
    Session* session = sessions_.get(stream->session);
    if (session == nullptr) {
      counters_.count(Counter::sendStaleSession);
      continue;
    }
    if (session->batchNumber == batchNumber_) {
      next_[session->lastRow] = row;
    } else {
      session->batchNumber = batchNumber_;
      firsts_.push_back(row);
    }
    session->lastRow = row;
  }
  for (const uint32_t first : firsts_) {
    for (uint32_t row = first; row != none; row = next_[row]) {
      order_.push_back(row);
      prefetchPlaces(batch, row);
    }
  }
}

void Datapath::prefetchPlaces(const SendBatch& batch, uint32_t row) {
  const Stream& stream = *streams_.get(batch.stream[row]);
  const Session& session = *sessions_.get(stream.session);
  paths_.prefetchPath(session.path);
  session.sender.prefetchTransform();
  if (stream.window != nullptr) stream.window->prefetchPlace(indexOf(batch, row));
  if (stream.sent) stream.sent->prefetchPlace(indexOf(batch, row));
}

void Datapath::prefetchKeys(const SendBatch& batch, uint32_t row) {
  const Stream& stream = *streams_.get(batch.stream[row]);
  sessions_.get(stream.session)->sender.prefetchKeys();
}

void Datapath::send(const SendBatch& batch, uint32_t count) {
  *memory_.foreignCount = 0;
  orderRows(batch, count);
  for (size_t place = 0; place < std::min(prefetchDistance, order_.size()); place++) prefetchKeys(batch, order_[place]);
  for (size_t place = 0; place < order_.size(); place++) {
    if (place + prefetchDistance < order_.size()) prefetchKeys(batch, order_[place + prefetchDistance]);
    const uint32_t row = order_[place];
    Stream& stream = *streams_.get(batch.stream[row]);
    Session& session = *sessions_.get(stream.session);
    const Path* path = session.path == noPath ? nullptr : paths_.get(session.path);
    if (path == nullptr || path->socket == noSocket) {
      if (*memory_.foreignCount < memory_.foreignRowsMax) memory_.foreignRows[(*memory_.foreignCount)++] = row;
      continue;
    }
    if (isCongested(path->socket, Traffic::media)) {
      counters_.count(Counter::sendCongested);
      continue;
    }
    if (path->socket != messagesSocket_ || arenaUsed_ + packetSlotSize > arena_.size()) flush();
    uint8_t* out = arena_.data() + arenaUsed_;
    const int length = seal(batch, row, stream, session, out);
    if (length > 0) addMessage(*path, session.path, out, length);
  }
  flush();
}

int Datapath::sealRow(const SendBatch& batch, uint32_t row) {
  Stream* stream = streams_.get(batch.stream[row]);
  if (stream == nullptr) {
    counters_.count(Counter::sendStaleStream);
    return 0;
  }
  Session* session = sessions_.get(stream->session);
  if (session == nullptr) {
    counters_.count(Counter::sendStaleSession);
    return 0;
  }
  return seal(batch, row, *stream, *session, memory_.output);
}

int Datapath::seal(const SendBatch& batch, uint32_t row, Stream& stream, Session& session, uint8_t* out) {
  const int64_t index = indexOf(batch, row);
  const bool isResend = (batch.flags[row] & sendFlagResend) != 0;
  const SealedRtp* before = isResend && stream.sent ? stream.sent->find(index) : nullptr;
  if (isResend && before == nullptr) {
    counters_.count(Counter::sendNothingToResend);
    return 0;
  }
  const int plaintext = plaintextLength(batch, row, stream);
  const bool isTooLong = batch.payloadLength[row] > packetSlotSize - overheadMax * 2 ||
                         plaintext + parametersOf(session.profile).rtpTagLength > packetSlotSize;
  if (isTooLong || size_t{batch.payloadOffset[row]} + batch.payloadLength[row] > memory_.poolLength) {
    counters_.count(Counter::sendTooLong);
    return 0;
  }
  const int headerLength = writeHeader(out, stream, batch, row);
  writePayload(out, headerLength, memory_.pool, batch, row);
  const PlainRtp packet{headerLength, plaintext, batch.rolloverCounter[row]};
  SrtpSender& sender = session.sender;
  const SrtpResult sealed = before == nullptr ? sender.protectRtp(out, packet, stream.window)
                                              : sender.protectRtpAgain(out, packet, *before);
  if (sealed.isDefect()) {
    counters_.count(sendDefectCounter(sealed.defect));
    return 0;
  }
  if (isResend) {
    counters_.count(Counter::resent);
  } else if (stream.sent) {
    stream.sent->keep(index, sealed.length, sender.sealTag());
  }
  countSent(session, sealed.length);
  if (sender.isNearlyUsedUp()) tellKeyLimit(stream.session, session);
  return sealed.length;
}

/** What goes to one address and is as long as what is before it becomes one message. */
void Datapath::addMessage(const Path& path, uint32_t handle, uint8_t* bytes, int packetLength) {
  const auto length = static_cast<uint32_t>(packetLength);
  arenaUsed_ += length;
  if (!messages_.empty() && lastPath_ == handle && messages_.back().append(bytes, length)) return;
  messagesSocket_ = path.socket;
  lastPath_ = handle;
  messages_.push_back({path.remote, bytes, length, static_cast<uint16_t>(length), 1});
}

void Datapath::flush() {
  UdpSocket* socket = messages_.empty() ? nullptr : sockets_.get(messagesSocket_);
  if (socket != nullptr) socket->send(messages_);
  messages_.clear();
  messagesSocket_ = noSocket;
  lastPath_ = noPath;
  arenaUsed_ = 0;
}

int Datapath::sealRtcp(uint32_t handle, const uint8_t* compound, int length) {
  Session* session = sessions_.get(handle);
  if (session == nullptr) {
    counters_.count(Counter::sendStaleSession);
    return 0;
  }
  if (length > packetSlotSize - overheadMax || length < rtcpHeaderLength) {
    counters_.count(Counter::sendTooLong);
    return 0;
  }
  std::memcpy(memory_.output, compound, static_cast<size_t>(length));
  const SrtpResult sealed = session->sender.protectRtcp(memory_.output, length);
  if (sealed.isDefect()) {
    counters_.count(sendDefectCounter(sealed.defect));
    return 0;
  }
  countSent(*session, sealed.length);
  if (session->sender.isNearlyUsedUp()) tellKeyLimit(handle, *session);
  return sealed.length;
}

void Datapath::sendRtcp(uint32_t handle, const uint8_t* compound, int length) {
  Session* session = sessions_.get(handle);
  if (session == nullptr) return counters_.count(Counter::sendStaleSession);
  const Path* path = paths_.get(session->path);
  if (path == nullptr || path->socket == noSocket) return counters_.count(Counter::sendNoPath);
  if (isCongested(path->socket, Traffic::control)) return counters_.count(Counter::sendCongested);
  const int sealed = sealRtcp(handle, compound, length);
  if (sealed > 0) sendFrom(path->socket, path->remote, memory_.output, sealed);
}

void Datapath::sendDatagram(uint32_t handle, const uint8_t* bytes, int length) {
  const Path* path = paths_.get(handle);
  if (path == nullptr || path->socket == noSocket) return counters_.count(Counter::sendNoPath);
  if (length > packetSlotSize) return counters_.count(Counter::sendTooLong);
  if (isCongested(path->socket, Traffic::control)) return counters_.count(Counter::sendCongested);
  counters_.count(Counter::sent);
  counters_.count(Counter::bytesSent, static_cast<size_t>(length));
  sendFrom(path->socket, path->remote, bytes, length);
}

void Datapath::sendFrom(int32_t socket, const SocketAddress& remote, const uint8_t* bytes, int length) {
  if (length > datagramLengthMax) return counters_.count(Counter::sendTooLong);
  const OutgoingMessage message{remote, bytes, static_cast<uint32_t>(length), static_cast<uint16_t>(length), 1};
  UdpSocket* found = sockets_.get(socket);
  if (found != nullptr) found->send({&message, 1});
}

void Datapath::countSent(Session& session, int length) {
  session.bytesSent += static_cast<uint64_t>(length);
  counters_.count(Counter::sent);
  counters_.count(Counter::bytesSent, static_cast<size_t>(length));
}

void Datapath::tellKeyLimit(uint32_t handle, Session& session) {
  if (session.isKeyLimitTold) return;
  session.isKeyLimitTold = true;
  keyLimits_.push_back(handle);
}

uint32_t Datapath::pollKeyLimit() {
  if (keyLimits_.empty()) return noSession;
  const uint32_t handle = keyLimits_.front();
  keyLimits_.erase(keyLimits_.begin());
  return handle;
}

}  // namespace rivero

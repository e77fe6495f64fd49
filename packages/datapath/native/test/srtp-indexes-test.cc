// Where both indexes of SRTP end: names and figures are those of protocol/src/srtp/srtp-indexes.test.ts.
#include <array>
#include <vector>

#include "bytes.h"
#include "expect.h"
#include "fake-transform.h"
#include "packet-index.h"
#include "srtp-defect-counter.h"
#include "srtp-receiver.h"
#include "srtp-sender.h"
#include "tests.h"

namespace rivero {

namespace {

constexpr SrtpProfile profile = SrtpProfile::aes128Gcm;
constexpr SrtpProfileParameters parameters = parametersOf(profile);
constexpr uint32_t ssrc = 0x11223344;
constexpr int rtpLength = 112;
constexpr int rtcpLength = 32;

using Packet = std::array<uint8_t, 200>;

SrtpResult sealRtp(SrtpSender& sender, uint16_t sequence, uint32_t rolloverCounter) {
  Packet packet{0x80};
  writeUint16(packet.data() + 2, sequence);
  writeUint32(packet.data() + 8, ssrc);
  SrtpSender::Window* window = nullptr;
  return sender.protectRtp(packet.data(), {12, rtpLength, rolloverCounter}, window);
}

SrtpResult sealRtcp(SrtpSender& sender) {
  Packet packet{0x81, 201};
  writeUint32(packet.data() + 4, ssrc);
  return sender.protectRtcp(packet.data(), rtcpLength);
}

SrtpResult openRtcp(SrtpReceiver& receiver, uint32_t index) {
  constexpr int length = rtcpLength + parameters.rtcpTagLength + 4;
  Packet packet{0x81, 201};
  writeUint32(packet.data() + 4, ssrc);
  writeUint32(packet.data() + length - 4, 0x80000000 | index);
  return receiver.unprotectRtcp(packet.data(), length);
}

void sealsRtpUpToTheIndex2To48Minus1AndNoIndexOfThatSsrcAfterIt() {
  transforms = {};
  SrtpSender sender(profile, {});
  for (const uint16_t sequence : std::array<uint16_t, 2>{0xfffe, 0xffff}) {
    EXPECT(sealRtp(sender, sequence, 0xffffffff).length == rtpLength + parameters.rtpTagLength);
    EXPECT(sealRtp(sender, sequence, 0xffffffff).defect == SrtpDefect::indexReused);
  }
  for (const uint16_t sequence : std::array<uint16_t, 3>{0, 1, 0xffff})
    EXPECT(sealRtp(sender, sequence, 0).defect == SrtpDefect::indexReused);
  EXPECT((transforms.rtp == std::vector<int64_t>{rtpIndexMax - 1, rtpIndexMax}));
}

void sealsRtcpUpToTheIndex2To31Minus1AndNothingUnderThatKeyAfterIt() {
  transforms = {};
  SrtpSender sender(profile, {}, rtcpPacketsMax - 2);
  EXPECT(sender.isNearlyUsedUp());
  for (int i = 0; i < 2; i++) EXPECT(!sealRtcp(sender).isDefect());
  for (int i = 0; i < 2; i++) EXPECT(sealRtcp(sender).defect == SrtpDefect::indexExhausted);
  EXPECT(sealRtp(sender, 1, 0).defect == SrtpDefect::indexExhausted);
  EXPECT(sendDefectCounter(SrtpDefect::indexExhausted) == Counter::sendIndexExhausted);
  EXPECT((transforms.rtcp == std::vector<uint32_t>{0x7ffffffe, 0x7fffffff}));
  EXPECT(transforms.rtp.empty());
}

void opensRtcpUpToTheIndex2To31Minus1AndNoneOfItsIndexesAgain() {
  SrtpReceiver receiver(profile, {}, rtpPacketsMax, nullptr);
  for (const uint32_t index : {0x7ffffffe, 0x7fffffff}) {
    EXPECT(openRtcp(receiver, index).length == rtcpLength);
    EXPECT(openRtcp(receiver, index).defect == SrtpDefect::replayed);
  }
  for (const uint32_t index : {0, 1}) EXPECT(openRtcp(receiver, index).defect == SrtpDefect::replayed);
}

void estimatesNoIndexBehindTheLastOneToBeTheFirst() {
  EXPECT(estimatePacketIndex(rtpIndexMax, 0xffff) == rtpIndexMax);
  EXPECT(estimatePacketIndex(rtpIndexMax, 0) == rtpIndexMax + 1);
}

}  // namespace

void testSrtpIndexes() {
  sealsRtpUpToTheIndex2To48Minus1AndNoIndexOfThatSsrcAfterIt();
  sealsRtcpUpToTheIndex2To31Minus1AndNothingUnderThatKeyAfterIt();
  opensRtcpUpToTheIndex2To31Minus1AndNoneOfItsIndexesAgain();
  estimatesNoIndexBehindTheLastOneToBeTheFirst();
}

}  // namespace rivero

// Sealing again the packet that was sealed: names are those of protocol/src/srtp/protect-again.test.ts. Here the tag is what
// the test says that it is.
#include <algorithm>
#include <array>
#include <vector>

#include "bytes.h"
#include "expect.h"
#include "fake-transform.h"
#include "packet-index.h"
#include "srtp-sender.h"
#include "tests.h"

namespace rivero {

namespace {

constexpr SrtpProfile shortTag = SrtpProfile::aes128CmSha1_32;
constexpr int plainLength = 40;
constexpr int sealedLength = plainLength + parametersOf(shortTag).rtpTagLength;
constexpr PlainRtp whole{12, plainLength, 0};

using Packet = std::array<uint8_t, 64>;

Packet plainRtp(uint16_t sequence) {
  Packet packet;
  packet.fill(0x55);
  packet[0] = 0x80;
  writeUint16(packet.data() + 2, sequence);
  writeUint32(packet.data() + 8, 0x11223344);
  return packet;
}

SrtpResult protect(SrtpSender& sender, Packet& packet) {
  SrtpSender::Window* window = nullptr;
  return sender.protectRtp(packet.data(), whole, window);
}

/** Seals packet 7 and answers what is kept of it. */
SealedRtp seal(SrtpSender& sender) {
  transforms = {};
  for (size_t i = 0; i < transforms.tag.size(); i++) transforms.tag[i] = static_cast<uint8_t>(i);
  Packet packet = plainRtp(7);
  const SrtpResult sealed = protect(sender, packet);
  EXPECT(sealed.length == sealedLength);
  return {sealed.length, sender.sealTag()};
}

void isTheVeryOneThatWasSealedBefore() {
  SrtpSender sender(shortTag, {});
  const SealedRtp kept = seal(sender);
  Packet packet = plainRtp(7);
  EXPECT(sender.protectRtpAgain(packet.data(), whole, kept).length == sealedLength);
  EXPECT((transforms.rtp == std::vector<int64_t>{7, 7}));
}

void isRefusedWithAnyBitOfTheTagChangedAndNothingOfItIsLeft() {
  SrtpSender sender(shortTag, {});
  const SealedRtp kept = seal(sender);
  for (size_t bit = 0; bit < kept.tag.size() * 8; bit++) {
    transforms.tag = kept.tag;
    transforms.tag[bit / 8] = static_cast<uint8_t>(transforms.tag[bit / 8] ^ (1 << bit % 8));
    Packet packet = plainRtp(7);
    EXPECT(sender.protectRtpAgain(packet.data(), whole, kept).defect == SrtpDefect::resendDiffers);
    EXPECT(std::all_of(packet.begin(), packet.begin() + sealedLength, [](uint8_t byte) { return byte == 0; }));
    EXPECT(packet[sealedLength] == 0x55);
  }
}

void isRefusedWithAnotherLengthBeforeItIsSealed() {
  SrtpSender sender(shortTag, {});
  const SealedRtp kept = seal(sender);
  for (const int length : {plainLength - 1, plainLength + 1}) {
    Packet packet = plainRtp(7);
    EXPECT(sender.protectRtpAgain(packet.data(), {12, length, 0}, kept).defect == SrtpDefect::resendDiffers);
  }
  EXPECT(transforms.rtp.size() == 1);
}

void usesNoIndex() {
  SrtpSender sender(shortTag, {});
  const SealedRtp kept = seal(sender);
  Packet packet = plainRtp(8);
  EXPECT(!sender.protectRtpAgain(packet.data(), whole, kept).isDefect());
  EXPECT(!protect(sender, packet).isDefect());
  EXPECT(protect(sender, packet).defect == SrtpDefect::indexReused);
  packet = plainRtp(7);
  EXPECT(protect(sender, packet).defect == SrtpDefect::indexReused);
}

void isAskedForAtTheEndOfTheKeyToo() {
  SrtpSender sender(shortTag, {}, rtcpIndexMax);
  const SealedRtp kept = seal(sender);
  Packet packet = plainRtp(7);
  EXPECT(!sender.protectRtcp(packet.data(), plainLength).isDefect());
  EXPECT(protect(sender, packet).defect == SrtpDefect::indexExhausted);
  packet = plainRtp(7);
  EXPECT(sender.protectRtpAgain(packet.data(), whole, kept).length == sealedLength);
}

}  // namespace

void testProtectAgain() {
  isTheVeryOneThatWasSealedBefore();
  isRefusedWithAnyBitOfTheTagChangedAndNothingOfItIsLeft();
  isRefusedWithAnotherLengthBeforeItIsSealed();
  usesNoIndex();
  isAskedForAtTheEndOfTheKeyToo();
}

}  // namespace rivero

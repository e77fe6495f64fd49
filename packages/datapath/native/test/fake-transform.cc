// Stands for OpenSSL: a tag is zeros, all packets are authentic, and what was sealed is written down.
#include "fake-transform.h"

#include "bytes.h"
#include "packet-index.h"
#include "srtp-transform.h"

namespace rivero {

FakeTransforms transforms;

namespace {

constexpr int indexLength = 4;

class FakeTransform final : public SrtpTransform {
 public:
  void prefetchKeys() const override {}
  SealTag sealRtp(uint8_t*, int, int, const RtpPosition& position) override {
    add(position);
    return transforms.tag;
  }
  bool openRtp(uint8_t*, int, int, const RtpPosition& position) override {
    add(position);
    return true;
  }
  void sealRtcp(uint8_t*, int, uint32_t, uint32_t index) override { transforms.rtcp.push_back(index); }
  bool openRtcp(uint8_t* packet, int length, uint32_t) override {
    transforms.rtcp.push_back(readUint32(packet + rtcpIndexOffset(length)));
    return true;
  }
  int rtcpIndexOffset(int packetLength) const override { return packetLength - indexLength; }

 private:
  static void add(const RtpPosition& position) {
    transforms.rtp.push_back(packetIndex(position.rolloverCounter, position.sequence));
  }
};

}  // namespace

std::unique_ptr<SrtpTransform> openSrtpTransform(SrtpProfile, const SrtpSessionKeys&, SrtpTransform::Direction) {
  return std::make_unique<FakeTransform>();
}

}  // namespace rivero

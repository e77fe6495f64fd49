#pragma once

namespace rivero {

void testSendingUdpSocket();
void testReceivingUdpSocket();
void testSocketGroup();
void testSrtpIndexes();
void testSentTags();
void testProtectAgain();

}  // namespace rivero

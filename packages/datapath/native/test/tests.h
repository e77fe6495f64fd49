#pragma once

namespace rivero {

void testUdpSocket();
void testSocketGroup();
void testSrtpIndexes();
void testSentTags();
void testProtectAgain();

}  // namespace rivero
